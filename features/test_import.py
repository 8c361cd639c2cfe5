"""Steps of importing organisations."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from pytest_bdd import given, parsers, scenarios, then, when
from sqlalchemy import func, select

from portal.services import connections, imports, register_file
from portal.services.imports import Outcome
from portal.services.installation import Installation
from portal.services.register_file import BadFile, Problem
from portal.store.models import Connection, Organisation, StoredEvent
from portal.texts import text
from tests.conftest import add_organisation

scenarios("import.feature")
STAGES = {"ansluten": "connected", "i QA": "qa"}
FILE = "kind,scb_code,name,stage\nkommun,0114,Upplands Väsby,qa\n"


@dataclass
class Desk:
    """What the administrator has done and been told."""

    home: Installation
    before: dict[str, Any] = field(default_factory=dict)
    outcome: Outcome | None = None
    problems: list[Problem] = field(default_factory=list)

    def bring_in(self, raw: bytes) -> None:
        self.before = self.counted()
        try:
            self.outcome = imports.import_register(self.home, register_file.parse(raw))
        except BadFile as error:
            self.problems = error.problems

    def counted(self) -> dict[str, Any]:
        with self.home.read() as session:
            tables = (Organisation, Connection, StoredEvent)
            counts = {
                table.__tablename__: session.scalar(select(func.count(table.id))) for table in tables[:2]
            }
            counts["event"] = session.scalar(select(func.count(StoredEvent.seq)))
            counts["stages"] = session.execute(select(Connection.id, Connection.stage)).all()
        return counts


@pytest.fixture
def desk(home: Installation) -> Desk:
    return Desk(home)


@given("en nyinstallerad portal")
def fresh(desk: Desk) -> None:
    assert desk.counted()["connection"] == 0


@given("att filen redan är inläst")
def imported_before(desk: Desk) -> None:
    desk.bring_in(FILE.encode())
    assert desk.outcome is not None
    assert desk.outcome.organisations == 1


@given(parsers.parse('att "{name}" har öppnat sin anslutning i portalen'))
def opened(desk: Desk, name: str) -> None:
    with desk.home.write() as work:
        organisation = add_organisation(work.session, work.now, name)
        work.session.flush()
        connections.open_for(work, organisation)


@when("förvaltaren läser in filen")
def bring_in(desk: Desk, docstring: str) -> None:
    desk.bring_in(docstring.encode())


@when("förvaltaren läser in samma fil igen")
def bring_in_again(desk: Desk) -> None:
    desk.bring_in(FILE.encode())


@when("förvaltaren läser in ett kalkylblad i stället för en textfil")
def bring_in_spreadsheet(desk: Desk) -> None:
    desk.bring_in(b"PK\x03\x04\x14\x00\x06\x00" + bytes(200))


@then(parsers.parse("finns {number:d} nya organisationer"))
def added(desk: Desk, number: int) -> None:
    assert desk.outcome is not None
    assert desk.outcome.organisations == number
    assert desk.counted()["organisation"] == desk.before["organisation"] + number


@then(parsers.parse('anslutningen för "{name}" har läget {stage}'))
def at_stage(desk: Desk, name: str, stage: str) -> None:
    with desk.home.read() as session:
        found = session.execute(
            select(Connection.stage, Connection.origin)
            .join(Organisation, Organisation.id == Connection.organisation_id)
            .where(Organisation.name == name)
        ).one()
    assert tuple(found) == (STAGES[stage], "imported")


@then(parsers.parse('"{name}" har ingen anslutning'))
def without_connection(desk: Desk, name: str) -> None:
    with desk.home.read() as session:
        organisation = session.scalars(select(Organisation).where(Organisation.name == name)).one()
        assert (
            session.scalar(select(Connection.id).where(Connection.organisation_id == organisation.id)) is None
        )


@then("varje inläst anslutning har en enda händelse")
def one_event(desk: Desk) -> None:
    with desk.home.read() as session:
        kinds = session.execute(
            select(StoredEvent.connection_id, StoredEvent.kind).where(StoredEvent.connection_id.is_not(None))
        ).all()
    assert [kind for _, kind in kinds] == ["ConnectionImported"] * desk.counted()["connection"]


@then("är ingenting ändrat")
@then("ingenting är inläst")
def unchanged(desk: Desk) -> None:
    assert desk.counted() == desk.before


@then(parsers.parse("pekas raderna {first:d} och {second:d} ut"))
def pointed_out(desk: Desk, first: int, second: int) -> None:
    assert [problem.line for problem in desk.problems] == [first, second]


@then(parsers.parse("varnas för rad {line:d}"))
def warned(desk: Desk, line: int) -> None:
    assert desk.outcome is not None
    assert [problem.line for problem in desk.outcome.warnings] == [line]


@then("får förvaltaren veta hur filen ska sparas")
def told_how(desk: Desk) -> None:
    [problem] = desk.problems
    assert "CSV UTF-8" in text(f"imports.problem.{problem.code}", "sv", **problem.params)
