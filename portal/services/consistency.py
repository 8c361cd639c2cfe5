"""Gathers what the consistency rules look at: risks, actions, answers and the latest finished run of a connection."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy.orm import Session

from portal.services import declaration_lines
from portal.store import risks as store
from portal.store import runs, testbed
from portal.store.models import Action, Connection, Risk
from workflows import consistency
from workflows.consistency import ActionFacts, Finding, LineFacts, Picture, RiskFacts
from workflows.risk import CANCELLED


def findings(session: Session, connection: Connection, today: date) -> tuple[Finding, ...]:
    """What does not agree in the connection as it stands that day."""
    actions = store.actions(session, connection.id)
    mended = _mended(actions, store.targets(session, connection.id))
    run = testbed.latest_finished_run(session, connection.id)
    return consistency.findings(
        Picture(
            scale=store.scale(connection),
            today=today,
            risks=tuple(_risk(row, mended) for row in store.risks(session, connection.id)),
            actions=tuple(ActionFacts(row.id, row.number, row.status, row.due) for row in actions),
            lines=tuple(
                LineFacts(
                    line.requirement.id, line.given.value, line.requirement.checks, actions=bool(line.actions)
                )
                for line in declaration_lines.lines(session, connection)
            ),
            outcomes={check: found.outcome for check, found in runs.results(session, run.id).items()}
            if run
            else {},
        )
    )


def _mended(actions: Sequence[Action], targets: dict[str, store.Targets]) -> set[str]:
    """The ids of risks that an action mends which is not cancelled."""
    return {
        risk_id
        for row in actions
        if row.status != CANCELLED
        for risk_id in targets.get(row.id, store.Targets()).risks
    }


def _risk(row: Risk, mended: set[str]) -> RiskFacts:
    return RiskFacts(
        id=row.id,
        stated=store.assessment(row),
        aspects=tuple(row.aspects.split()),
        affects=row.affects,
        controls=row.controls,
        actions=row.id in mended,
        review_on=row.review_on,
    )
