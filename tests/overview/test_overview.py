"""The owner's overview: searching, filtering, ordering and paging all connections, the counts, and my queue by age."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from xml.etree.ElementTree import Element

import html5lib
import pytest
from flask.testing import FlaskClient
from sqlalchemy import create_engine, select, update
from sqlalchemy import text as sql

from portal.services import steps
from portal.services.installation import Installation
from portal.services.steps import Wish
from portal.store import overview
from portal.store.models import Connection, Organisation, StepState
from portal.store.overview import Filters
from portal.store.sorting import sort_key
from portal.texts import text
from tests.conftest import Cast, Clock
from tests.overview.conftest import NAMES
from workflows.status import Status


def page(client: FlaskClient, address: str) -> Element:
    response = client.get(address)
    assert response.status_code == 200, address
    tree: Element = html5lib.parse(response.get_data(as_text=True), namespaceHTMLElements=False)
    return tree


def names(client: FlaskClient, address: str) -> list[str]:
    """The organisations that the list shows, in its order."""
    caption = text("overview.caption", "sv")
    tables = page(client, address).iter("table")
    shown = [table for table in tables if table.findtext("caption") == caption]
    return ["".join(row.itertext()) for table in shown for row in table.findall(".//tbody/tr/th/a")]


def hits(client: FlaskClient, address: str) -> int:
    found = page(client, address).find(".//p[@role='status']")
    assert found is not None
    number = re.match(r"\s*(\d+)", "".join(found.itertext()))
    assert number is not None
    return int(number.group(1))


@pytest.mark.usefixtures("register")
class TestList:
    def test_it_holds_every_connection_fifty_a_page(self, owner: FlaskClient) -> None:
        assert hits(owner, "/overview") == 69
        first, second = names(owner, "/overview?sort=name"), names(owner, "/overview?sort=name&page=2")
        assert (len(first), len(second)) == (50, 19)
        assert not set(first) & set(second)

    def test_swedish_letters_come_last_in_their_order(self, owner: FlaskClient) -> None:
        assert names(owner, "/overview?sort=name&county=14") == [
            "Arboga",
            "Éslöv",
            "Zinkgruvan",
            "Åmål",
            "Älvdalen",
            "Ängelholm",
            "Öckerö",
        ]

    @pytest.mark.parametrize("place", ["0", "-1", "99", "999999999", "x", "", "²"])
    def test_a_page_that_does_not_exist_gives_one_that_does(self, owner: FlaskClient, place: str) -> None:
        assert names(owner, f"/overview?page={place}")

    @pytest.mark.parametrize(
        ("q", "wanted"),
        [
            ("öck", ["Öckerö"]),
            ("ÄNGEL", ["Ängelholm"]),
            ("angel", []),
            ("eslöv", ["Éslöv"]),
            ("exempelstads", ["Exempelstads kommun"]),
            ("%", []),
            ("_", []),
            ("'; drop table connection; --", []),
            ("\0", None),
        ],
    )
    def test_search(self, owner: FlaskClient, q: str, wanted: list[str] | None) -> None:
        response = owner.get("/overview", query_string={"q": q, "sort": "name"})
        assert response.status_code == 200
        found = names(owner, response.request.full_path)
        assert len(found) == 50 if wanted is None else found == wanted

    def test_search_finds_reference_supplier_and_number(
        self, owner: FlaskClient, home: Installation, people: Cast
    ) -> None:
        with home.write() as work:
            connection = work.session.get_one(Connection, people.connection)
            connection.supplier = "Ängens IT"
            reference = connection.reference
            work.session.get_one(Organisation, people.organisation).org_number = "2120001355"
        for q in (reference.lower(), "ängens", "ÄNGENS it", "212000-1355", "212000", f"exempel {reference}"):
            assert names(owner, f"/overview?q={q}") == ["Exempelstads kommun"], q

    def test_filters_narrow_and_unknown_ones_are_left_out(
        self, owner: FlaskClient, register: dict[str, int]
    ) -> None:
        for stage, number in register.items():
            assert hits(owner, f"/overview?stage={stage}") == number
        assert hits(owner, "/overview?origin=imported") == 67
        assert hits(owner, "/overview?origin=portal") == 2
        assert hits(owner, "/overview?kind=region") == 60
        assert hits(owner, "/overview?kind=region&stage=qa&county=12") == 30
        assert hits(owner, "/overview?kind=region&county=14") == 0
        assert hits(owner, "/overview?turn=owner") == 0
        assert hits(owner, "/overview?stage=nonsense&kind=x&county=99&turn=y&origin=z&step=w&sort=v") == 69

    def test_a_step_of_any_track_can_be_asked_for(self, owner: FlaskClient) -> None:
        assert hits(owner, "/overview?step=qa_connection") == 30
        assert hits(owner, "/overview?step=declaration") == 60
        assert hits(owner, "/overview?step=declaration&status=done") == 7
        assert hits(owner, "/overview?step=order&status=not_started") == 2

    def test_each_count_leads_to_as_many_connections(self, owner: FlaskClient) -> None:
        tree = page(owner, "/overview")
        links = [
            (link.get("href"), int("".join(link.itertext()).strip()))
            for cell in tree.iter("td")
            if (link := cell.find("a")) is not None and "status=" in (link.get("href") or "")
        ]
        assert len(links) > 10
        for address, number in links:
            assert hits(owner, str(address)) == number

    def test_what_is_chosen_stays_when_the_page_is_turned(self, owner: FlaskClient) -> None:
        tree = page(owner, "/overview?kind=region&sort=name&q=region")
        following = next(link for link in tree.iter("a") if link.get("rel") == "next")
        assert names(owner, str(following.get("href"))) == [f"Region {number}" for number in range(50, 60)]
        chosen = [option.get("value") for option in tree.iter("option") if option.get("selected") is not None]
        assert {"region", "name"} <= set(chosen)

    def test_stages_are_ordered_as_they_are_reached(self, home: Installation) -> None:
        with home.read() as session:
            found = [row.stage for row in overview.every(session, Filters(sort="stage"))]
        assert list(dict.fromkeys(found)) == ["none", "started", "qa", "connected"]

    @pytest.mark.parametrize("sort", list(overview.SORTS))
    def test_every_order_gives_every_row_once(self, home: Installation, sort: str) -> None:
        with home.read() as session:
            pages = [overview.page(session, Filters(sort=sort, page=number)).rows for number in (1, 2)]
            every = [row.id for row in overview.every(session, Filters(sort=sort))]
        assert [row.id for rows in pages for row in rows] == every
        assert len(set(every)) == 69

    @pytest.mark.parametrize(
        "address", ["/overview", "/overview?q=region&sort=name&page=2", "/overview/queue"]
    )
    def test_a_page_asks_the_database_little(
        self,
        owner: FlaskClient,
        queries: Callable[[], AbstractContextManager[list[str]]],
        address: str,
    ) -> None:
        owner.get(address)
        with queries() as asked:
            owner.get(address)
        selects = [statement for statement in asked if "SELECT" in statement]
        assert len(selects) <= 6, "\n\n".join(selects)

    def test_both_languages(self, owner: FlaskClient) -> None:
        response = owner.get("/overview", headers={"Accept-Language": "en"})
        assert response.status_code == 200


def test_both_databases_sort_and_search_alike(either_home: Installation) -> None:
    from portal.services import imports, register_file

    rows = [f"kommun,,{name},14,,,connected" for name in NAMES]
    raw = "\n".join(["kind,scb_code,name,county_code,county,org_number,stage", *rows, ""]).encode()
    imports.import_register(either_home, register_file.parse(raw))
    with either_home.write() as work:
        work.session.execute(update(Connection).values(supplier="Åsens ÄTA & Öl"))
    with either_home.read() as session:
        found = [row.organisation for row in overview.page(session, Filters(sort="name")).rows]
        assert found == sorted(NAMES, key=sort_key)
        for q in ("åsens", "ÄTA", "öl", "Öck", "ÖCK"):
            total = overview.page(session, Filters(q=q)).total
            assert total == (1 if q.casefold() == "öck" else 7), q


@pytest.mark.postgres
def test_postgres_sorts_by_the_key_whatever_language_its_database_has(postgres_url: str) -> None:
    engine = create_engine(postgres_url)
    with engine.connect() as connection:
        collation = connection.scalar(
            sql(
                "SELECT collation_name FROM information_schema.columns "
                "WHERE table_name = 'organisation' AND column_name = 'sort_key'"
            )
        )
    engine.dispose()
    assert collation == "C"


class TestQueue:
    def submitted(self, home: Installation, connection: str, step: str) -> None:
        with home.write() as work:
            row = work.session.get_one(StepState, (connection, step))
            row.status, row.turn, row.round = Status.SUBMITTED, "owner", 1
            row.since = work.now

    def test_the_oldest_comes_first_with_its_age(
        self, client_as: Callable[[str], FlaskClient], home: Installation, people: Cast, clock: Clock
    ) -> None:
        self.submitted(home, people.other_connection, "order")
        clock.forward(hours=72)
        self.submitted(home, people.connection, "order")
        clock.forward(hours=1)
        tree = page(client_as(people.reviewer), "/overview/queue")
        rows = [
            ["".join(cell.itertext()).strip() for cell in row.iter() if cell.tag in ("a", "td")]
            for row in tree.findall(".//tbody/tr")
        ]
        assert [row[0] for row in rows] == ["Ödebygds kommun", "Exempelstads kommun"]
        assert [row[2] for row in rows] == ["3 dagar", "sedan i dag"]

    def test_it_holds_what_the_viewer_may_decide(
        self,
        client_as: Callable[[str], FlaskClient],
        home: Installation,
        people: Cast,
    ) -> None:
        self.submitted(home, people.connection, "agreement")
        assert page(client_as(people.approver), "/overview/queue").find(".//tbody/tr") is not None
        for person in (people.reviewer, people.owner_viewer, people.admin):
            assert page(client_as(person), "/overview/queue").find(".//tbody/tr") is None

    def test_a_decision_takes_it_out_of_the_queue(
        self, owner: FlaskClient, home: Installation, people: Cast
    ) -> None:
        self.submitted(home, people.connection, "order")
        assert page(owner, "/overview/queue").find(".//tbody/tr") is not None
        steps.make(home, people.reviewer, people.connection, "order", "approve", Wish())
        assert page(owner, "/overview/queue").find(".//tbody/tr") is None


ADDRESSES = ("/overview", "/overview/queue", "/overview/connections.csv")


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("name", ["contact", "signatory", "viewer", "outsider", "supplier"])
def test_others_than_the_owner_see_nothing(
    client_as: Callable[[str], FlaskClient], people: Cast, name: str, address: str
) -> None:
    response = client_as(people.person[name]).get(address)
    assert response.status_code == 404
    other = "Exempelstads kommun" if name == "outsider" else "Ödebygds kommun"
    assert other not in response.get_data(as_text=True)


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("name", ["admin", "reviewer", "approver", "owner_viewer"])
def test_every_owner_role_sees_it(
    client_as: Callable[[str], FlaskClient], people: Cast, name: str, address: str
) -> None:
    assert client_as(people.person[name]).get(address).status_code == 200


@pytest.mark.parametrize("address", ADDRESSES)
def test_nobody_sees_it_without_signing_in(anonymous: FlaskClient, people: Cast, address: str) -> None:
    response = anonymous.get(address)
    assert response.status_code == 302
    assert "Exempelstads" not in response.get_data(as_text=True)


def test_the_public_register_shows_only_connected_ones_that_consented(
    anonymous: FlaskClient, home: Installation, register: dict[str, int]
) -> None:
    assert register["connected"] == 7
    assert "Öckerö" not in anonymous.get("/register").get_data(as_text=True)
    with home.write() as work:
        chosen = select(Organisation.id).where(
            Organisation.name.in_(["Öckerö", "Zinkgruvan", "Åmål", "Region 01", "Exempelstads kommun"])
        )
        work.session.execute(
            update(Connection).where(Connection.organisation_id.in_(chosen)).values(listed=True)
        )
    tree = page(anonymous, "/register")
    shown = ["".join(cell.itertext()) for cell in tree.findall(".//tbody/tr/th")]
    assert shown == ["Zinkgruvan", "Åmål", "Öckerö"]
