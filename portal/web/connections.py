"""The organisation's home: where the connection stands, whose turn it is, what to do next, and its history."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal.services import connections as service
from portal.services import threads
from portal.services.cases import Case
from portal.store import connections, events, forms
from portal.store import declarations as declaration_store
from portal.store import threads as remarks
from portal.store.models import StoredEvent
from portal.web import next_steps, timeline
from portal.web.case_page import facts_of, fetch, lock_reasons
from portal.web.language import t
from portal.web.steps import step_url
from portal.web.viewer import fresh_read, installation, person_id, read
from workflows import journey
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
        todos=next_steps.todos(case, known),
        waits=next_steps.waits(case, known),
        turn=_turn(case),
        documents=next_steps.documents(case),
    )


@blueprint.get("/connections/<connection_id>/history")
def history(connection_id: str) -> ResponseReturnValue:
    case = fetch(connection_id, "history.see")
    session = fresh_read()
    hidden = frozenset() if threads.is_own(case) else remarks.hidden_remarks(session, connection_id)
    seen = [link for link in events.of_connection(session, connection_id) if not _tells_of(link, hidden)]
    return render_template("connections/history.html", case=case, lines=timeline.told(session, seen))


def _tells_of(link: StoredEvent, remarks_hidden: Collection[str]) -> bool:
    """True for the event of a remark that is not the viewer's to know of."""
    return link.kind == "RemarkWritten" and json.loads(link.body)["remark"] in remarks_hidden


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


def _turn(case: Case) -> str:
    turn = Turn(case.connection.turn)
    area = "turn_owner" if current_user.is_owner else "turn"
    return t(f"journey.{area}.{turn}")
