"""What publishing a version of the requirements would mean: who goes on with it, what they answer again, who stays."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from checklists.schema import DeclarationCatalogue
from portal.store import catalogues
from portal.store.models import Answer, Connection, Organisation, StepState
from workflows import catalogue_versions as rules
from workflows.catalogue_versions import Difference
from workflows.status import Status

STAYING = (Status.SIGNING, Status.SUBMITTED, Status.DONE)


@dataclass(frozen=True)
class Affected:
    """One connection: where its declaration stands, and the requirements that differ from its own version.

    `reopened` are those whose answer no longer counts; a requirement that has no answer is not among them.
    """

    connection: str
    reference: str
    organisation_id: str
    organisation: str
    status: Status
    version: str
    answered: int
    reopened: tuple[str, ...]
    added: tuple[str, ...]
    removed: tuple[str, ...]

    @property
    def is_begun(self) -> bool:
        return self.status in rules.BEGUN

    @property
    def has_more_to_do(self) -> bool:
        return bool(self.reopened or self.added)


@dataclass(frozen=True)
class Impact:
    """Who goes on with the new version, and who keeps the one they have, in the order of names."""

    moving: tuple[Affected, ...]
    staying: tuple[Affected, ...]

    @property
    def begun(self) -> tuple[Affected, ...]:
        return tuple(found for found in self.moving if found.is_begun)

    @property
    def not_begun(self) -> int:
        return len(self.moving) - len(self.begun)

    @property
    def approvals(self) -> tuple[Affected, ...]:
        """The approved declarations that answer something other than the new version asks."""
        return tuple(found for found in self.staying if found.status is Status.DONE and found.has_more_to_do)

    @property
    def waiting(self) -> tuple[Affected, ...]:
        """Those that have been handed over for signature or to the owner."""
        return tuple(found for found in self.staying if found.status is not Status.DONE)


def of(session: Session, after: DeclarationCatalogue) -> Impact:
    """The impact of publishing this version now."""
    rows = session.execute(
        select(Connection, Organisation, StepState.status)
        .join(Organisation, Organisation.id == Connection.organisation_id)
        .join(StepState, StepState.connection_id == Connection.id)
        .where(StepState.step == "declaration", Connection.declaration_version != after.version)
        .order_by(Organisation.sort_key, Connection.id)
    ).all()
    versions = {connection.declaration_version for connection, _, _ in rows}
    differs = differences(session, versions, after)
    answered = _answered(session, after.version)
    found = [
        _affected(connection, organisation, Status(status), differs, answered)
        for connection, organisation, status in rows
    ]
    return Impact(
        tuple(item for item in found if item.status in rules.MOVING),
        tuple(item for item in found if item.status in STAYING),
    )


def differences(
    session: Session, versions: Iterable[str], after: DeclarationCatalogue
) -> dict[str, Difference]:
    """What differs between each of these versions and the new one."""
    return {
        version: rules.difference(catalogues.declaration(session, version), after) for version in versions
    }


def _answered(session: Session, version: str) -> dict[str, set[str]]:
    """The requirements that each connection has answered in the version it holds."""
    found: dict[str, set[str]] = defaultdict(set)
    rows = session.execute(
        select(Answer.connection_id, Answer.requirement)
        .join(Connection, Connection.id == Answer.connection_id)
        .where(
            Answer.catalogue_version == Connection.declaration_version,
            Connection.declaration_version != version,
            Answer.value.is_not(None),
        )
    )
    for connection, requirement in rows:
        found[connection].add(requirement)
    return found


def _affected(
    connection: Connection,
    organisation: Organisation,
    status: Status,
    differs: Mapping[str, Difference],
    answered: Mapping[str, set[str]],
) -> Affected:
    differs_here = differs[connection.declaration_version]
    given = answered.get(connection.id, set())
    return Affected(
        connection=connection.id,
        reference=connection.reference,
        organisation_id=organisation.id,
        organisation=organisation.name,
        status=status,
        version=connection.declaration_version,
        answered=len(given),
        reopened=tuple(name for name in differs_here.reopened if name in given),
        added=tuple(item.id for item in differs_here.added),
        removed=tuple(item.id for item in differs_here.removed),
    )
