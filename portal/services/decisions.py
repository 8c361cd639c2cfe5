"""The owner's decisions: each is stored with a frozen record of what was decided, why, by whom and on what it rests."""

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from portal.services.cases import Case
from portal.services.freezing import frame, freeze, name_of
from portal.services.installation import Work
from portal.services.letters import reason_text
from portal.store import connections, decisions
from portal.store.models import Decision
from workflows.events import ApplicationEndorsed, DecisionMade
from workflows.status import Status

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
    conditions: Sequence[tuple[str, date]] = (),
) -> Decision:
    """Store the decision on a step, freeze its record and write its event."""
    pending = (
        decisions.pending_endorsement(work.session, case.connection.id) if step == "application" else None
    )
    if pending is not None and target is not Status.DONE:
        pending.withdrawn_at = work.now
        pending = None
    kind = KIND_OF_TARGET[target]
    if conditions:
        kind = "approved_with_conditions"
    decision = pending or Decision(connection_id=case.connection.id, step=step, kind=kind)
    listed = [{"text": what, "due": due.isoformat()} for what, due in conditions]
    decision.kind, decision.reason, decision.text = kind, reason, text
    decision.conditions = json.dumps(listed, ensure_ascii=False)
    decision.decided_by, decision.decided_at = work.actor, work.now
    work.session.add(decision)
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


def _body(work: Work, case: Case, decision: Decision, conditions: list[dict[str, str]]) -> dict[str, Any]:
    session, connection = work.session, case.connection
    by_name = name_of(session, work.actor)
    applied = decisions.signatures(session, connection.id, "application")
    rests_on = [
        {"kind": kind, "sha256": found[0].frozen_sha256}
        for kind in ("declaration", "risk", "application")
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
        "reason": {
            "id": decision.reason,
            "sv": reason_text(decision.reason, "sv"),
            "en": reason_text(decision.reason, "en"),
        }
        if decision.reason
        else None,
        "text": decision.text,
        "conditions": conditions,
        "endorsed": endorsed,
        "decided": {"by": work.actor, "by_name": by_name, "at": work.now.isoformat(timespec="seconds")},
        "application_sha256": applied[0].frozen_sha256
        if decision.step == "application" and applied
        else None,
        "rests_on": rests_on,
    }
