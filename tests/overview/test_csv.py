"""The overview as a CSV file: what a spreadsheet makes of it, in both languages."""

import csv
import io
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from portal.exports.sheets import FORMULA, plain
from portal.services.installation import Installation
from portal.store.models import Connection, Organisation
from portal.texts import LANGUAGES, text
from portal.web.overview import COLUMNS
from tests.conftest import Cast


def rows(client: FlaskClient, query: str = "", language: str = "sv") -> list[dict[str, str]]:
    client.set_cookie("language", language)
    response = client.get(f"/overview/connections.csv{query}", headers={"Accept-Language": language})
    assert response.status_code == 200
    assert response.mimetype == "text/csv"
    assert "attachment" in response.headers["Content-Disposition"]
    raw = response.get_data()
    assert raw.startswith(b"\xef\xbb\xbf")
    assert not raw.startswith(b"\xef\xbb\xbf\xef\xbb\xbf")
    read = csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline=""), delimiter=";", strict=True)
    return list(read)


def test_it_holds_every_row_of_the_selection(owner: FlaskClient, register: dict[str, int]) -> None:
    heads = {name: text(f"overview.column.{name}", "sv") for name in COLUMNS}
    everything = rows(owner)
    assert len(everything) == 69
    assert list(everything[0]) == list(heads.values())
    chosen = rows(owner, "?kind=region&stage=qa&sort=name")
    assert [row[heads["organisation"]] for row in chosen] == [f"Region {n:02d}" for n in range(1, 60, 2)]
    assert {row[heads["county"]] for row in chosen} == {"Skåne län"}
    assert {row[heads["origin"]] for row in chosen} == {text("overview.origin.imported", "sv")}
    assert {row[heads["since"]] for row in chosen} == {"2026-11-23"}
    assert register["qa"] == len(chosen)


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_speaks_the_viewers_language(
    client_as: Callable[[str], FlaskClient], home: Installation, people: Cast, language: str
) -> None:
    from portal.store.models import Person

    with home.write() as work:
        work.session.get_one(Person, people.reviewer).language = language
    found = rows(client_as(people.reviewer), language=language)
    kind = text("overview.column.kind", language)
    assert {row[kind] for row in found} == {text("journey.kind.kommun", language)}


def test_no_cell_is_taken_for_a_formula(owner: FlaskClient, home: Installation, people: Cast) -> None:
    with home.write() as work:
        work.session.get_one(Organisation, people.organisation).name = '=HYPERLINK("http://x";"y")'
        connection = work.session.get_one(Connection, people.connection)
        connection.supplier, connection.operator = "@SUM(A1)", "-2+3"
    [row] = [row for row in rows(owner) if "HYPERLINK" in row["Organisation"]]
    assert row["Organisation"] == '\'=HYPERLINK("http://x";"y")'
    assert list(row.values())[-2:] == ["'@SUM(A1)", "'-2+3"]


@given(st.text(max_size=30))
def test_any_text_is_plain_and_whole(value: str) -> None:
    cell = plain(value)
    assert not cell.startswith(FORMULA)
    assert cell.removeprefix("'") == value.removeprefix("'") or cell == value
