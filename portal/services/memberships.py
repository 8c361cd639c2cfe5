"""Who belongs to an organisation: seen by those who may, and ended, but never the last who keeps it reachable."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.services.installation import Installation, Work
from portal.store import people
from portal.store.connections import roles_towards
from portal.store.models import Invitation, Membership, Organisation, Person
from workflows.access import ROLES_OF_PART, Role, actions_of, may, may_hand_out
from workflows.errors import Blocked, Forbidden, NotFound, Reason
from workflows.events import MembershipEnded


@dataclass(frozen=True)
class People:
    """The people of an organisation as one person may see them. `offered` are the roles that person may hand out."""

    organisation: Organisation
    members: list[tuple[Membership, Person]]
    invitations: list[Invitation]
    may_invite: bool
    offered: tuple[Role, ...]


def of(session: Session, person_id: str, organisation_id: str) -> People:
    """Raises NotFound for an outsider and Forbidden for someone who has a role but may not see the people."""
    organisation = session.get(Organisation, organisation_id)
    roles = roles_towards(session, person_id, organisation_id)
    if organisation is None or not roles:
        raise NotFound
    if "people.see" not in actions_of(roles):
        raise Forbidden("people.see")
    may_invite = may("people.invite", roles)
    offered = tuple(
        role for role in ROLES_OF_PART[organisation.part] if may_hand_out(role, organisation.part, roles)
    )
    return People(
        organisation,
        people.of_organisation(session, organisation_id),
        people.invitations_of(session, organisation_id) if may_invite else [],
        may_invite and bool(offered),
        offered,
    )


def member(seen: People, membership_id: str) -> tuple[Membership, Person]:
    """One of the members on the page. Raises NotFound."""
    found = next((pair for pair in seen.members if pair[0].id == membership_id), None)
    if found is None:
        raise NotFound
    return found


def still_seen(session: Session, person_id: str, organisation_id: str) -> bool:
    """True while the person may see the people of the organisation."""
    return may("people.see", roles_towards(session, person_id, organisation_id))


def end(home: Installation, person_id: str, organisation_id: str, membership_id: str) -> str:
    """End a membership; the name of the person it was. Raises NotFound, Forbidden, and Blocked for the last one."""
    with home.write(person_id) as work:
        organisation = work.session.get(Organisation, organisation_id, with_for_update=True)
        roles = roles_towards(work.session, person_id, organisation_id)
        if organisation is None or not roles:
            raise NotFound
        found = work.session.get(Membership, membership_id)
        if found is None or found.organisation_id != organisation_id:
            if not may("people.see", roles):
                raise Forbidden("people.see")
            raise NotFound
        if not may_hand_out(Role(found.role), organisation.part, roles):
            raise Forbidden("people.invite")
        person = work.session.get_one(Person, found.person_id)
        if found.ended_at is not None:
            return person.name
        if _is_last(work.session, organisation, found):
            raise Blocked((Reason(f"last_{found.role}", {"organisation": organisation.name}),))
        found.ended_at = work.now
        work.session.flush()
        _withdraw_waiting(work, found.person_id)
        work.record(MembershipEnded(found.person_id, found.role), organisation=organisation_id)
        return person.name


def _withdraw_waiting(work: Work, person_id: str) -> None:
    """Invitations that wait stop working when the one who sent them may no longer hand out the role."""
    waiting = work.session.scalars(
        select(Invitation).where(
            Invitation.invited_by == person_id,
            Invitation.accepted_at.is_(None),
            Invitation.withdrawn_at.is_(None),
        )
    ).all()
    for found in waiting:
        held = roles_towards(work.session, person_id, found.organisation_id)
        part = work.session.get_one(Organisation, found.organisation_id).part
        if not may_hand_out(Role(found.role), part, held):
            found.withdrawn_at = work.now


def _is_last(session: Session, organisation: Organisation, membership: Membership) -> bool:
    if membership.role != ROLES_OF_PART[organisation.part][0]:
        return False
    others = session.scalars(
        select(Membership.id)
        .join(Person, Person.id == Membership.person_id)
        .where(
            Membership.organisation_id == organisation.id,
            Membership.role == membership.role,
            Membership.ended_at.is_(None),
            Membership.id != membership.id,
            Person.disabled_at.is_(None),
        )
    )
    return others.first() is None
