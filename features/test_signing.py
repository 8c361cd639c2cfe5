"""Steps of signing."""

import re
from typing import Any

from pytest_bdd import given, parsers, scenarios, then, when

from portal.services import declaration_review, declarations
from tests.signing.conftest import handed_over
from tests.signing.story import token_in_letter, wrong
from tests.story import Story
from workflows.status import Status

scenarios("signing.feature")


@given("att självdeklarationen väntar på underskrift")
def waits(story: Story) -> None:
    handed_over(story)


@given("att självdeklarationen är underskriven och tillbakaskickad för P-09")
def returned(story: Story) -> None:
    declarations.sign(story.home, story.people.signatory, story.connection)
    reviewer = story.people.reviewer
    declaration_review.review_line(story.home, reviewer, story.connection, "P-09", "returned", None, "Mer.")
    declaration_review.send_back(story.home, reviewer, story.connection)


@when(
    parsers.parse('informationssäkerhetsansvarig skickar en engångslänk till "{name}"'),
    target_fixture="code",
)
def sends(story: Story, browse: Any, name: str) -> str:
    form = {"name": name, "email": "per.holm@exempel.se"}
    page = browse("infosec").post(f"/connections/{story.connection}/signing-link", data=form)
    found = re.search(r'<code class="wrap">(\w{6})</code>', page.get_data(as_text=True))
    assert found is not None
    return found.group(1)


@when("firmatecknaren öppnar länken med koden från telefonsamtalet", target_fixture="page")
def opens(story: Story, anonymous: Any, code: str) -> str:
    place = f"/signing/{token_in_letter(story)}"
    onwards = anonymous.post(place, data={"code": code})
    return str(anonymous.get(onwards.location).get_data(as_text=True))


@when("någon öppnar länken utan kod", target_fixture="page")
def looks(story: Story, anonymous: Any) -> str:
    place = f"/signing/{token_in_letter(story)}"
    answer = anonymous.get(f"{place}/declaration", follow_redirects=True)
    return str(answer.get_data(as_text=True))


@when("någon gissar fel kod fem gånger")
def guesses(story: Story, anonymous: Any, code: str) -> None:
    for _ in range(5):
        anonymous.post(f"/signing/{token_in_letter(story)}", data={"code": wrong(code)})


@when("en åtgärd för P-09 läggs till")
def plans(story: Story) -> None:
    story.plan_action("P-09", title="En åtgärd till")


@when("firmatecknaren skriver under genom länken", target_fixture="answer")
def signs(story: Story, anonymous: Any, page: str) -> Any:
    seen = re.search(r'name="seen" value="([0-9a-f]{64})"', page)
    assert seen is not None
    place = f"/signing/{token_in_letter(story)}/declaration"
    return anonymous.post(place, data={"seen": seen.group(1)})


@when("informationssäkerhetsansvarig ändrar svaret på P-09")
def changes(story: Story, browse: Any) -> None:
    place = f"/connections/{story.connection}/declaration/P-09"
    browse("infosec").post(
        place, data={"value": "partly", "comment": "Säkerhetschefen äger.", "version": "1"}
    )


@then("ser firmatecknaren svaren och deras kontrollsumma")
def reads(page: str) -> None:
    assert "Hittar och rättar egna brister" in page
    assert re.search(r'<code class="wrap">[0-9a-f]{64}</code>', page)


@then("är det federationsägarens tur att granska")
def owners_turn(story: Story) -> None:
    assert story.states()["declaration"] is Status.SUBMITTED


@then(parsers.parse("underskriften visar att {submitter} lämnade in och att {signatory} skrev under"))
def told_apart(story: Story, browse: Any, submitter: str, signatory: str) -> None:
    page = browse("viewer").get(f"/connections/{story.connection}/declaration").get_data(as_text=True)
    assert f"Underskriven av {signatory}" in page
    assert f"Lämnad för underskrift av {submitter}" in page


@then("syns varken organisationen eller något svar")
def tells_nothing(page: str) -> None:
    assert "Exempelstads" not in page
    assert "P-09" not in page


@then("öppnar inte heller den rätta koden länken")
def dead(story: Story, anonymous: Any, code: str) -> None:
    story.home.clock.forward(hours=1)  # type: ignore[attr-defined]
    answer = anonymous.post(f"/signing/{token_in_letter(story)}", data={"code": code})
    assert answer.status_code == 422


@then("är självdeklarationen inte underskriven och firmatecknaren får veta varför")
def not_signed(story: Story, answer: Any) -> None:
    assert story.states()["declaration"] is Status.SIGNING
    assert answer.status_code == 409
    assert "har ändrats sedan ni läste dem" in answer.get_data(as_text=True)


@then(parsers.parse('står det "{words}" vid självdeklarationen och på anslutningens sida'))
def both_places(story: Story, browse: Any, words: str) -> None:
    for place in (f"/connections/{story.connection}/declaration", f"/connections/{story.connection}"):
        assert words in browse("viewer").get(place).get_data(as_text=True)
