"""The facts of a connection, gathered from the tables for the guards of the journey."""

from datetime import date

from sqlalchemy.orm import Session

from portal.services.cases import Case
from portal.services.installation import SWEDEN
from portal.store import decisions, declarations, forms, risks, runs, testbed
from workflows.access import OWNER_ROLES
from workflows.guards import Facts


def of(session: Session, case: Case, *, today: date, actor: str | None) -> Facts:
    """Everything the guards ask about this connection, in one value."""
    connection = case.connection
    test_object = testbed.test_object(session, connection.id)
    run = testbed.latest_finished_run(session, connection.id)
    passed = runs.latest_passed(session, test_object)
    endorsement = decisions.pending_endorsement(session, connection.id)
    return Facts(
        today=today,
        actor=actor,
        belongs=belongs(session, case, actor),
        states=case.states,
        order_missing=forms.missing(session, connection.id, "order"),
        application_missing=forms.missing(session, connection.id, "application"),
        test_object_missing=testbed.missing(test_object),
        tasks_missing=forms.tasks_left(session, connection.id),
        run_outcome=run.outcome if run else None,
        run_on=passed.finished_at.astimezone(SWEDEN).date() if passed and passed.finished_at else None,
        certificate_ends=testbed.first_to_end(session, test_object),
        endorsed_by=endorsement.endorsed_by if endorsement else None,
        **declarations.facts(session, connection),
        **risks.facts(session, connection, today),
    )


def belongs(session: Session, case: Case, actor: str | None) -> bool:
    """True for a person of the organisation or of its supplier, and for one who has signed on its behalf."""
    if actor is None:
        return False
    return bool(case.roles - OWNER_ROLES) or decisions.has_signed_for(session, case.connection.id, actor)
