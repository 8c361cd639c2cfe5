"""The action plan: what is to be done about risks and deviations, by whom and when."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import delete
from sqlalchemy.orm import Session

from portal.services import cases, moves
from portal.services.cases import Case
from portal.services.declarations import written
from portal.services.installation import Installation, Work
from portal.services.minted import claimed
from portal.store import declarations, risks
from portal.store.models import Action, ActionTarget, Connection
from workflows import risk as rules
from workflows.errors import Invalid, NotFound, Reason, Stale
from workflows.events import ActionSaved
from workflows.status import OPEN

MAX_TITLE = 200
NEEDED = ("title", "responsible")
STATED = ("title", "kind", "responsible", "due", "starts", "cost", "effect", "evidence")
FIRST_YEAR, LAST_YEAR = 2020, 2100


@dataclass(frozen=True)
class ActionValues:
    """What a person states of an action. `risks` are row ids, `requirements` ids of the declaration's catalogue."""

    title: str
    kind: str
    responsible: str
    due: date | None
    risks: tuple[str, ...] = ()
    requirements: tuple[str, ...] = ()
    starts: date | None = None
    cost: str | None = None
    effect: str = ""
    evidence: str = ""


def values(found: Action, mends: risks.Targets) -> ActionValues:
    """The stored action as a person stated it."""
    return ActionValues(
        found.title,
        found.kind,
        found.responsible,
        found.due,
        tuple(sorted(mends.risks)),
        tuple(sorted(mends.requirements)),
        found.starts,
        found.cost,
        found.effect,
        found.evidence,
    )


def save(
    home: Installation, person_id: str, connection_id: str, action_id: str, said: ActionValues, version: int
) -> int:
    """Save an action under the id its form was made with; its version.

    Raises Invalid by field, Stale with the stored values, Blocked when neither declaration nor risk step is open.
    """
    stated = replace(
        said,
        title=written(said.title),
        responsible=written(said.responsible),
        effect=written(said.effect),
        evidence=written(said.evidence),
        cost=said.cost or None,
        risks=tuple(sorted(set(said.risks))),
        requirements=tuple(sorted(set(said.requirements))),
    )
    with home.write(person_id) as work:
        case = cases.fetch(work.session, person_id, connection_id, "risk.edit")
        _check(work.session, case.connection, stated)
        found = claimed(work, Action, action_id, connection_id)
        before = _values(work.session, found) if found else None
        if found and before == stated:
            return found.version
        if (found.version if found else 0) != version:
            raise Stale(before)
        _begin(work, case, stated.requirements)
        return _store(work, case, found or _new(work, case, action_id), stated).version


def set_status(home: Installation, person_id: str, connection_id: str, action_id: str, status: str) -> None:
    """Mark an action as planned, begun, done or cancelled; the same mark twice changes nothing.

    The plan lives on after submission, so doing is always open; cancelling is a change of the plan itself.
    """
    if status not in rules.ACTION_STATES:
        raise NotFound
    with home.write(person_id) as work:
        case = cases.fetch(work.session, person_id, connection_id, "risk.edit")
        found = claimed(work, Action, action_id, connection_id)
        if found is None:
            raise NotFound
        if found.status == status:
            return
        if rules.CANCELLED in (status, found.status):
            _begin(work, case, _values(work.session, found).requirements)
        found.status = status
        found.saved_at = work.now
        found.version += 1
        _record(work, case, found)


def _values(session: Session, found: Action) -> ActionValues:
    return values(found, risks.targets(session, found.connection_id).get(found.id, risks.Targets()))


def _begin(work: Work, case: Case, requirements: Iterable[str]) -> None:
    """A deviation's action is part of the declaration while that is open, else all actions belong to the risk step."""
    deviates = any(requirements) and case.states["declaration"] in OPEN
    moves.begin(work, case, "declaration" if deviates else "risk")


def _check(session: Session, connection: Connection, stated: ActionValues) -> None:
    scale = risks.scale(connection)
    errors = _texts(stated) | _dates(stated)
    if stated.kind not in {item.code for item in scale.action_kinds}:
        errors["kind"] = Reason("kind_missing")
    if stated.cost not in {None, *(item.code for item in scale.costs)}:
        errors["cost"] = Reason("choice_unknown")
    if set(stated.risks) - {found.id for found in risks.risks(session, connection.id)}:
        errors["risks"] = Reason("choice_unknown")
    if set(stated.requirements) - {
        item.id for item in declarations.catalogue(session, connection).requirements
    }:
        errors["requirements"] = Reason("choice_unknown")
    if not stated.risks and not stated.requirements:
        errors["risks"] = Reason("target_missing")
    if errors:
        raise Invalid(errors)


def _texts(stated: ActionValues) -> dict[str, Reason]:
    errors: dict[str, Reason] = {}
    for name in ("title", "responsible", "effect", "evidence"):
        text, most = getattr(stated, name), MAX_TITLE if name in NEEDED else rules.MAX_TEXT
        if not text and name in NEEDED:
            errors[name] = Reason(f"{name}_missing")
        elif len(text) > most:
            errors[name] = Reason("too_long", {"n": len(text) - most, "max": most})
    return errors


def _dates(stated: ActionValues) -> dict[str, Reason]:
    errors: dict[str, Reason] = {}
    if stated.due is None:
        errors["due"] = Reason("due_missing")
    for name in ("starts", "due"):
        day = getattr(stated, name)
        if day and not FIRST_YEAR <= day.year <= LAST_YEAR:
            errors[name] = Reason("date_far", {"value": day.isoformat()})
    if not errors and stated.starts and stated.due and stated.starts > stated.due:
        errors["starts"] = Reason("starts_after_due")
    return errors


def _new(work: Work, case: Case, action_id: str) -> Action:
    return Action(
        id=action_id,
        connection_id=case.connection.id,
        number=risks.next_number(work.session, case.connection.id, Action),
        status=rules.PLANNED,
        version=0,
    )


def _store(work: Work, case: Case, row: Action, stated: ActionValues) -> Action:
    for name in STATED:
        setattr(row, name, getattr(stated, name))
    row.version += 1
    row.saved_at = work.now
    work.session.add(row)
    work.session.flush()
    work.session.execute(delete(ActionTarget).where(ActionTarget.action_id == row.id))
    for risk_id in stated.risks:
        work.session.add(ActionTarget(action_id=row.id, risk_id=risk_id))
    for requirement in stated.requirements:
        work.session.add(ActionTarget(action_id=row.id, requirement=requirement))
    work.session.flush()
    _record(work, case, row)
    return row


def _record(work: Work, case: Case, row: Action) -> None:
    work.record(
        ActionSaved(row.id, row.number), organisation=case.organisation.id, connection=case.connection.id
    )
