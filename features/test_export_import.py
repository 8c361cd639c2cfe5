"""Steps of downloading and reading in."""

from typing import Any

from pytest_bdd import given, parsers, scenarios, then, when

from portal.services import declaration_review, declarations
from portal.store import declarations as store
from portal.store.models import Answer, Connection
from tests.declarations.story import signed
from tests.exports.filling import downloaded, filled, posted_fields, upload
from tests.exports.reading import sheet, table
from tests.story import Story

scenarios("export_import.feature")

VALUES = {"Ja": "yes", "Delvis": "partly", "Nej": "no"}


def _held(story: Story, requirement: str) -> Answer | None:
    with story.home.read() as session:
        return store.answer(session, session.get_one(Connection, story.connection), requirement)


def _answer(
    story: Story, requirement: str, value: str | None, comment: str = "", who: str = "infosec"
) -> None:
    found = _held(story, requirement)
    version = found.version if found else 0
    person = story.people.person[who]
    declarations.save_answer(story.home, person, story.connection, requirement, value, comment, version)


def _place(story: Story, rest: str) -> str:
    return f"/connections/{story.connection}/{rest}"


@given("att Exempelstads kommun har en godkänd beställning")
def ordered(story: Story) -> None:
    story.order_approved()


@given(parsers.parse('att krav P-09 är besvarat med Delvis och har åtgärden "{title}"'))
def deviates(story: Story, title: str) -> None:
    _answer(story, "P-09", "partly", "Registret saknas.")
    story.plan_action("P-09", title=title)


@given(parsers.parse('att krav P-02 är besvarat med Nej och kommentaren "{comment}"'))
def hostile(story: Story, comment: str) -> None:
    _answer(story, "P-02", "no", comment)


@given(
    parsers.re(r'ett hämtat kalkylblad där (?P<name>P-\d\d) är ifyllt med "?(?P<words>\w+)"?'),
    target_fixture="body",
)
def filled_file(story: Story, browse: Any, name: str, words: str) -> bytes:
    return filled(downloaded(browse("infosec"), story), {name: {"answer": words}})


@given(parsers.parse("att kontaktpersonen sedan svarar Nej på {name}"))
def contact_answers(story: Story, name: str) -> None:
    _answer(story, name, "no", "Det saknas helt.", "contact")


@given("att självdeklarationen är underskriven och har kommit tillbaka")
def came_back(story: Story) -> None:
    signed(story, P_09="partly")
    reviewer = story.people.reviewer
    declaration_review.review_line(
        story.home, reviewer, story.connection, "P-09", "returned", None, "Vem äger registret?"
    )
    story.move("reviewer", "declaration", "return")


@given("att svaret på P-01 sedan har tagits bort")
def removed(story: Story) -> None:
    _answer(story, "P-01", None)


@when("informationssäkerhetsansvarig öppnar sidan för att hämta filer", target_fixture="page")
def opens_files(story: Story, browse: Any) -> str:
    return str(browse("infosec").get(_place(story, "exports")).get_data(as_text=True))


@when(
    "informationssäkerhetsansvarig hämtar självdeklarationen som kalkylblad och textfil",
    target_fixture="files",
)
def downloads(story: Story, browse: Any) -> list[bytes]:
    return [
        browse("infosec").get(_place(story, f"exports/declaration.{ending}")).data
        for ending in ("xlsx", "csv")
    ]


@when("informationssäkerhetsansvarig hämtar åtgärderna för upphandling", target_fixture="bought")
def downloads_procurement(story: Story, browse: Any) -> list[dict[str, str]]:
    return table(browse("infosec").get(_place(story, "exports/procurement.csv")).data)


@when("kalkylbladet läses in", target_fixture="page")
def reads_in(story: Story, browse: Any, body: bytes) -> str:
    return str(upload(browse("infosec"), story, body).get_data(as_text=True))


@when("de valda svaren sparas")
def saves(story: Story, browse: Any, page: str) -> None:
    browse("infosec").post(_place(story, "declaration/import/save"), data=posted_fields(page))


@when("informationssäkerhetsansvarig öppnar tidigare svar", target_fixture="page")
def opens_earlier(story: Story, browse: Any) -> str:
    return str(browse("infosec").get(_place(story, "declaration/earlier")).get_data(as_text=True))


@when("det tidigare svaret på P-01 sparas")
def uses_earlier(story: Story, browse: Any, page: str) -> None:
    data = {**posted_fields(page), "choose": ["P-01"]}
    browse("infosec").post(_place(story, "declaration/import/save"), data=data)


@then("kan självdeklarationen hämtas som kalkylblad, textfil, data och OSCAL")
def formats(story: Story, browse: Any, page: str) -> None:
    for name in ("declaration.xlsx", "declaration.csv", "declaration.json", "assessment-results.json"):
        place = _place(story, f"exports/{name}")
        assert f'href="{place}"' in page
        assert browse("infosec").get(place).status_code == 200


@then("kalkylbladet innehåller alla krav och svaret Delvis på P-09")
def complete(story: Story, browse: Any) -> None:
    rows = {row["Krav"]: row for row in sheet(downloaded(browse("infosec"), story), "Svar")}
    assert len(rows) > 70
    assert rows["P-09"]["Svar"] == "Delvis"


@then("är kommentaren på P-02 text i båda")
def texts(files: list[bytes]) -> None:
    (row,) = [row for row in sheet(files[0], "Svar") if row["Krav"] == "P-02"]
    assert row["Kommentar"] == "=1+1"
    (row,) = [row for row in table(files[1]) if row["Krav"] == "P-02"]
    assert row["Kommentar"] == "'=1+1"


@then(parsers.parse('står "{title}" där med slag, datum och ansvarig'))
def for_buyers(bought: list[dict[str, str]], title: str) -> None:
    (row,) = bought
    assert row["Åtgärd"] == title
    assert all(row[name] for name in ("Slag", "Klar senast", "Ansvarig roll"))


@then("visas skillnaden för P-03 och inget är sparat")
def shown(story: Story, page: str) -> None:
    assert posted_fields(page)["choose"] == ["P-03"]
    assert _held(story, "P-03") is None


@then(parsers.parse("är svaret på {name} Ja"))
def is_yes(story: Story, name: str) -> None:
    found = _held(story, name)
    assert found is not None
    assert found.value == "yes"


@then("står det att P-09 är ändrat i portalen och raden är inte vald")
def overtaken(page: str) -> None:
    assert "Ändrat i portalen av Contact" in page
    assert "Det saknas helt." in page
    assert posted_fields(page)["choose"] == []


@then("står det vilken rad som är fel och vad som kan skrivas")
def told(page: str) -> None:
    assert "Rad 4: kanske är inget svar. Skriv Ja, Delvis, Nej eller Ej tillämpligt." in page


@then("visas svaret på P-01 med datumet för underskriften")
def aged(page: str) -> None:
    assert "Svar från 23 november 2026" in page
    assert posted_fields(page)["requirement"] == ["P-01"]
