"""Steps of the owner's overview."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from xml.etree.ElementTree import Element

import html5lib
import pytest
from flask.testing import FlaskClient
from pytest_bdd import given, parsers, scenarios, then, when
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from portal.services import imports, register_file
from portal.services.installation import Installation
from portal.store.models import Connection, Organisation, StepState
from portal.texts import text
from tests.conftest import Cast
from workflows.status import Stage, Status, Turn

scenarios("overview.feature")
REGISTER = """kind,name,county_code,stage
kommun,Öckerö,14,connected
kommun,Zinkgruvan,18,connected
kommun,Ängelholm,12,qa
kommun,Arboga,19,started
"""


class Screen:
    """What the one who looks sees now."""

    def __init__(self) -> None:
        self.address = "/overview"
        self.response: TestResponse | None = None

    def tree(self) -> Element:
        assert self.response is not None
        assert self.response.status_code == 200
        found: Element = html5lib.parse(self.response.get_data(as_text=True), namespaceHTMLElements=False)
        return found

    def names(self) -> list[str]:
        """The organisations of the first table that names some."""
        caption = text("overview.caption", "sv")
        tables = [table for table in self.tree().iter("table") if table.findtext("caption") == caption]
        return [str(link.text) for table in tables for link in table.findall(".//tbody/tr/th/a")]


@pytest.fixture
def screen() -> Screen:
    return Screen()


@pytest.fixture
def reviewer(browse: Callable[[str], FlaskClient]) -> FlaskClient:
    return browse("reviewer")


@given("att federationen har anslutningar i alla lägen")
def federation(home: Installation, people: Cast) -> None:
    assert people.connection
    imports.import_register(home, register_file.parse(REGISTER.encode()))


@given(parsers.parse('att "{name}" skickade in sin beställning för {days:d} dagar sedan'))
def submitted(home: Installation, name: str, days: int) -> None:
    with home.write() as work:
        chosen = select(Connection.id).join(Organisation).where(Organisation.name == name)
        work.session.execute(
            update(StepState)
            .where(StepState.connection_id == work.session.scalar(chosen), StepState.step == "order")
            .values(status=Status.SUBMITTED, turn=Turn.OWNER, since=work.now - timedelta(days=days), round=1)
        )


@given(parsers.parse('att "{name}" har samtyckt till att visas'))
def consented(home: Installation, name: str) -> None:
    with home.write() as work:
        chosen = select(Organisation.id).where(Organisation.name == name)
        work.session.execute(
            update(Connection).where(Connection.organisation_id.in_(chosen)).values(listed=True)
        )


@when(parsers.parse('granskaren söker på "{words}"'))
def search(reviewer: FlaskClient, screen: Screen, words: str) -> None:
    screen.response = reviewer.get("/overview", query_string={"q": words})


@when(parsers.parse('granskaren väljer läget "{label}"'))
def choose_stage(reviewer: FlaskClient, screen: Screen, label: str) -> None:
    code = next(stage.value for stage in Stage if text(f"journey.stage.{stage}", "sv") == label)
    screen.address = f"/overview?stage={code}"
    screen.response = reviewer.get(screen.address)


@when("granskaren ordnar listan efter namn")
def order_by_name(reviewer: FlaskClient, screen: Screen) -> None:
    screen.response = reviewer.get("/overview?sort=name")


@when("granskaren öppnar sin kö")
def open_queue(reviewer: FlaskClient, screen: Screen) -> None:
    screen.response = reviewer.get("/overview/queue")


@when("laddar ned listan")
def download(reviewer: FlaskClient, screen: Screen) -> None:
    link = next(
        link.get("href") for link in screen.tree().iter("a") if "connections.csv" in (link.get("href") or "")
    )
    screen.response = reviewer.get(str(link))


@when("kontaktpersonen öppnar översikten")
def contact_looks(browse: Callable[[str], FlaskClient], screen: Screen) -> None:
    screen.response = browse("contact").get("/overview")


@when("någon utan konto öppnar registret")
def anyone_looks(anonymous: FlaskClient, screen: Screen) -> None:
    screen.response = anonymous.get("/register")


@then(parsers.parse('visar listan bara "{name}"'))
def only(screen: Screen, name: str) -> None:
    assert screen.names() == [name]


@then(parsers.parse('kommer "{first}" före "{second}"'))
@then(parsers.parse('"{first}" före "{second}"'))
def before(screen: Screen, first: str, second: str) -> None:
    names = screen.names()
    assert names.index(first) < names.index(second)


@then(parsers.parse('ligger "{name}" först och har väntat {days:d} dagar'))
def first_in_queue(screen: Screen, name: str, days: int) -> None:
    row = screen.tree().find(".//tbody/tr")
    assert row is not None
    assert row.findtext("th/a") == name
    assert f"{days} dagar" in ["".join(cell.itertext()).strip() for cell in row.findall("td")]


@then(parsers.parse('har filen rubriker och en rad för "{name}"'))
def file_holds(screen: Screen, name: str) -> None:
    assert screen.response is not None
    rows = list(csv.reader(io.StringIO(screen.response.get_data().decode("utf-8-sig")), delimiter=";"))
    assert rows[0][:2] == [
        text("overview.column.reference", "sv"),
        text("overview.column.organisation", "sv"),
    ]
    assert [row[1] for row in rows[1:]] == [name]


@then("finns inte sidan")
def no_page(screen: Screen) -> None:
    assert screen.response is not None
    assert screen.response.status_code == 404


@then(parsers.parse('visar registret bara "{name}"'))
def register_shows(screen: Screen, name: str) -> None:
    assert [str(cell.text) for cell in screen.tree().findall(".//tbody/tr/th")] == [name]
