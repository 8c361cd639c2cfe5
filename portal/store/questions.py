"""What waits for a person across connections: requirements to answer, and remarks that mention them."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.store import assignments, threads


def waiting(session: Session, person_id: str) -> int:
    """How many questions and unread mentions the person has."""
    return session.scalar(select(assignments.count(person_id) + threads.count(person_id))) or 0
