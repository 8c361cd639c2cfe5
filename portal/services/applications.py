"""The production application: freezing what is applied for, signing it, the agreement, and going live."""

from typing import Any

from portal.services import facts
from portal.services.cases import Case
from portal.services.freezing import frame, name_of, sign
from portal.services.installation import Work
from portal.store import connections, decisions, forms, runs, testbed
from workflows import journey
from workflows.events import ConnectionWentLive
from workflows.guards import GUARDS


def sign_application(work: Work, case: Case) -> None:
    """Freeze the application with everything it rests on and sign it."""
    sign(work, case, "application", _application(work, case))


def sign_agreement(work: Work, case: Case) -> None:
    """Sign the connection agreement, for the organisation first and then for the owner."""
    session, connection = work.session, case.connection
    decided = decisions.decided(session, connection.id, "application")
    earlier = decisions.signatures(session, connection.id, "agreement")
    body = {
        **_frame(work, case),
        "application_decision_sha256": decided[0].frozen_sha256 if decided else None,
        "rule_book": work.rule_book,
        "signed_before": [found.frozen_sha256 for found in earlier],
    }
    sign(work, case, "agreement", body)


def go_live(work: Work, case: Case) -> None:
    """The connection is in production; it shows in the public register if the organisation consented."""
    case.connection.live_at = work.now
    work.record(
        ConnectionWentLive(case.connection.id, case.connection.listed),
        organisation=case.organisation.id,
        connection=case.connection.id,
    )


def _frame(work: Work, case: Case) -> dict[str, Any]:
    federation = connections.federation(work.session)
    return frame(work, federation, case.connection, case.organisation, name_of(work.session, work.actor))


def _application(work: Work, case: Case) -> dict[str, Any]:
    session, connection = work.session, case.connection
    found = forms.entry(session, connection.id, "application")
    run = runs.latest_passed(session, testbed.test_object(session, connection.id))
    known = facts.of(session, case, today=work.today, actor=work.actor)
    guards = journey.move("application", "sign").guards
    return {
        **_frame(work, case),
        "form": {"id": "application", "version": forms.catalogue(found, "application").version},
        "values": forms.values(found),
        "conditions": [{"code": guard, "met": not GUARDS[guard](known)} for guard in guards],
        "declaration_sha256": _latest(work, case, "declaration"),
        "risk_sha256": _latest(work, case, "risk"),
        "run": {
            "number": run.number,
            "outcome": run.outcome,
            "finished_at": run.finished_at.isoformat(timespec="seconds") if run.finished_at else None,
        }
        if run
        else None,
    }


def _latest(work: Work, case: Case, record: str) -> str | None:
    found = decisions.signatures(work.session, case.connection.id, record)
    return found[0].frozen_sha256 if found else None
