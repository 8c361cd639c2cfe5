"""The submitted record of a risk analysis: flows, risks and actions, frozen."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from checklists.schema import RiskCatalogue
from portal.services.cases import Case
from portal.services.freezing import frame, name_of, stamp
from portal.services.installation import Work
from portal.services.risk_values import values
from portal.store import connections
from portal.store import risks as store
from portal.store.models import Action, Risk
from workflows import risk as rules


def seal(work: Work, case: Case) -> None:
    """Freeze what is submitted and note who submitted it, so that review and decision rest on it."""
    stamp(work, case, "risk", _record(work, case))


def _record(work: Work, case: Case) -> dict[str, Any]:
    session, connection = work.session, case.connection
    scale = store.scale(connection)
    risks, actions = store.risks(session, connection.id), store.actions(session, connection.id)
    targets = store.targets(session, connection.id)
    numbers = {found.id: found.number for found in risks}
    return {
        **frame(
            work,
            connections.federation(session),
            connection,
            case.organisation,
            name_of(session, work.actor),
        ),
        "scale": {"id": scale.id, "version": scale.version},
        "flows": [
            {
                "name": found.name,
                "direction": found.direction,
                "counterpart_kind": found.counterpart_kind,
                **dict(zip(rules.ASPECTS, store.classes(found), strict=True)),
            }
            for found in store.flows(session, connection.id)
        ],
        "risks": [_frozen_risk(session, scale, found) for found in risks],
        "actions": [_frozen_action(found, targets, numbers) for found in actions],
    }


def _frozen_risk(session: Session, scale: RiskCatalogue, found: Risk) -> dict[str, Any]:
    assessment = store.assessment(found)
    inherent, remaining = rules.inherent(scale, assessment), rules.remaining(scale, assessment)
    stated = values(found)
    return {
        **{
            name: list(value) if isinstance(value, tuple) else value
            for name, value in stated.__dict__.items()
        },
        "number": found.number,
        "level": inherent.code if inherent else None,
        "residual_consequence": found.residual_consequence or found.consequence,
        "residual_likelihood": found.residual_likelihood or found.likelihood,
        "residual_level": remaining.code if remaining else None,
        "accepted_by": found.accepted_by,
        "accepted_by_name": name_of(session, found.accepted_by) or None,
        "accepted_at": found.accepted_at.isoformat(timespec="seconds") if found.accepted_at else None,
    }


def _frozen_action(
    found: Action, targets: Mapping[str, store.Targets], numbers: Mapping[str, int]
) -> dict[str, Any]:
    mends = targets.get(found.id, store.Targets())
    return {
        "number": found.number,
        "title": found.title,
        "kind": found.kind,
        "responsible": found.responsible,
        "due": found.due.isoformat() if found.due else None,
        "status": found.status,
        "risks": sorted(numbers[risk_id] for risk_id in mends.risks if risk_id in numbers),
        "requirements": list(mends.requirements),
    }
