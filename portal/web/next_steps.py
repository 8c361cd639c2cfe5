"""What the home of a connection tells the viewer: what to do next, what waits for others, and which documents exist."""

from dataclasses import dataclass
from datetime import datetime

from portal.services.cases import Case
from portal.store import decisions, overview
from portal.web import consistency
from portal.web.case_page import OpenMove, open_moves
from portal.web.documents import SEEN_WITH
from portal.web.language import t
from portal.web.steps import step_url
from portal.web.viewer import fresh_read
from workflows import journey
from workflows.access import ORGANISATION_ROLES
from workflows.guards import Facts
from workflows.status import OPEN, Status


@dataclass(frozen=True)
class Todo:
    """Something to do next, or something that waits for somebody else."""

    text: str
    url: str
    who: str
    when: str = ""


@dataclass(frozen=True)
class Document:
    """A frozen record that the viewer may open as PDF. `about` is the step of a decision, else empty."""

    kind: str
    about: str
    sha256: str
    at: datetime


def todos(case: Case, known: Facts) -> list[Todo]:
    """What the viewer can do now: a move that is ready first, else the step that is open for the viewer's work.

    What came back is to be completed, though nothing stands in the way of sending it in again as it is.
    """
    found = []
    for step in case.journey.steps:
        status = case.states[step.id]
        if status in (Status.LOCKED, Status.DONE, Status.REFUSED) or step.see not in case.actions:
            continue
        moves = open_moves(case, step.id, known)
        ready = [move for move in moves if not move.reasons]
        url, name = step_url(case.connection.id, step.id), t(f"journey.step.{step.id}")
        if _decides(ready, status):
            found.append(Todo(t(f"connection.todo.decide.{status}", step=name), url, ""))
        elif ready and status in OPEN and status is not Status.RETURNED:
            found.append(Todo(ready[0].label, f"{url}#move-{ready[0].name}", name))
        elif status in OPEN and _works_on(case, step.id):
            found.append(Todo(t(f"connection.todo.{step.id}.{status}"), url, _left(moves)))
    if "risk.edit" in case.actions and (differing := len(consistency.told(case))):
        url = f"{step_url(case.connection.id, 'risk')}#consistency"
        found.append(Todo(t("consistency.todo", n=differing), url, t("journey.step.risk")))
    return found


def _decides(ready: list[OpenMove], status: Status) -> bool:
    """True when what waits is the viewer's to decide or sign; taking it back is no decision."""
    return status in (Status.SUBMITTED, Status.SIGNING) and any(move.name != "take_back" for move in ready)


def _is_signed_next(step: str, status: Status) -> bool:
    """True when nothing but a signature, or taking the step back from it, can happen next."""
    names = {row.name for row in journey.MOVES if row.step == step and status in row.sources and row.button}
    return "sign" in names and names <= {"sign", "take_back"}


def _works_on(case: Case, step: str) -> bool:
    """True when work on the step, while it stands open, is the viewer's to do."""
    return any(row.who in case.actions for row in journey.MOVES if row.step == step and row.sources & OPEN)


def _left(moves: list[OpenMove]) -> str:
    reasons = [said for move in moves for said, _ in move.reasons]
    if not reasons:
        return ""
    return reasons[0] if len(reasons) == 1 else t("connection.left", first=reasons[0], n=len(reasons) - 1)


def waits(case: Case, known: Facts) -> list[Todo]:
    """What somebody else has to do before the viewer can go on."""
    session = fresh_read()
    found = []
    for step in case.journey.steps:
        status = case.states[step.id]
        if step.see not in case.actions:
            continue
        ready = [move for move in open_moves(case, step.id, known) if not move.reasons]
        name = t(f"journey.step.{step.id}")
        if _decides(ready, status):
            continue
        if _is_signed_next(step.id, status):
            text = t("connection.waits.signing", step=name)
        elif status is Status.SUBMITTED:
            place = overview.place_in_queue(session, case.connection.id, step.id)
            text = t("connection.waits.submitted", step=name, place=place)
        elif status in OPEN and not _works_on(case, step.id):
            by = "colleagues" if case.roles & ORGANISATION_ROLES else "waits"
            text = t(f"connection.{by}.{status}", step=name)
        else:
            continue
        found.append(Todo(text, step_url(case.connection.id, step.id), ""))
    return found


def documents(case: Case) -> list[Document]:
    """The documents of the connection that the viewer may open, the newest first."""
    session = fresh_read()
    found = [
        Document(kind, "", signature.frozen_sha256, signature.signed_at)
        for kind in ("declaration", "risk", "application", "agreement")
        for signature in decisions.signatures(session, case.connection.id, kind)
        if SEEN_WITH[kind] in case.actions
    ]
    # The last signature of the agreement rests on the ones before it.
    agreements = [document for document in found if document.kind == "agreement"]
    if agreements:
        found = [document for document in found if document.kind != "agreement"]
        found.append(max(agreements, key=_at))
    if SEEN_WITH["decision"] in case.actions:
        found += [
            Document("decision", decision.step, decision.frozen_sha256, decision.decided_at)
            for decision in decisions.decided(session, case.connection.id)
            if decision.frozen_sha256 and decision.decided_at
        ]
    return sorted(found, key=_at, reverse=True)


def _at(document: Document) -> datetime:
    return document.at
