"""Steps of publishing a new version of the requirements."""

import io
import re
from typing import Any

from pytest_bdd import given, parsers, scenarios, then, when
from sqlalchemy import select

from portal.services import declarations
from portal.store import catalogues
from portal.store import declarations as store
from portal.store.models import Connection, Letter
from tests.catalogues.editing import NEW, edited, publish
from tests.declarations.story import signed
from tests.story import Story

scenarios("catalogue_versions.feature")


def standing(story: Story) -> tuple[str, dict[str, str | None]]:
    """The version that the declaration holds, and its answers."""
    with story.home.read() as session:
        connection = session.get_one(Connection, story.connection)
        rows = store.answers(session, connection)
        return connection.declaration_version, {name: row.value for name, row in rows.items()}


def sent(browse: Any, text: str) -> Any:
    return browse("admin").post("/catalogues/draft", data={"file": (io.BytesIO(text.encode()), "krav.yaml")})


@given("att självdeklarationen är påbörjad med svar på P-01, P-02 och P-03")
def begun(story: Story) -> None:
    story.order_approved()
    for name in ("P-01", "P-02", "P-03"):
        declarations.save_answer(story.home, story.people.infosec, story.connection, name, "yes", "", 0)


@given("att självdeklarationen är underskriven")
def is_signed(story: Story) -> None:
    signed(story)


@when("förvaltaren laddar upp ett utkast där P-01 är ändrat, P-02 utgår och P-99 är nytt")
def uploads(browse: Any) -> None:
    assert sent(browse, edited()).status_code == 302


@when("förvaltaren laddar upp ett utkast med en okänd tyngd", target_fixture="page")
def uploads_wrong(browse: Any) -> str:
    answered = sent(browse, edited().replace("strength: must", "strength: perhaps", 1))
    assert answered.status_code == 422
    return str(answered.get_data(as_text=True))


@when("förvaltaren ger ut utkastet")
def publishes(story: Story) -> None:
    publish(story.home, story.people)


@then(parsers.parse("visar utkastet att {organisation} behöver svara igen på {requirement}"))
def shows(browse: Any, organisation: str, requirement: str) -> None:
    page = browse("admin").get("/catalogues/draft").get_data(as_text=True)
    row = re.search(rf"<tr[^>]*>(?:(?!</tr>).)*{organisation}.*?</tr>", page, re.DOTALL)
    assert row is not None
    assert f'data-label="Öppnas igen">{requirement}</td>' in row.group()


@then("ingen version är utgiven")
def not_published(story: Story) -> None:
    with story.home.read() as session:
        assert catalogues.newest_version(session) == "1"


@then("är svaret på P-03 kvar")
def kept(story: Story) -> None:
    version, answers = standing(story)
    assert (version, answers["P-03"]) == ("1.1", "yes")


@then("P-01 och P-99 saknar svar")
def opened(story: Story) -> None:
    _, answers = standing(story)
    assert answers["P-01"] is None
    assert NEW not in answers


@then("det tidigare svaret på P-01 erbjuds")
def offered(story: Story, browse: Any) -> None:
    page = browse("infosec").get(f"/connections/{story.connection}/declaration/earlier")
    assert 'id="P-01"' in page.get_data(as_text=True)


@then("kontaktpersonen och informationssäkerhetsansvarig får brev")
def told(story: Story) -> None:
    with story.home.read() as session:
        found = session.scalars(select(Letter.address).where(Letter.subject.contains("ny version"))).all()
    assert set(found) == {"contact@exempel.se", "infosec@exempel.se"}


@then("hör självdeklarationen fortfarande till version 1")
def stays(story: Story) -> None:
    version, answers = standing(story)
    assert (version, answers["P-01"]) == ("1", "yes")


@then("säger sidan filens namn, raden och vad som ska stå där")
def says(page: str) -> None:
    assert re.search(r"krav\.yaml:\d+: requirements\.0\.strength: Input should be", page)


@then("inget utkast är sparat")
def nothing(story: Story) -> None:
    with story.home.read() as session:
        assert catalogues.draft(session) is None
