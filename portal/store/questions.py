"""What waits for a person across connections: requirements to answer, and remarks that mention them."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.store import assignments, threads
from portal.store.models import Federation


def with_federation(session: Session, person_id: str) -> tuple[Federation, int]:
    """The federation and how much waits for the person: what the head of every page shows, asked for at once."""
    counted = assignments.count(person_id) + threads.count(person_id)
    row = session.execute(select(Federation, counted)).one()
    return row[0], row[1]
