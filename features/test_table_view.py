"""Steps of answering a theme as a list."""

from typing import Any

from pytest_bdd import given, parsers, scenarios, then, when

from portal.services import declarations
from tests.declarations.test_conditions import order
from tests.declarations.test_pages import LIVE, held, place
from tests.declarations.test_table import THEME, fields_of, opened
from tests.story import Story

scenarios("table_view.feature")

VALUES = {"Ja": "yes", "Delvis": "partly", "Nej": "no"}
LINES = [f"P-{number}" for number in range(16, 25)]


@given("att Exempelstads kommun har en godkänd beställning")
def ordered(story: Story) -> None:
    story.order_approved()


@given(
    "att informationssäkerhetsansvarig har temat Åtkomst och identitet öppet som lista",
    target_fixture="shown",
)
def open_list(story: Story, browse: Any) -> dict[str, str]:
    return opened(browse("infosec"), story)


@given(parsers.parse('att kontaktpersonen har sparat {value} på raden {name} med "{comment}"'))
def contact_saved(story: Story, value: str, name: str, comment: str) -> None:
    person = story.people.contact
    declarations.save_answer(story.home, person, story.connection, name, VALUES[value], comment, 0)


@when(
    "informationssäkerhetsansvarig svarar Ja på alla rader och väljer Spara alla svar",
    target_fixture="page",
)
def answers_all(story: Story, browse: Any, shown: dict[str, str]) -> str:
    return _save(story, browse, {**shown, **{f"{name}-value": "yes" for name in LINES}})


@when(
    parsers.parse("informationssäkerhetsansvarig svarar Ja bara på raden {name} och väljer Spara alla svar"),
    target_fixture="page",
)
def answers_one(story: Story, browse: Any, shown: dict[str, str], name: str) -> str:
    return _save(story, browse, {**shown, f"{name}-value": "yes"})


def _save(story: Story, browse: Any, said: dict[str, str]) -> str:
    answer = browse("infosec").post(place(story, THEME), data=said, follow_redirects=True)
    return str(answer.get_data(as_text=True))


@when(
    parsers.parse("informationssäkerhetsansvarig kryssar för {value} på raden {name}"),
    target_fixture="fragment",
)
def chooses_value(story: Story, browse: Any, shown: dict[str, str], value: str, name: str) -> str:
    said = {**shown, "line": name, f"{name}-value": VALUES[value]}
    answer = browse("infosec").post(place(story, THEME), data=said, headers=LIVE)
    return str(answer.get_data(as_text=True))


@when(parsers.parse('informationssäkerhetsansvarig väljer "Spara det ni skrev" på raden {name}'))
def keeps_own(story: Story, browse: Any, page: str, name: str) -> None:
    _save(story, browse, {**fields_of(page), f"{name}-value": "yes", "choice": f"mine {name}"})


@when("beställningen säger att kommunen driver en egen accesspunkt")
def own_access_point(story: Story) -> None:
    order(story, route="own_access_point")


@when("beställningen säger att kommunen anlitar en operatör")
def operator(story: Story) -> None:
    order(story, route="whole_solution")


@then(parsers.parse("är {done:d} av {total:d} krav besvarade i självdeklarationen"))
def progress(story: Story, browse: Any, done: int, total: int) -> None:
    assert f"{done} av {total} krav besvarade" in browse("viewer").get(place(story)).get_data(as_text=True)


@then(parsers.parse('står "{words}" på raden {name}'))
def says(fragment: str, words: str, name: str) -> None:
    assert words in fragment
    assert f'name="{name}-version" value="1"' in fragment


@then(parsers.parse("raden {name} säger att förklaring och åtgärd saknas"))
def lacks(fragment: str, name: str) -> None:
    assert "Förklaring saknas" in fragment
    assert f"{name}#deviation" in fragment


@then(parsers.parse("raden {name} är inte sparad"))
def not_saved(story: Story, name: str) -> None:
    assert held(story, name) is None


@then("är de andra raderna sparade")
def others_saved(story: Story) -> None:
    for name in LINES[1:]:
        found = held(story, name)
        assert found is not None
        assert found.value == "yes"


@then(parsers.parse("raden {name} visar båda svaren"))
def both(page: str, name: str) -> None:
    assert f'id="{name}"' in page
    assert "Contact hann spara ett annat svar" in page
    assert "Två enheter saknar kort." in page


@then(parsers.re(r"(är )?svaret på raden (?P<name>P-\d\d) (är )?(fortfarande )?(?P<value>Ja|Nej)"))
def answer_is(story: Story, name: str, value: str) -> None:
    found = held(story, name)
    assert found is not None
    assert found.value == VALUES[value]


@then(parsers.parse("finns raden {name} inte i listan"))
def not_listed(story: Story, browse: Any, name: str) -> None:
    page = browse("infosec").get(place(story, THEME)).get_data(as_text=True)
    assert f'id="{name}"' not in page
    assert browse("infosec").get(place(story, f"/{name}")).status_code == 404


@then(parsers.parse('finns raden {name} i listan med "{words}"'))
def listed(story: Story, browse: Any, name: str, words: str) -> None:
    page = browse("infosec").get(place(story, THEME)).get_data(as_text=True)
    assert f'id="{name}"' in page
    assert words in page
