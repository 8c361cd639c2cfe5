"""Publishing a version of the requirements: stored for good, and every declaration under way goes on with it.

All of it is one transaction. It holds every connection first, so that an answer is saved either before, and comes
along, or after, and meets the new version: nothing is lost in between.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select, update

from checklists import load
from checklists.schema import DeclarationCatalogue
from portal.services import catalogue_drafts, catalogue_impact
from portal.services.catalogue_impact import Affected
from portal.services.installation import Installation, Work
from portal.services.letters import owner_of
from portal.store import catalogues
from portal.store.models import (
    Answer,
    AnswerVersion,
    Assignment,
    Connection,
    Membership,
    Person,
    StoredCatalogue,
)
from portal.store.models.base import new_id
from portal.texts import text
from workflows.access import Role
from workflows.catalogue_versions import Difference
from workflows.errors import Stale
from workflows.events import CataloguePublished, DeclarationMoved

WRITTEN_TO = (Role.CONTACT, Role.INFOSEC)
AT_ONCE = 500


@dataclass(frozen=True)
class Published:
    """The version, and how many declarations went on with it."""

    version: str
    moved: int


def publish(home: Installation, person_id: str, draft_id: str, seen: str) -> Published:
    """Publish the draft; `seen` is the newest version as the administrator saw it.

    Raises Forbidden, and Stale when the draft or the newest version is no longer the one that was seen.
    """
    with home.write(person_id) as work:
        catalogue_drafts.administering(work)
        draft = catalogue_drafts.standing(work, draft_id)
        newest = catalogues.newest_version(work.session)
        if newest != seen or load.order(draft.version) <= load.order(newest):
            raise Stale(newest)
        after = load.from_body(draft.body)
        if not isinstance(after, DeclarationCatalogue):
            raise TypeError(f"{after.id} is no declaration")
        work.session.add(
            StoredCatalogue(
                id=after.id,
                version=after.version,
                sha256=draft.sha256,
                body=draft.body,
                stored_at=work.now,
            )
        )
        draft.published_at = work.now
        work.session.flush()
        moved = _move(work, after)
        work.record(CataloguePublished(after.version, draft.sha256, len(moved)), organisation=owner_of(work))
        return Published(after.version, len(moved))


def _move(work: Work, after: DeclarationCatalogue) -> Sequence[Affected]:
    session = work.session
    # Where a declaration stands is read when nobody else can change it any more, never before.
    session.execute(
        select(Connection.id).order_by(Connection.id).with_for_update(of=Connection, key_share=True)
    ).all()
    moving = catalogue_impact.of(session, after).moving
    differs = catalogue_impact.differences(session, {found.version for found in moving}, after)
    for before, difference in differs.items():
        here = [found for found in moving if found.version == before]
        for start in range(0, len(here), AT_ONCE):
            _carry(work, here[start : start + AT_ONCE], difference, after)
    for found in moving:
        work.record(
            DeclarationMoved(
                found.version,
                after.version,
                found.answered - len(found.reopened),
                found.reopened,
                found.added,
                found.removed,
            ),
            organisation=found.organisation_id,
            connection=found.connection,
        )
    _write_to(work, [found for found in moving if found.is_begun and found.has_more_to_do], after)
    return moving


def _carry(
    work: Work, moving: Sequence[Affected], difference: Difference, after: DeclarationCatalogue
) -> None:
    """Copy the answers of these connections, which hold the same version, to the new one; the old ones stay."""
    session, ids = work.session, [found.connection for found in moving]
    table = Answer.__table__
    rows = session.execute(
        select(table).where(table.c.connection_id.in_(ids), table.c.catalogue_version == moving[0].version)
    ).mappings()
    copies = list(_copies(work, rows, difference, after))
    if copies:
        session.execute(insert(Answer), copies)
    kept = [_emptied(row) for row in copies if row["requirement"] in difference.reopened]
    if kept:
        session.execute(insert(AnswerVersion), kept)
    session.execute(
        update(Connection)
        .where(Connection.id.in_(ids))
        .values(declaration_version=after.version, changed_at=work.now)
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(Assignment)
        .where(
            Assignment.connection_id.in_(ids),
            Assignment.requirement.in_([item.id for item in difference.removed]),
            Assignment.done_at.is_(None),
            Assignment.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=work.now)
        .execution_options(synchronize_session=False)
    )


def _copies(
    work: Work, rows: Any, difference: Difference, after: DeclarationCatalogue
) -> Iterator[dict[str, Any]]:
    """The rows of the new version. An answer that is opened again counts one version more, so that a page which
    still shows the old text cannot save over it unseen."""
    asked = {item.id for item in after.requirements}
    reopened = frozenset(difference.reopened)
    for row in rows:
        if row["requirement"] not in asked:
            continue
        copy = {**row, "id": new_id(), "catalogue_version": after.version}
        if row["requirement"] in reopened:
            copy |= {
                "value": None,
                "comment": "",
                "version": row["version"] + 1,
                "answered_by": None,
                "answered_at": work.now,
                "verdict": None,
                "verdict_reason": None,
                "verdict_text": "",
                "reviewed_by": None,
                "reviewed_at": None,
            }
        yield copy


def _emptied(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": new_id(),
        "answer_id": row["id"],
        "version": row["version"],
        "value": None,
        "comment": "",
        "answered_by": None,
        "answered_at": row["answered_at"],
    }


def _write_to(work: Work, moved: Sequence[Affected], after: DeclarationCatalogue) -> None:
    """Tell those who see to the declaration which requirements need an answer now."""
    people = _followers(work)
    titles = {item.id: item.title for item in after.requirements}
    for found in moved:
        link = f"{work.installation.settings.address}/connections/{found.connection}/declaration"
        for person in people.get(found.organisation_id, ()):
            names = {
                "organisation": found.organisation,
                "reference": found.reference,
                "version": after.version,
                "requirements": "\n".join(
                    f"{name} {titles[name].get(person.language)}" for name in (*found.reopened, *found.added)
                ),
            }
            work.mail(
                person.email,
                text("catalogues.mail.subject", person.language, **names),
                text("catalogues.mail.body", person.language, link=link, **names),
                person.id,
            )


def _followers(work: Work) -> dict[str, list[Person]]:
    rows = work.session.execute(
        select(Membership.organisation_id, Person)
        .join(Person, Person.id == Membership.person_id)
        .where(
            Membership.role.in_([role.value for role in WRITTEN_TO]),
            Membership.ended_at.is_(None),
            Person.disabled_at.is_(None),
        )
        .order_by(Person.id)
    )
    found: dict[str, list[Person]] = defaultdict(list)
    for organisation, person in rows:
        if person not in found[organisation]:
            found[organisation].append(person)
    return found
