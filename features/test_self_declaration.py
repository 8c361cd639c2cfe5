"""Steps of the self-declaration."""

import re
from typing import Any

from pytest_bdd import given, parsers, scenarios, then, when

from portal.services import declaration_review, declarations
from portal.store import declarations as store
from portal.store.models import Answer, Connection
from portal.store.models.base import new_id
from tests.declarations.story import after_the_tests, signed
from tests.declarations.test_conditions import order
from tests.story import Story
from workflows.status import Status

scenarios("self_declaration.feature")

VALUES = {"Ja": "yes", "Delvis": "partly", "Nej": "no", "Ej tillämpligt": "not_applicable"}


def _answer(story: Story, requirement: str) -> Answer | None:
    with story.home.read() as session:
        return store.answer(session, session.get_one(Connection, story.connection), requirement)


def _post(story: Story, browser: Any, requirement: str, value: str, comment: str, version: int) -> Any:
    return browser.post(
        f"/connections/{story.connection}/declaration/{requirement}",
        data={"value": VALUES[value], "comment": comment, "version": str(version)},
    )


def _version(story: Story, requirement: str) -> int:
    found = _answer(story, requirement)
    return found.version if found else 0


def _page(story: Story, browser: Any, rest: str = "") -> str:
    return str(browser.get(f"/connections/{story.connection}/declaration{rest}").get_data(as_text=True))


@given("att Exempelstads kommun har en godkänd beställning")
def ordered(story: Story) -> None:
    story.order_approved()


@given("att alla krav är besvarade med Ja")
def answered(story: Story) -> None:
    story.answer_all()


@given("att självdeklarationen är lämnad för underskrift")
def handed_over(story: Story) -> None:
    story.move("infosec", "declaration", "submit")


@given("att testerna är klara")
@when("testerna är klara")
def technical_track_done(story: Story) -> None:
    after_the_tests(story)


@given("att självdeklarationen är underskriven med en avvikelse på P-09")
def signed_with_deviation(story: Story) -> None:
    signed(story, P_09="partly")


@given(parsers.parse('att kontaktpersonen har svarat {value} på krav {requirement} med "{comment}"'))
def contact_answered(story: Story, browse: Any, value: str, requirement: str, comment: str) -> None:
    _post(story, browse("contact"), requirement, value, comment, 0)


@when(parsers.re(r"informationssäkerhetsansvarig svarar (?P<value>Ja|Nej) på krav (?P<requirement>P-\d\d)"))
def infosec_answers(story: Story, browse: Any, value: str, requirement: str) -> None:
    _post(story, browse("infosec"), requirement, value, "", _version(story, requirement))


@when(parsers.parse("den tekniska kontakten svarar {value} på krav {requirement}"))
def tech_answers(story: Story, browse: Any, value: str, requirement: str) -> None:
    _post(story, browse("tech"), requirement, value, "", _version(story, requirement))


@when("informationssäkerhetsansvarig svarar Delvis på krav P-09 utan förklaring")
def deviates(story: Story, browse: Any) -> None:
    _post(story, browse("infosec"), "P-09", "Delvis", "", _version(story, "P-09"))


@when(parsers.parse('informationssäkerhetsansvarig förklarar avvikelsen på {requirement} med "{comment}"'))
def explains(story: Story, browse: Any, requirement: str, comment: str) -> None:
    _post(story, browse("infosec"), requirement, "Delvis", comment, _version(story, requirement))


@when("informationssäkerhetsansvarig lägger till en åtgärd för P-09")
def plans(story: Story, browse: Any) -> None:
    typed = {
        "title": "Upprätta registret",
        "kind": "organisational",
        "responsible": "Anna Berg",
        "due": "2027-02-01",
        "requirements": "P-09",
        "version": "0",
    }
    browse("infosec").post(f"/connections/{story.connection}/risk/actions/{new_id()}", data=typed)


@when(
    parsers.parse(
        "informationssäkerhetsansvarig sparar svaret {value} på krav {requirement} från en äldre sida"
    ),
    target_fixture="page",
)
def saves_from_old_page(story: Story, browse: Any, value: str, requirement: str) -> str:
    answer = _post(story, browse("infosec"), requirement, value, "Alla har kort.", 0)
    assert answer.status_code == 409
    return str(answer.get_data(as_text=True))


@when("svaret Ja på krav P-16 sparar sig självt från en äldre sida", target_fixture="page")
def saves_itself_from_old_page(story: Story, browse: Any) -> str:
    said = {"value": "yes", "comment": "Alla har kort.", "version": "0"}
    place = f"/connections/{story.connection}/declaration/P-16"
    answer = browse("infosec").post(place, data=said, headers={"HX-Request": "true"})
    assert answer.status_code == 409
    # What was typed stays in its field beside what came in.
    return f"Alla har kort. {answer.get_data(as_text=True)}"


@when("informationssäkerhetsansvarig väljer att behålla det som är sparat på krav P-16")
def keeps_theirs(story: Story, browse: Any) -> None:
    said = {"value": "yes", "comment": "Alla har kort.", "version": "0", "seen": "1", "choice": "theirs P-16"}
    browse("infosec").post(f"/connections/{story.connection}/declaration/P-16", data=said)


@given("att beställningen säger att it-driften delas med andra")
@when("beställningen säger att it-driften delas med andra")
def shared_it(story: Story) -> None:
    order(story, shared_it="yes")


@when("beställningen säger att it-driften inte delas")
def own_it(story: Story) -> None:
    order(story, shared_it="no")


@when("firmatecknaren skriver under självdeklarationen")
def signs(story: Story, browse: Any) -> None:
    browse("signatory").post(f"/connections/{story.connection}/steps/declaration/sign")


@when("kontaktpersonen försöker skriva under självdeklarationen", target_fixture="status_code")
def contact_signs(story: Story, browse: Any) -> int:
    return int(browse("contact").post(f"/connections/{story.connection}/steps/declaration/sign").status_code)


@when("granskaren godtar alla svar Ja")
def accepts_fulfilled(story: Story) -> None:
    with story.home.read() as session:
        themes = store.catalogue(session, session.get_one(Connection, story.connection)).themes
    for theme in themes:
        declaration_review.accept_fulfilled(story.home, story.people.reviewer, story.connection, theme.id)


@when(parsers.parse('granskaren begär komplettering av {requirement} med "{text}"'))
def returns_line(story: Story, browse: Any, requirement: str, text: str) -> None:
    place = f"/connections/{story.connection}/declaration/review/{requirement}"
    browse("reviewer").post(place, data={"verdict": "returned", "text": text})


@when("granskaren skickar tillbaka självdeklarationen")
def sends_back(story: Story, browse: Any) -> None:
    browse("reviewer").post(f"/connections/{story.connection}/steps/declaration/return")


@when("självdeklarationen lämnas och skrivs under igen")
def signed_again(story: Story) -> None:
    declarations.submit(story.home, story.people.infosec, story.connection)
    declarations.sign(story.home, story.people.signatory, story.connection)


@when(parsers.re(r"granskaren godtar krav (?P<requirement>P-\d\d)"))
def accepts_line(story: Story, browse: Any, requirement: str) -> None:
    place = f"/connections/{story.connection}/declaration/review/{requirement}"
    browse("reviewer").post(place, data={"verdict": "accepted"})


@when("granskaren godtar självdeklarationen")
def accepts(story: Story, browse: Any) -> None:
    browse("reviewer").post(f"/connections/{story.connection}/steps/declaration/approve")


@when("en utomstående öppnar självdeklarationen", target_fixture="status_code")
def outsider_opens(story: Story, browse: Any) -> int:
    return int(browse("outsider").get(f"/connections/{story.connection}/declaration").status_code)


@then(parsers.parse("är {done:d} av {total:d} krav besvarade"))
def progress(story: Story, browse: Any, done: int, total: int) -> None:
    assert f"{done} av {total} krav besvarade" in _page(story, browse("viewer"))


@then("går självdeklarationen inte att lämna för underskrift eftersom förklaring och åtgärd saknas för P-09")
def cannot_hand_over(story: Story, browse: Any) -> None:
    page = _page(story, browse("infosec"), "/check")
    for words in ("Det här behöver lösas först", "Förklaring saknas", "Åtgärd med datum saknas"):
        assert words in page
    answer = browse("infosec").post(f"/connections/{story.connection}/steps/declaration/submit")
    assert answer.status_code == 409
    assert story.states()["declaration"] is Status.IN_PROGRESS


@then("går självdeklarationen att lämna för underskrift")
def can_hand_over(story: Story, browse: Any) -> None:
    browse("infosec").post(f"/connections/{story.connection}/steps/declaration/submit")
    assert story.states()["declaration"] is Status.SIGNING


@then("visas båda svaren")
def both(page: str) -> None:
    assert "Alla har kort." in page
    assert "Två enheter saknar kort." in page


@then(parsers.parse('läser informationssäkerhetsansvarig "{text}" på sidan för krav {requirement}'))
def reads_on_page(story: Story, browse: Any, text: str, requirement: str) -> None:
    assert text in _page(story, browse("infosec"), f"/{requirement}")


@then(parsers.parse("är svaret på krav {requirement} oförändrat {value}"))
@then(parsers.parse("svaret på krav {requirement} är fortfarande {value}"))
def still(story: Story, requirement: str, value: str) -> None:
    found = _answer(story, requirement)
    assert found is not None
    assert found.value == VALUES[value]


@then("är självdeklarationen inte underskriven")
def not_signed(story: Story) -> None:
    assert story.states()["declaration"] is Status.SIGNING


@then("är det federationsägarens tur att granska självdeklarationen")
def owners_turn(story: Story) -> None:
    assert story.states()["declaration"] is Status.SUBMITTED


@then("den underskrivna självdeklarationen finns som handling")
def document(story: Story, browse: Any) -> None:
    page = _page(story, browse("contact"))
    found = re.search(rf"/connections/{story.connection}/documents/[0-9a-f]{{64}}\.pdf", page)
    assert found is not None
    assert browse("contact").get(found.group()).data.startswith(b"%PDF")


@then("får kontaktpersonen veta att rollen saknas")
def forbidden(status_code: int) -> None:
    assert status_code == 403


@then(parsers.parse('läser informationssäkerhetsansvarig "{text}" på krav {requirement}'))
def reads_remark(story: Story, browse: Any, text: str, requirement: str) -> None:
    page = _page(story, browse("infosec"), f"/{requirement}")
    assert "Granskaren ber om komplettering" in page
    assert text in page


@then(parsers.parse("är bara krav {requirement} kvar att granska"))
def one_left(story: Story, browse: Any, requirement: str) -> None:
    page = _page(story, browse("reviewer"), "/review?filter=todo")
    assert re.findall(r'<article class="review" id="(P-\d\d)"', page) == [requirement]
    assert "79 av 80 rader granskade" in page


@then("är självdeklarationen klar")
def done(story: Story) -> None:
    assert story.states()["declaration"] is Status.DONE


@then("finns självdeklarationen inte för den utomstående")
def not_found(status_code: int) -> None:
    assert status_code == 404
