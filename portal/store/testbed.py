"""Queries about test objects, their certificates and the runs made against them."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.store.models import Certificate, Run, TestObject

REQUIRED = ("environment", "participant_id", "ap_product", "ap_version", "mt_product", "mt_version")


def test_object(session: Session, connection_id: str) -> TestObject | None:
    """The test object of a connection, or None while nothing has been stated."""
    return session.scalars(select(TestObject).where(TestObject.connection_id == connection_id)).one_or_none()


def missing(found: TestObject | None) -> tuple[str, ...]:
    """The names of required fields that are empty."""
    return tuple(name for name in REQUIRED if found is None or not getattr(found, name))


def certificates(session: Session, test_object_id: str, *, current: bool = True) -> Sequence[Certificate]:
    """The certificates of a test object, newest first; only those not replaced unless told otherwise."""
    query = select(Certificate).where(Certificate.test_object_id == test_object_id)
    if current:
        query = query.where(Certificate.replaced_at.is_(None))
    return session.scalars(query.order_by(Certificate.added_at.desc())).all()


def first_to_end(session: Session, found: TestObject | None) -> date | None:
    """The day the first of the current certificates ends, or None without certificates."""
    ends = [certificate.not_after for certificate in certificates(session, found.id)] if found else []
    return min(ends).date() if ends else None


def latest_finished_run(session: Session, connection_id: str) -> Run | None:
    return session.scalars(
        select(Run)
        .where(Run.connection_id == connection_id, Run.finished_at.is_not(None))
        .order_by(Run.number.desc())
        .limit(1)
    ).one_or_none()
