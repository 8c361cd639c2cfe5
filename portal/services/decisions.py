"""The owner's decisions: each is stored with a frozen record of what was decided, why, by whom and on what it rests."""

import json
from collections.abc import Sequence
from typing import Any

from portal.services import conditions
from portal.services.cases import Case
from portal.services.conditions import Wanted
from portal.services.declaration_lines import lines
from portal.services.freezing import frame, freeze, name_of
from portal.services.installation import Work
from portal.store import connections, decisions, reasons
from portal.store.models import Decision
from portal.texts import LANGUAGES
from workflows.declaration import RETURNED
from workflows.events import ApplicationEndorsed, DecisionMade
from workflows.status import Status

RESTS_ON = {"declaration": ("declaration",)}
KIND_OF_TARGET = {Status.DONE: "approved", Status.RETURNED: "returned", Status.REFUSED: "refused"}


def endorse(work: Work, case: Case) -> None:
    """Note that a first approver endorses the application; a second, another, person decides."""
    decision = Decision(
        connection_id=case.connection.id,
        step="application",
        kind="approved",
        endorsed_by=work.actor,
        endorsed_at=work.now,
    )
    work.session.add(decision)
    work.session.flush()
    work.record(
        ApplicationEndorsed(decision.id), organisation=case.organisation.id, connection=case.connection.id
    )


def record(
    work: Work,
    case: Case,
    step: str,
    target: Status,
    *,
    reason: str | None = None,
    text: str = "",
    wanted: Sequence[Wanted] = (),
) -> Decision:
    """Store the decision on a step with its conditions, freeze its record and write its event."""
    pending = (
        decisions.pending_endorsement(work.session, case.connection.id) if step == "application" else None
    )
    if pending is not None and target is not Status.DONE:
        pending.withdrawn_at = work.now
        pending = None
    kind = KIND_OF_TARGET[target]
    if wanted:
        kind = "approved_with_conditions"
    decision = pending or Decision(connection_id=case.connection.id, step=step, kind=kind)
    listed = [
        {
            "text": found.text,
            "due": found.due.isoformat(),
            "action": found.action.number if found.action else None,
        }
        for found in wanted
    ]
    decision.kind, decision.reason, decision.text = kind, reason, text
    decision.conditions = json.dumps(listed, ensure_ascii=False)
    decision.decided_by, decision.decided_at = work.actor, work.now
    work.session.add(decision)
    work.session.flush()
    conditions.add(work, decision, wanted)
    body = _body(work, case, decision, listed)
    decision.frozen_sha256 = freeze(
        work, "decision", body, connection=case.connection.id, organisation=case.organisation.id
    )
    work.session.flush()
    work.record(
        DecisionMade(decision.id, kind, decision.frozen_sha256),
        organisation=case.organisation.id,
        connection=case.connection.id,
    )
    return decision


def _body(work: Work, case: Case, decision: Decision, listed: list[dict[str, Any]]) -> dict[str, Any]:
    session, connection = work.session, case.connection
    by_name = name_of(session, work.actor)
    applied = decisions.signatures(session, connection.id, "application")
    rests_on = [
        {"kind": kind, "sha256": found[0].frozen_sha256}
        for kind in RESTS_ON.get(decision.step, ("declaration", "risk", "application"))
        if (found := decisions.signatures(session, connection.id, kind))
    ]
    endorsed = None
    if decision.endorsed_by and decision.endorsed_at:
        endorsed = {
            "by": decision.endorsed_by,
            "by_name": name_of(session, decision.endorsed_by),
            "at": decision.endorsed_at.isoformat(timespec="seconds"),
        }
    return {
        **frame(work, connections.federation(session), connection, case.organisation, by_name),
        "step": decision.step,
        "decision": decision.kind,
        "reason": _reason(work, decision.reason),
        "text": decision.text,
        "conditions": listed,
        "lines": _returned(work, case)
        if (decision.step, decision.kind) == ("declaration", "returned")
        else [],
        "endorsed": endorsed,
        "decided": {"by": work.actor, "by_name": by_name, "at": work.now.isoformat(timespec="seconds")},
        "application_sha256": applied[0].frozen_sha256
        if decision.step == "application" and applied
        else None,
        "rests_on": rests_on,
    }


def _reason(work: Work, reason: str | None) -> dict[str, str] | None:
    """A named reason with the words it has today, so that the decision keeps them."""
    if not reason:
        return None
    words = {language: reasons.text_of(work.session, reason, language) for language in LANGUAGES}
    return {"id": reason, **words}


def _returned(work: Work, case: Case) -> list[dict[str, Any]]:
    """The lines of a declaration that are returned, each with what was asked for."""
    return [
        {
            "requirement": line.requirement.id,
            "reason": _reason(work, line.answer.verdict_reason),
            "text": line.answer.verdict_text,
        }
        for line in lines(work.session, case.connection)
        if line.answer is not None and line.given.verdict == RETURNED
    ]
