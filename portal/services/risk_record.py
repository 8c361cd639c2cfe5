"""The submitted record of a risk analysis: flows, risks and actions, frozen."""

from collections.abc import Mapping
from datetime import date
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

# How the record names the fields of each stage.
PREFIXES = {rules.INHERENT: "", rules.CURRENT: "current_", rules.RESIDUAL: "residual_"}


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
    return {
        **{name: _plain(value) for name, value in values(found).__dict__.items()},
        "number": found.number,
        **_stages(scale, assessment),
        "accepted_by": found.accepted_by,
        "accepted_by_name": name_of(session, found.accepted_by) or None,
        "accepted_at": found.accepted_at.isoformat(timespec="seconds") if found.accepted_at else None,
        "accepted_until": _plain(found.accepted_until),
    }


def _stages(scale: RiskCatalogue, assessment: rules.Assessment) -> dict[str, str | None]:
    """Consequence, likelihood and level at each stage; what is not stated is as at the stage before."""
    levels, stated = rules.levels(scale, assessment), {}
    for stage, (consequence, likelihood) in rules.places(assessment).items():
        prefix, level = PREFIXES[stage], levels[stage]
        stated[f"{prefix}consequence"] = consequence
        stated[f"{prefix}likelihood"] = likelihood
        stated[f"{prefix}level"] = level.code if level else None
    return stated


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    return value.isoformat() if isinstance(value, date) else value


def _frozen_action(
    found: Action, targets: Mapping[str, store.Targets], numbers: Mapping[str, int]
) -> dict[str, Any]:
    mends = targets.get(found.id, store.Targets())
    return {
        "number": found.number,
        "title": found.title,
        "kind": found.kind,
        "responsible": found.responsible,
        "starts": _plain(found.starts),
        "due": _plain(found.due),
        "cost": found.cost,
        "effect": found.effect,
        "evidence": found.evidence,
        "status": found.status,
        "risks": sorted(numbers[risk_id] for risk_id in mends.risks if risk_id in numbers),
        "requirements": list(mends.requirements),
    }
