"""Letters about turns and decisions, put in the outbox in the same commit as the move they tell of."""

from sqlalchemy import select

from portal.services.cases import Case
from portal.services.installation import Work
from portal.store import reasons
from portal.store.models import Federation, Membership, Person, Run
from portal.texts import text
from workflows import journey
from workflows.access import TABLE, Role
from workflows.journey import Move
from workflows.status import Status

FOLLOWERS = {
    "declaration": (Role.CONTACT, Role.INFOSEC),
    "risk": (Role.CONTACT, Role.INFOSEC),
    "application": (Role.CONTACT, Role.TECH, Role.SIGNATORY),
    "agreement": (Role.CONTACT, Role.SIGNATORY),
}
ANSWERED = (Role.CONTACT, Role.TECH)


def tell(work: Work, case: Case, row: Move, reason: str | None = None, said: str | None = None) -> None:
    """Write to those whose turn it has become, or who wait for the answer; never to the one who acted."""
    if row.target is Status.SUBMITTED:
        deciding = {
            TABLE[move.who]
            for move in journey.MOVES
            if move.step == row.step and row.target in move.sources and move.who
        }
        roles = frozenset[Role]().union(*deciding)
        _send(work, case, row, members(work, owner_of(work), roles), "turn")
    elif row.target is Status.SIGNING:
        _send(work, case, row, members(work, case.organisation.id, {Role.SIGNATORY}), "sign")
    elif row.target in (Status.RETURNED, Status.REFUSED) or (
        row.target is Status.DONE and row.name in ("approve", "confirm", "countersign")
    ):
        roles = frozenset(FOLLOWERS.get(row.step, ANSWERED))
        key = {Status.RETURNED: "returned", Status.REFUSED: "refused"}.get(row.target, "approved")
        _send(work, case, row, members(work, case.organisation.id, roles), key, reason, said)


def run_finished(work: Work, case: Case, run: Run) -> None:
    """Write to those who follow the tests, and to the one who started the run, that it is done."""
    people = members(work, case.organisation.id, set(ANSWERED))
    starter = work.session.get(Person, run.started_by) if run.started_by else None
    if starter is not None and starter not in people and starter.disabled_at is None:
        people.append(starter)
    address = work.installation.settings.address
    for person in people:
        names = {
            "organisation": case.organisation.name,
            "reference": case.connection.reference,
            "number": run.number,
            "outcome": text(f"run.outcome.{run.outcome}", person.language).lower(),
        }
        link = f"{address}/connections/{case.connection.id}/runs/{run.id}"
        work.mail(
            person.email,
            text("mail.run.subject", person.language, **names),
            text("mail.run.body", person.language, link=link, **names),
            person.id,
        )


def owner_of(work: Work) -> str:
    """The organisation that owns the federation."""
    return work.session.scalars(select(Federation.owner_id)).one()


def members(work: Work, organisation_id: str, roles: frozenset[Role] | set[Role]) -> list[Person]:
    """The people of an organisation who hold one of the roles today, each once."""
    rows = work.session.scalars(
        select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.organisation_id == organisation_id,
            Membership.ended_at.is_(None),
            Membership.role.in_([role.value for role in roles]),
            Person.disabled_at.is_(None),
        )
        .order_by(Person.id)
    )
    return list(dict.fromkeys(rows))


def _send(
    work: Work,
    case: Case,
    row: Move,
    people: list[Person],
    key: str,
    reason: str | None = None,
    said: str | None = None,
) -> None:
    link = f"{work.installation.settings.address}/connections/{case.connection.id}"
    for person in people:
        if person.id == work.actor:
            continue
        language = person.language
        step = text(f"journey.step.{row.step}", language)
        names = {"step": step, "organisation": case.organisation.name, "reference": case.connection.reference}
        subject = text(f"mail.{key}.subject", language, **names)
        because = " ".join(part for part in (reasons.text_of(work.session, reason, language), said) if part)
        why = text("mail.reason", language, reason=because) + "\n\n" if because else ""
        body = text(f"mail.{key}.body", language, link=link, name=person.name, **names)
        work.mail(person.email, subject, why_first(body, why), person.id)


def why_first(body: str, why: str) -> str:
    """The letter with the reason between its first line, what to do, and the rest."""
    first, _, rest = body.partition("\n")
    return f"{first}\n\n{why}{rest.lstrip()}" if why else body
