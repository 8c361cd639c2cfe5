"""Information flows of a connection: who sends what to whom, and how the information is classed."""

from collections.abc import Mapping
from dataclasses import dataclass

from portal.services import cases, moves
from portal.services.declarations import written
from portal.services.installation import Installation
from portal.services.minted import claimed
from portal.store import risks
from portal.store.models import Flow
from workflows import risk as rules
from workflows.errors import Invalid, NotFound, Reason, Stale
from workflows.events import FlowRemoved, FlowSaved

MAX_NAME = 200


@dataclass(frozen=True)
class FlowValues:
    """What a person states of a flow; `classes` are codes of the consequence scale by aspect."""

    name: str
    direction: str
    counterpart_kind: str
    classes: Mapping[str, str | None]


def values(found: Flow) -> FlowValues:
    """The stored flow as a person stated it."""
    held = dict(zip(rules.ASPECTS, risks.classes(found), strict=True))
    return FlowValues(found.name, found.direction, found.counterpart_kind, held)


def save(
    home: Installation,
    person_id: str,
    connection_id: str,
    flow_id: str,
    said: FlowValues,
    version: int,
    counterparts: frozenset[str],
) -> int:
    """Save a flow under the id its form was made with, so that saving twice is one flow; its version.

    `counterparts` are the kinds of organisation one can exchange with. Raises Invalid by field (information above
    the federation's ceiling is refused), Stale with the stored values when somebody saved in between.
    """
    stated = FlowValues(
        written(said.name),
        said.direction,
        said.counterpart_kind,
        {aspect: said.classes.get(aspect) or None for aspect in rules.ASPECTS},
    )
    with home.write(person_id) as work:
        case = cases.fetch(work.session, person_id, connection_id, "risk.edit")
        _check(stated, counterparts, rules.classify(risks.scale(case.connection), dict(stated.classes)))
        found = claimed(work, Flow, flow_id, connection_id)
        if found and found.removed_at:
            raise NotFound
        if found and values(found) == stated:
            return found.version
        if (found.version if found else 0) != version:
            raise Stale(values(found) if found else None)
        moves.begin(work, case, "risk")
        row = found or Flow(id=flow_id, connection_id=connection_id)
        row.name, row.direction, row.counterpart_kind = (
            stated.name,
            stated.direction,
            stated.counterpart_kind,
        )
        for aspect, code in stated.classes.items():
            setattr(row, aspect, code)
        row.version = version + 1
        work.session.add(row)
        work.session.flush()
        work.record(FlowSaved(flow_id), organisation=case.organisation.id, connection=connection_id)
        return row.version


def remove(home: Installation, person_id: str, connection_id: str, flow_id: str) -> None:
    """Take a flow away; taking it away twice changes nothing."""
    with home.write(person_id) as work:
        case = cases.fetch(work.session, person_id, connection_id, "risk.edit")
        found = claimed(work, Flow, flow_id, connection_id)
        if found is None:
            raise NotFound
        if found.removed_at is not None:
            return
        moves.begin(work, case, "risk")
        found.removed_at = work.now
        work.record(FlowRemoved(flow_id), organisation=case.organisation.id, connection=connection_id)


def _check(stated: FlowValues, counterparts: frozenset[str], errors: dict[str, Reason]) -> None:
    if not stated.name:
        errors["name"] = Reason("name_missing")
    elif len(stated.name) > MAX_NAME:
        errors["name"] = Reason("too_long", {"n": len(stated.name) - MAX_NAME, "max": MAX_NAME})
    if stated.direction not in rules.DIRECTIONS:
        errors["direction"] = Reason("choice_unknown")
    if stated.counterpart_kind not in counterparts:
        errors["counterpart_kind"] = Reason("choice_unknown")
    if errors:
        raise Invalid(errors)
