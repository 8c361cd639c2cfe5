"""Fetching is authorising: a connection is only ever seen as one person's case, with that person's actions."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from portal.store import connections
from portal.store.models import Connection, Organisation, StepState
from workflows import journey
from workflows.access import Role, actions_of
from workflows.errors import Forbidden, NotFound
from workflows.status import Status


@dataclass(frozen=True)
class Case:
    """A connection as one person may see it."""

    connection: Connection
    organisation: Organisation
    journey: journey.Journey
    rows: dict[str, StepState]
    roles: frozenset[Role]
    actions: frozenset[str]

    @property
    def states(self) -> dict[str, Status]:
        return connections.statuses(self.rows)


def fetch(session: Session, person_id: str | None, connection_id: str, action: str) -> Case:
    """The case, for someone who may do `action` with it.

    Raises NotFound for an outsider, so that ids tell nothing, and Forbidden for someone who may see it but lacks
    the role. `person_id` None is the portal itself, which may do everything.
    """
    found = connections.with_organisation(session, connection_id)
    if found is None:
        raise NotFound
    connection, organisation = found
    roles = (
        frozenset(Role)
        if person_id is None
        else connections.roles_towards(session, person_id, organisation.id)
    )
    actions = actions_of(roles)
    if "connection.see" not in actions:
        raise NotFound
    if action not in actions:
        raise Forbidden(action)
    rows = connections.step_rows(session, connection.id)
    return Case(connection, organisation, journey.of(connection.journey), rows, roles, actions)
