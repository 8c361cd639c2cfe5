"""The facts of a connection, gathered from the tables for the guards of the journey."""

from datetime import date

from sqlalchemy.orm import Session

from portal.services.cases import Case
from portal.services.installation import SWEDEN
from portal.store import decisions, declarations, forms, risks, testbed
from workflows.guards import Facts


def of(session: Session, case: Case, *, today: date, actor: str | None) -> Facts:
    """Everything the guards ask about this connection, in one value."""
    connection = case.connection
    test_object = testbed.test_object(session, connection.id)
    run = testbed.latest_finished_run(session, connection.id)
    endorsement = decisions.pending_endorsement(session, connection.id)
    return Facts(
        today=today,
        actor=actor,
        states=case.states,
        order_missing=forms.missing(session, connection.id, "order"),
        application_missing=forms.missing(session, connection.id, "application"),
        test_object_missing=testbed.missing(test_object),
        tasks_missing=forms.tasks_left(session, connection.id),
        run_outcome=run.outcome if run else None,
        run_on=run.finished_at.astimezone(SWEDEN).date() if run and run.finished_at else None,
        certificate_ends=testbed.first_to_end(session, test_object),
        endorsed_by=endorsement.endorsed_by if endorsement else None,
        **declarations.facts(session, connection),
        **risks.facts(session, connection, today),
    )
