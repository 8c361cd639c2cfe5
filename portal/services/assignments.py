"""Sharing the work: a colleague is asked to answer requirements, by name or by e-mail, and the question taken back."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from portal.services import assignment_letters, cases, invitations
from portal.services.cases import Case
from portal.services.installation import Installation, Work
from portal.store import assignments, declarations, people
from portal.store.connections import roles_towards
from portal.store.models import Assignment, Connection, Invitation, Organisation, Person
from workflows.access import Role, may
from workflows.errors import Blocked, Invalid, NotFound, Reason
from workflows.events import AssignmentDone, AssignmentWithdrawn, RequirementAssigned
from workflows.forms import is_email
from workflows.identifiers import clean
from workflows.status import OPEN

LAST_YEAR = 2100
MAX_NAME = 200


@dataclass(frozen=True)
class Wish:
    """Whom to ask about what. `member` is a person's id; without one, `email` and `name` say who it is."""

    requirements: tuple[str, ...]
    member: str = ""
    email: str = ""
    name: str = ""
    due: date | None = None


@dataclass(frozen=True)
class Sent:
    """Who was asked, how many questions, and whether an invitation went with them."""

    name: str
    questions: int
    invited: bool


def ask(home: Installation, person_id: str, connection_id: str, wish: Wish) -> Sent:
    """Ask one person to answer some requirements; one letter tells of them all.

    A question that is not answered yet gets the new date. Someone who is no member, or only reads, is invited as a contributor.
    Raises Invalid for `about`, `member`, `email`, `name` or `due`, Blocked when the declaration is not open.
    """
    with home.write(person_id) as work:
        case = cases.fetch(work.session, person_id, connection_id, "declaration.answer")
        status = case.states["declaration"]
        if status not in OPEN:
            raise Blocked(
                (Reason("not_now", {"step": "declaration", "status": status}, place="declaration"),)
            )
        _check(work, case, wish)
        person, email, name = _whom(work, case, wish)
        able = person is not None and _may_contribute(work.session, case.organisation.id, person.id)
        for requirement in wish.requirements:
            _ask(work, case, requirement, email, person.id if person and able else None, wish.due)
        link = None
        if not able:
            link = invitations.quietly(work, case.organisation, email, name, Role.CONTRIBUTOR)
        assignment_letters.asked(work, case, wish.requirements, wish.due, email, person, link)
        return Sent(name, len(wish.requirements), not able)


def withdraw(home: Installation, person_id: str, connection_id: str, assignment_id: str) -> bool:
    """Take a question back; False when it is answered or taken back already.

    When nothing else is asked of someone who has not come in yet, the invitation stops working too.
    """
    with home.write(person_id) as work:
        case = cases.fetch(work.session, person_id, connection_id, "declaration.answer")
        found = work.session.get(Assignment, assignment_id, with_for_update=True)
        if found is None or found.connection_id != case.connection.id:
            raise NotFound
        if found.withdrawn_at is not None or found.done_at is not None:
            return False
        found.withdrawn_at = work.now
        work.session.flush()
        _record(work, case, AssignmentWithdrawn(found.id, found.requirement))
        _take_back_invitation(work, case, found.email)
        assignment_letters.withdrawn(work, case, found)
        return True


def answered(work: Work, case: Case, requirement: str, value: str | None) -> None:
    """Mark what the actor was asked about a requirement as done, when there is an answer."""
    if value is None or work.actor is None:
        return
    rows = work.session.scalars(
        select(Assignment).where(
            Assignment.connection_id == case.connection.id,
            Assignment.requirement == requirement,
            Assignment.person_id == work.actor,
            Assignment.done_at.is_(None),
            Assignment.withdrawn_at.is_(None),
        )
    ).all()
    for row in rows:
        row.done_at = work.now
        _record(work, case, AssignmentDone(row.id, requirement))


def colleagues(session: Session, organisation_id: str) -> list[Person]:
    """The members who can be asked, by name, each once."""
    found = {person.id: person for _, person in people.of_organisation(session, organisation_id)}
    return [person for person in found.values() if person.disabled_at is None]


def _check(work: Work, case: Case, wish: Wish) -> None:
    errors: dict[str, Reason] = {}
    known = {item.id for item in declarations.catalogue(work.session, case.connection).requirements}
    if not wish.requirements or set(wish.requirements) - known:
        errors["about"] = Reason("choice_unknown")
    if not wish.member and not wish.email.strip():
        errors["member"] = Reason("colleague_missing")
    elif wish.member and wish.email.strip():
        errors["member"] = Reason("colleague_twice")
    elif wish.email.strip() and not is_email(wish.email.strip().casefold()):
        errors["email"] = Reason("email_form", {"value": wish.email.strip()[:80]})
    over = len(clean(wish.name).strip()) - MAX_NAME
    if over > 0:
        errors["name"] = Reason("too_long", {"n": over, "max": MAX_NAME})
    if wish.due is not None and wish.due < work.today:
        errors["due"] = Reason("condition_past", {"value": wish.due.isoformat()})
    elif wish.due is not None and wish.due.year > LAST_YEAR:
        errors["due"] = Reason("date_far", {"value": wish.due.isoformat()})
    if errors:
        raise Invalid(errors)


def _whom(work: Work, case: Case, wish: Wish) -> tuple[Person | None, str, str]:
    """The person when there is one, the e-mail and the name; an outsider's name is what the asker calls them."""
    members = {person.id: person for _, person in people.of_organisation(work.session, case.organisation.id)}
    if wish.member:
        chosen = members.get(wish.member)
        if chosen is None or chosen.disabled_at is not None:
            raise Invalid({"member": Reason("choice_unknown")})
        return chosen, chosen.email, chosen.name
    email, name = wish.email.strip().casefold(), clean(wish.name).strip()
    found = people.by_email(work.session, email)
    if found is not None and found.id in members:
        if found.disabled_at is not None:
            raise Invalid({"email": Reason("colleague_closed", {"value": email[:80]})})
        return found, email, found.name
    if not name:
        raise Invalid({"name": Reason("person_name_missing")})
    return found, email, name


def _may_contribute(session: Session, organisation_id: str, person_id: str) -> bool:
    """True for a member who may answer when asked; one who only reads is invited to contribute, as an outsider is."""
    return may("declaration.contribute", roles_towards(session, person_id, organisation_id))


def _ask(
    work: Work, case: Case, requirement: str, email: str, person_id: str | None, due: date | None
) -> None:
    found = assignments.open_of(work.session, case.connection.id, requirement, email, lock=True)
    if found is None:
        found = Assignment(connection_id=case.connection.id, requirement=requirement, email=email)
        work.session.add(found)
    found.person_id, found.due = person_id, due
    found.asked_by, found.asked_at = str(work.actor), work.now
    work.session.flush()
    _record(work, case, RequirementAssigned(found.id, requirement))


def _record(
    work: Work, case: Case, happened: RequirementAssigned | AssignmentDone | AssignmentWithdrawn
) -> None:
    work.record(happened, organisation=case.organisation.id, connection=case.connection.id)


def _take_back_invitation(work: Work, case: Case, email: str) -> None:
    left = select(Assignment.id).where(
        Assignment.email == email,
        Assignment.withdrawn_at.is_(None),
        Assignment.connection_id.in_(_connections(case.organisation)),
    )
    if work.session.scalars(left.limit(1)).first() is not None:
        return
    work.session.execute(
        update(Invitation)
        .where(
            Invitation.email == email,
            Invitation.organisation_id == case.organisation.id,
            Invitation.role == Role.CONTRIBUTOR.value,
            Invitation.accepted_at.is_(None),
            Invitation.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=work.now)
    )


def _connections(organisation: Organisation) -> Select[str]:
    return select(Connection.id).where(Connection.organisation_id == organisation.id)
