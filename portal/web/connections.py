"""The organisation's home: where the connection stands, whose turn it is, what to do next, and its history."""

import json
from dataclasses import dataclass
from datetime import date, datetime

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal.services import connections as service
from portal.services.cases import Case
from portal.services.freezing import name_of
from portal.store import connections, decisions, events, forms, overview
from portal.store import declarations as declaration_store
from portal.web.case_page import OpenMove, facts_of, fetch, lock_reasons, open_moves
from portal.web.documents import SEEN_WITH
from portal.web.language import language, t
from portal.web.steps import step_url
from portal.web.viewer import fresh_read, installation, person_id, read
from workflows import journey
from workflows.events import sentence
from workflows.guards import Facts
from workflows.status import Status, Turn

blueprint = Blueprint("connections", __name__)


@dataclass(frozen=True)
class StepRow:
    """One line of the task list."""

    id: str
    name: str
    track: str
    status: str
    turn: str
    note: str
    url: str | None
    reasons: tuple[str, ...]
    since: datetime | None
    planned: date | None = None


@dataclass(frozen=True)
class Todo:
    """Something to do next, or something that waits for somebody else."""

    text: str
    url: str
    who: str
    when: str = ""


@blueprint.get("/")
def home() -> ResponseReturnValue:
    """Each person's own beginning: the owner's overview, the one connection, or the choice between several."""
    if current_user.is_owner:
        return redirect(url_for("overview.show"))
    session = read()
    mine = connections.of_person(session, person_id())
    new = connections.without_connection(session, person_id())
    if len(mine) == 1 and not new:
        return redirect(url_for("connections.show", connection_id=mine[0][0].id))
    return render_template("connections/home.html", mine=mine, new=new)


@blueprint.post("/organisations/<organisation_id>/connection")
def begin(organisation_id: str) -> ResponseReturnValue:
    connection_id = service.begin(installation(), person_id(), organisation_id)
    return redirect(url_for("orders.show", connection_id=connection_id))


@blueprint.get("/connections/<connection_id>")
def show(connection_id: str) -> ResponseReturnValue:
    case = fetch(connection_id, "connection.see")
    known = facts_of(case)
    rows = [_row(case, step, known) for step in case.journey.steps]
    return render_template(
        "connections/show.html",
        case=case,
        rows=rows,
        todos=_todos(case, known),
        waits=_waits(case),
        turn=_turn(case),
        documents=_documents(case),
    )


@blueprint.get("/connections/<connection_id>/history")
def history(connection_id: str) -> ResponseReturnValue:
    case = fetch(connection_id, "history.see")
    session = fresh_read()
    told = []
    for link in reversed(events.of_connection(session, connection_id)):
        told.append((link.at, _sentence(link.kind, link.body), name_of(session, link.actor_id), link.seq))
    return render_template("connections/history.html", case=case, told=told)


def _sentence(kind: str, stored: str) -> str:
    body = json.loads(stored)
    if kind == "StepOpened":
        body["step"] = t(f"journey.step.{body['step']}")
    return sentence(kind, body, language())


def _row(case: Case, step: journey.Step, known: Facts) -> StepRow:
    status = case.states[step.id]
    seen = step.see in case.actions
    return StepRow(
        id=step.id,
        name=t(f"journey.step.{step.id}"),
        track=step.track,
        status=status,
        turn=case.rows[step.id].turn,
        note=_note(case, step.id, known) if seen else "",
        url=step_url(case.connection.id, step.id) if seen and status is not Status.LOCKED else None,
        reasons=tuple(lock_reasons(case, step.id)) if status is Status.LOCKED else (),
        since=case.rows[step.id].since if status not in (Status.LOCKED, Status.NOT_STARTED) else None,
        planned=_planned(case, step.id),
    )


def _planned(case: Case, step: str) -> date | None:
    return {
        "qa_connection": case.connection.planned_qa,
        "production": case.connection.planned_production,
    }.get(step)


def _note(case: Case, step: str, known: Facts) -> str:
    """How far a long step has come, in a few words."""
    status = case.states[step]
    if status in (Status.LOCKED, Status.NOT_STARTED):
        return ""
    if step == "declaration" and status in (Status.IN_PROGRESS, Status.RETURNED):
        answered, shown = declaration_store.progress(fresh_read(), case.connection)
        return t("connection.note.declaration", answered=answered, shown=shown)
    if step in forms.TASK_LISTS and status is not Status.DONE:
        tasks = forms.task_list(step).tasks
        done = forms.ticked(fresh_read(), case.connection.id, step)
        return t("tasks.progress", done=sum(task.id in done for task in tasks), total=len(tasks))
    if step == "tests" and known.run_outcome:
        return t(f"run.outcome.{known.run_outcome}")
    return ""


def _todos(case: Case, known: Facts) -> list[Todo]:
    """What the viewer can do now: a move that is ready first, else the step that is open to write in."""
    todos = []
    for step in case.journey.steps:
        status = case.states[step.id]
        if status in (Status.LOCKED, Status.DONE, Status.REFUSED) or step.see not in case.actions:
            continue
        moves = open_moves(case, step.id, known)
        ready = [move for move in moves if not move.reasons]
        url = step_url(case.connection.id, step.id)
        if ready and status in (Status.SUBMITTED, Status.SIGNING):
            todos.append(
                Todo(t(f"connection.todo.decide.{status}", step=t(f"journey.step.{step.id}")), url, "", "")
            )
        elif ready:
            todos.append(Todo(ready[0].label, f"{url}#move-{ready[0].name}", t(f"journey.step.{step.id}")))
        elif status in (Status.NOT_STARTED, Status.IN_PROGRESS, Status.RETURNED):
            text = t(f"connection.todo.{step.id}.{status}")
            todos.append(Todo(text, url, _left(moves)))
    return todos


def _left(moves: list[OpenMove]) -> str:
    reasons = [said for move in moves for said, _ in move.reasons]
    if not reasons:
        return ""
    return reasons[0] if len(reasons) == 1 else t("connection.left", first=reasons[0], n=len(reasons) - 1)


def _waits(case: Case) -> list[Todo]:
    session = fresh_read()
    waits = []
    for step in case.journey.steps:
        status = case.states[step.id]
        if step.see not in case.actions or status not in (Status.SUBMITTED, Status.SIGNING):
            continue
        name = t(f"journey.step.{step.id}")
        if status is Status.SIGNING:
            text = t("connection.waits.signing", step=name)
        else:
            place = overview.place_in_queue(session, case.connection.id, step.id)
            text = t("connection.waits.submitted", step=name, place=place)
        waits.append(Todo(text, step_url(case.connection.id, step.id), ""))
    return waits


def _turn(case: Case) -> str:
    turn = Turn(case.connection.turn)
    area = "turn_owner" if current_user.is_owner else "turn"
    return t(f"journey.{area}.{turn}")


def _documents(case: Case) -> list[tuple[str, str, datetime]]:
    """The frozen documents the viewer may open: (kind, sha256, when), the newest first."""
    session = fresh_read()
    found = [
        (kind, signature.frozen_sha256, signature.signed_at)
        for kind in ("declaration", "risk", "application", "agreement")
        for signature in decisions.signatures(session, case.connection.id, kind)
        if SEEN_WITH[kind] in case.actions
    ]
    if SEEN_WITH["decision"] in case.actions:
        found += [
            ("decision", decision.frozen_sha256, decision.decided_at)
            for decision in decisions.decided(session, case.connection.id)
            if decision.frozen_sha256 and decision.decided_at
        ]
    return sorted(found, key=lambda item: item[2], reverse=True)
