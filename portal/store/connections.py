"""Queries about connections, their steps, and the roles a person has towards them."""

from collections.abc import Mapping, Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from portal.store.database import WRITES
from portal.store.models import Connection, Delegation, Federation, Membership, Organisation, StepState
from workflows.access import DELEGATED_ROLES, OWNER_ROLES, Role
from workflows.status import Status


def federation(session: Session) -> Federation:
    """The federation of this installation."""
    return session.scalars(select(Federation)).one()


def hold_federation(session: Session) -> Federation:
    """The federation as it is now, kept for the rest of a write transaction where the database can."""
    query = select(Federation).with_for_update().execution_options(populate_existing=True)
    return session.scalars(query).one()


def roles_towards(session: Session, person_id: str, organisation_id: str) -> frozenset[Role]:
    """Every role the person has towards an organisation: own, the owner's, or delegated."""
    rows = session.execute(
        select(Membership.organisation_id, Membership.role).where(
            Membership.person_id == person_id, Membership.ended_at.is_(None)
        )
    ).all()
    roles = {Role(role) for home, role in rows if Role(role) in OWNER_ROLES or home == organisation_id}
    suppliers = [home for home, role in rows if Role(role) in DELEGATED_ROLES]
    if suppliers:
        delegated = session.scalars(
            select(Delegation.supplier_id).where(
                Delegation.supplier_id.in_(suppliers),
                Delegation.organisation_id == organisation_id,
                Delegation.ended_at.is_(None),
            )
        ).all()
        roles |= {Role(role) for home, role in rows if Role(role) in DELEGATED_ROLES and home in delegated}
    return frozenset(roles)


def with_organisation(session: Session, connection_id: str) -> tuple[Connection, Organisation] | None:
    """The connection and its organisation, whoever asks; use `cases.fetch` to ask for a person.

    A session that writes holds the connection until its commit, so that what one person reads of its steps, forms
    and decisions is not changed by another before the first has acted on it.
    """
    query = (
        select(Connection, Organisation)
        .join(Organisation, Organisation.id == Connection.organisation_id)
        .where(Connection.id == connection_id)
    )
    if session.info.get(WRITES):
        query = query.with_for_update(of=Connection, key_share=True)
    row = session.execute(query).one_or_none()
    return (row[0], row[1]) if row else None


def step_rows(session: Session, connection_id: str) -> dict[str, StepState]:
    rows = session.scalars(select(StepState).where(StepState.connection_id == connection_id))
    return {row.step: row for row in rows}


def statuses(rows: Mapping[str, StepState]) -> dict[str, Status]:
    return {step: Status(row.status) for step, row in rows.items()}


def of_person(session: Session, person_id: str) -> Sequence[tuple[Connection, Organisation]]:
    """The connections a person reaches through own or delegated memberships, in the order of names."""
    own = select(Membership.organisation_id).where(
        Membership.person_id == person_id, Membership.ended_at.is_(None)
    )
    delegated = select(Delegation.organisation_id).where(
        Delegation.supplier_id.in_(own), Delegation.ended_at.is_(None)
    )
    rows = session.execute(
        select(Connection, Organisation)
        .join(Organisation, Organisation.id == Connection.organisation_id)
        .where(or_(Organisation.id.in_(own), Organisation.id.in_(delegated)))
        .order_by(Organisation.sort_key)
    ).all()
    return [(row[0], row[1]) for row in rows]


def without_connection(session: Session, person_id: str) -> Sequence[Organisation]:
    """Participants the person belongs to that have no connection yet, in the order of names."""
    rows = session.scalars(
        select(Organisation)
        .outerjoin(Connection, Connection.organisation_id == Organisation.id)
        .where(
            Organisation.id.in_(
                select(Membership.organisation_id).where(
                    Membership.person_id == person_id, Membership.ended_at.is_(None)
                )
            ),
            Organisation.part == "participant",
            Connection.id.is_(None),
        )
        .order_by(Organisation.sort_key)
    )
    return rows.all()
