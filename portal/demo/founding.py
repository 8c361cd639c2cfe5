"""Acts of the demo: the federation with its owner, the suppliers, and organisations that arrive with their people."""

from datetime import datetime

from sqlalchemy import select

from portal.demo import cast
from portal.demo.story import Owner, Story, address
from portal.services import accounts, founding, organisations
from portal.services.installation import Installation, Work
from portal.store.models import Delegation, Organisation
from workflows.events import DelegationGranted
from workflows.identifiers import luhn


def found(home: Installation, at: datetime) -> Owner:
    """The federation, its owner with staff, and the suppliers with theirs; the marker says that it is a demo."""
    with home.write(at=at) as work:
        owner = founding.found(
            work,
            name="Säker digital kommunikation (demo)",
            short_name="SDK",
            owner_name=cast.OWNER,
            rule_book="SDK 1.5",
            county="01",
            demo=True,
        )
        staff = [
            accounts.add_person(
                work,
                email=address(name, cast.OWNER_DOMAIN),
                name=name,
                organisation_id=owner.id,
                role=role,
            ).id
            for role, name in cast.OWNER_PERSONS
        ]
        for name, kind, part, domain, persons in cast.SUPPLIERS:
            supplier = organisations.add(work, name, kind=kind, part=part)
            for person in persons:
                accounts.add_person(
                    work,
                    email=address(person, domain),
                    name=person,
                    organisation_id=supplier.id,
                    role=part,
                )
    return Owner(admin=staff[0], reviewer=staff[1], approver=staff[2], second_approver=staff[3])


def number(place: int) -> str:
    """An organisation number of a series that no register uses, with a right check digit."""
    begun = f"2999{place:05d}"
    return next(begun + digit for digit in "0123456789" if luhn(begun + digit))


def arrives(story: Story) -> None:
    """The organisation and its people get their accounts, and its suppliers may act for it."""
    player = story.player
    with story.home.write(story.owner.admin) as work:
        # The number comes with the order, as it does for a real organisation.
        organisation = organisations.add(work, player.name, kind=player.kind, county_code=player.county)
        story.organisation = organisation.id
        for role, name in _named(story):
            person = accounts.add_person(
                work,
                email=address(name, player.domain),
                name=name,
                organisation_id=organisation.id,
                role=role,
            )
            story.people[role], story.names[role] = person.id, name
        helping = {player.supplier, player.operator}
        _delegate(work, organisation, {name for name, *_ in cast.SUPPLIERS if name in helping})


def _named(story: Story) -> list[tuple[str, str]]:
    """Role and name of each person; only the organisation that is ready to begin has the names of the guide."""
    if story.player is cast.READY:
        return list(cast.PERSONS)
    names = [f"{first} {last}" for first in cast.FIRST for last in cast.LAST]
    chosen = story.dice.sample(names, len(cast.PERSONS) - 1)
    return [(role, name) for (role, _), name in zip(cast.PERSONS, chosen, strict=False)]


def _delegate(work: Work, organisation: Organisation, names: set[str]) -> None:
    for name in sorted(names):
        supplier = _supplier(work, name)
        work.session.add(
            Delegation(supplier_id=supplier, organisation_id=organisation.id, created_at=work.now)
        )
        work.record(DelegationGranted(supplier), organisation=organisation.id)


def _supplier(work: Work, name: str) -> str:
    return work.session.scalars(select(Organisation.id).where(Organisation.name == name)).one()
