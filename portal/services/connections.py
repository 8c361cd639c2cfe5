"""Opening a connection: a reference that people see, the pinned journey and catalogues, and its first states."""

from collections.abc import Mapping

from sqlalchemy import select

from checklists import load
from portal.services import moves
from portal.services.installation import Installation, Work
from portal.store import catalogues
from portal.store.connections import hold_federation, roles_towards
from portal.store.models import Connection, Organisation
from portal.store.models.base import new_id
from workflows import journey
from workflows.access import may
from workflows.errors import Blocked, Forbidden, NotFound, Reason
from workflows.status import Status


def next_reference(work: Work) -> str:
    """The next reference of the installation, such as `A-2026-0042`; the counter never goes back.

    It holds the federation until the commit, so that whoever opens a connection and whoever publishes requirements
    come one after the other, and a new connection never begins with requirements that have just been replaced.
    """
    home = hold_federation(work.session)
    home.last_reference += 1
    return f"A-{work.today.year}-{home.last_reference:04d}"


def open_for(work: Work, organisation: Organisation, journey_id: str = journey.DEFAULT_JOURNEY) -> Connection:
    """A new connection of an organisation that has none, in its first states."""
    if work.session.scalar(select(Connection.id).where(Connection.organisation_id == organisation.id)):
        raise Blocked((Reason("connection_exists", {"organisation": organisation.name}),))
    table = journey.of(journey_id)
    connection = new(work, organisation, table, journey.opening(table), origin="portal")
    moves.open_connection(work, connection.id, organisation.id, table.id)
    return connection


def new(
    work: Work,
    organisation: Organisation,
    table: journey.Journey,
    states: Mapping[str, Status],
    *,
    origin: str,
) -> Connection:
    """The row of a connection in these states, with the journey and catalogues it is pinned to."""
    connection = Connection(
        id=new_id(),
        reference=next_reference(work),
        organisation_id=organisation.id,
        journey=table.id,
        journey_version=table.version,
        declaration_version=catalogues.newest_version(work.session),
        risk_version=load.risk().version,
        origin=origin,
        stage=journey.stage(table, states),
        step=journey.current_step(table, states),
        turn=journey.whose_turn(table, states),
        created_at=work.now,
        changed_at=work.now,
    )
    work.session.add(connection)
    work.session.flush()
    return connection


def begin(home: Installation, person_id: str, organisation_id: str) -> str:
    """A member who may place the order opens the organisation's connection; its id."""
    with home.write(person_id) as work:
        organisation = work.session.get(Organisation, organisation_id)
        roles = roles_towards(work.session, person_id, organisation_id)
        if organisation is None or not may("connection.see", roles):
            raise NotFound
        if not may("order.edit", roles):
            raise Forbidden("order.edit")
        return open_for(work, organisation).id
