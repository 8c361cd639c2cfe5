"""Queries about the owner's decisions, signatures and frozen records of a connection."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.store.models import Decision, Frozen, Signature


def pending_endorsement(session: Session, connection_id: str) -> Decision | None:
    """The endorsement that waits for its second approver, if there is one."""
    return session.scalars(
        select(Decision).where(
            Decision.connection_id == connection_id,
            Decision.step == "application",
            Decision.endorsed_at.is_not(None),
            Decision.decided_at.is_(None),
            Decision.withdrawn_at.is_(None),
        )
    ).one_or_none()


def decided(session: Session, connection_id: str, step: str | None = None) -> Sequence[Decision]:
    """The decisions of a connection, newest first."""
    query = select(Decision).where(Decision.connection_id == connection_id, Decision.decided_at.is_not(None))
    if step is not None:
        query = query.where(Decision.step == step)
    return session.scalars(query.order_by(Decision.decided_at.desc(), Decision.id.desc())).all()


def signatures(session: Session, connection_id: str, record: str) -> Sequence[Signature]:
    """The signatures under one kind of record, newest first."""
    return session.scalars(
        select(Signature)
        .where(Signature.connection_id == connection_id, Signature.record == record)
        .order_by(Signature.signed_at.desc(), Signature.id.desc())
    ).all()


def frozen_of_connection(session: Session, connection_id: str, sha256: str) -> Frozen | None:
    """A frozen record by its hash, only when a signature or decision of this connection rests on it."""
    owned = session.scalar(
        select(Frozen.sha256)
        .where(Frozen.sha256 == sha256)
        .where(
            Frozen.sha256.in_(
                select(Signature.frozen_sha256)
                .where(Signature.connection_id == connection_id)
                .union(select(Decision.frozen_sha256).where(Decision.connection_id == connection_id))
            )
        )
    )
    return session.get(Frozen, sha256) if owned else None


def has_signed_for(session: Session, connection_id: str, person_id: str) -> bool:
    """True when the person has signed on the organisation's behalf; the owner only ever signs the agreement, last."""
    own = [
        found
        for record in ("declaration", "risk", "application")
        for found in signatures(session, connection_id, record)
    ]
    first_of_agreement = signatures(session, connection_id, "agreement")[-1:]
    return any(found.signed_by == person_id for found in [*own, *first_of_agreement])
