"""What is typed into an answer, in Chromium: kept without a connection, after a closed tab, and from other people."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from portal.services import declarations
from portal.services.installation import Installation
from portal.store import declarations as store
from portal.store.models import Answer, Connection
from tests.assets.test_in_browser import Window, address, browser, cookie_of
from tests.conftest import Cast, Clock
from tests.story import Story

__all__ = ["address", "browser"]
pytestmark = [pytest.mark.browser, pytest.mark.slow]
As = Callable[[str], FlaskClient]
SAVED = ".saved:not([data-state]):has-text('Sparat')"
KEPT = "JSON.stringify(Object.keys(localStorage).filter((key) => key.startsWith('anslut.draft')))"


@pytest.fixture
def story(home: Installation, people: Cast) -> Story:
    told = Story(home, people)
    told.order_approved()
    return told


@pytest.fixture
def window(story: Story, address: str, browser: Any, client_as: As) -> Window:
    return Window(browser, address, client_as(story.people.infosec), 1280, "light")


def held(story: Story, name: str) -> Answer | None:
    with story.home.read() as session:
        return store.answer(session, session.get_one(Connection, story.connection), name)


def path(story: Story, rest: str) -> str:
    return f"/connections/{story.connection}/declaration{rest}"


def go(window: Window, story: Story, rest: str) -> Any:
    page = window.context.new_page()
    page.set_default_timeout(30_000)
    page.goto(window.address + path(story, rest))
    return page


def test_an_answer_typed_without_a_connection_is_saved_when_it_is_back(story: Story, window: Window) -> None:
    page = go(window, story, "/P-01")
    window.context.set_offline(True)
    page.check("#value-1")
    page.wait_for_selector('#saved[data-state="offline"]')
    page.fill("#comment", "Ledningssystemet saknar beslut.")
    page.press("#comment", "Tab")
    page.wait_for_selector('#saved[data-state="offline"]')
    assert "Inte sparat: ingen förbindelse" in page.inner_text("#saved")
    assert held(story, "P-01") is None
    window.context.set_offline(False)
    page.wait_for_selector(SAVED)
    found = held(story, "P-01")
    assert found is not None
    assert (found.value, found.comment) == ("partly", "Ledningssystemet saknar beslut.")
    assert page.evaluate(KEPT) == "[]"


@pytest.mark.parametrize(
    ("rest", "comment"), [("/P-16", "#comment"), ("/themes/access", '[name="P-16-comment"]')]
)
def test_what_was_typed_before_the_tab_closed_is_offered_back(
    story: Story, window: Window, rest: str, comment: str
) -> None:
    page = go(window, story, rest)
    window.context.set_offline(True)
    page.type(comment, "Två enheter saknar kort.")
    page.close()
    window.context.set_offline(False)
    page = go(window, story, rest)
    offered = page.locator(".kept")
    assert offered.count() == 1
    assert "Ni har osparad text från" in offered.inner_text()
    assert "Två enheter saknar kort." in offered.inner_text()
    assert page.input_value(comment) == ""
    page.click("text=Ta tillbaka")
    page.wait_for_selector(SAVED)
    found = held(story, "P-16")
    assert found is not None
    assert found.comment == "Två enheter saknar kort."
    page.close()
    page = go(window, story, rest)
    assert page.locator(".kept").count() == 0
    assert page.evaluate(KEPT) == "[]"


def test_what_is_discarded_is_gone(story: Story, window: Window) -> None:
    page = go(window, story, "/P-16")
    page.type("#comment", "Ett utkast.")
    page.close()
    page = go(window, story, "/P-16")
    page.click("text=Släng")
    assert page.locator(".kept").count() == 0
    assert page.evaluate(KEPT) == "[]"
    assert held(story, "P-16") is None


def test_an_offer_is_kept_while_something_else_is_typed_and_saved(story: Story, window: Window) -> None:
    page = go(window, story, "/P-16")
    page.type("#comment", "Det första.")
    page.close()
    page = go(window, story, "/P-16")
    page.fill("#comment", "Det andra.")
    page.press("#comment", "Tab")
    page.wait_for_selector(SAVED)
    page.close()
    page = go(window, story, "/P-16")
    assert "Det första." in page.inner_text(".kept")
    assert page.input_value("#comment") == "Det andra."


def test_another_person_on_the_same_browser_sees_nothing(story: Story, window: Window, client_as: As) -> None:
    page = go(window, story, "/P-16")
    page.type("#comment", "Bara för mig.")
    page.close()
    mine = window.context.cookies()
    other = {"name": "anslut", "value": cookie_of(client_as(story.people.contact)), "url": window.address}
    window.context.add_cookies([other])
    page = go(window, story, "/P-16")
    assert page.locator(".kept").count() == 0
    assert "Bara för mig." not in page.content()
    page.close()
    window.context.add_cookies(mine)
    assert go(window, story, "/P-16").locator(".kept").count() == 1


def test_signing_out_leaves_nothing_in_the_browser(story: Story, window: Window) -> None:
    page = go(window, story, "/P-16")
    page.type("#comment", "Osparat.")
    assert page.evaluate(KEPT) != "[]"
    page.click("text=Logga ut")
    page.wait_for_load_state()
    assert page.evaluate(KEPT) == "[]"


def test_text_over_an_older_answer_meets_the_newer_one_and_the_viewer_chooses(
    story: Story, window: Window
) -> None:
    page = go(window, story, "/P-16")
    page.type("#comment", "Mitt utkast.")
    page.close()
    home, person = story.home, story.people.contact
    declarations.save_answer(home, person, story.connection, "P-16", "no", "Saknas.", 0)
    page = go(window, story, "/P-16")
    page.click("text=Ta tillbaka")
    page.wait_for_selector(".overtaken")
    assert "Contact hann spara ett annat svar" in page.inner_text("#saved")
    assert "Saknas." in page.inner_text("#saved")
    found = held(story, "P-16")
    assert found is not None
    assert found.comment == "Saknas."
    page.click("text=Spara det ni skrev")
    page.wait_for_load_state()
    found = held(story, "P-16")
    assert found is not None
    assert found.comment == "Mitt utkast."
    page = go(window, story, "/P-16")
    assert page.locator(".kept").count() == 0


@pytest.mark.parametrize(
    ("button", "comment"), [("Spara det ni skrev", "Mitt."), ("Behåll det som är sparat", "Deras.")]
)
def test_two_persons_on_one_line_of_the_list_see_both_and_choose(
    story: Story, window: Window, button: str, comment: str
) -> None:
    page = go(window, story, "/themes/access")
    home, person = story.home, story.people.contact
    declarations.save_answer(home, person, story.connection, "P-16", "no", "Deras.", 0)
    page.fill('[name="P-16-comment"]', "Mitt.")
    page.press('[name="P-16-comment"]', "Tab")
    page.wait_for_selector("#saved-P-16 .overtaken")
    assert "Deras." in page.inner_text("#saved-P-16")
    page.click(f"text={button}")
    page.wait_for_selector("#saved-P-16:not([data-state]):not(:has(.overtaken))")
    found = held(story, "P-16")
    assert found is not None
    assert found.comment == comment
    assert page.input_value('[name="P-16-comment"]') == comment
    assert page.evaluate(KEPT) == "[]"
    assert page.evaluate("document.activeElement.closest('.fast')?.id") == "P-16"


def test_quick_changes_of_one_line_follow_each_other_and_nobody_is_overtaken(
    story: Story, window: Window
) -> None:
    page = go(window, story, "/themes/access")
    page.click('label[for="P-16-value-0"]')
    page.click('label[for="P-16-value-1"]')
    page.fill('[name="P-16-comment"]', "Kort saknas.")
    page.press('[name="P-16-comment"]', "Tab")
    page.wait_for_selector("#saved-P-16:not([data-state]):has-text('Sparat')")
    # The saves come one after the other; the last of them is what has to stand.
    for _ in range(100):
        found = held(story, "P-16")
        if found is not None and (found.value, found.comment) == ("partly", "Kort saknas."):
            break
        page.wait_for_timeout(100)
    assert page.locator(".overtaken").count() == 0
    assert found is not None
    assert (found.value, found.comment) == ("partly", "Kort saknas.")


def test_a_browser_that_has_no_room_says_so_and_still_saves(story: Story, window: Window) -> None:
    page = go(window, story, "/P-16")
    page.evaluate(
        "() => { Storage.prototype.setItem = () => { throw new DOMException('', 'QuotaExceededError'); }; }"
    )
    page.type("#comment", "Ryms inte.")
    assert "Webbläsaren kan inte spara det ni skriver" in page.inner_text("#announcer")
    page.press("#comment", "Tab")
    page.wait_for_selector(SAVED)
    found = held(story, "P-16")
    assert found is not None
    assert found.comment == "Ryms inte."


def test_an_expired_session_leads_to_sign_in_and_the_text_is_offered_back(
    story: Story, window: Window, client_as: As, clock: Clock
) -> None:
    page = go(window, story, "/P-16")
    clock.forward(days=2)
    page.fill("#comment", "Skrivet för länge sedan.")
    page.press("#comment", "Tab")
    page.wait_for_url("**/sign-in*")
    again = {"name": "anslut", "value": cookie_of(client_as(story.people.infosec)), "url": window.address}
    window.context.add_cookies([again])
    page.goto(window.address + path(story, "/P-16"))
    assert "Skrivet för länge sedan." in page.inner_text(".kept")


def test_a_server_that_refuses_is_told_and_the_text_is_offered_back(story: Story, window: Window) -> None:
    page = go(window, story, "/P-16")
    page.route("**/declaration/P-16", lambda route: route.fulfill(status=503, body="<h1>Stängt</h1>"))
    page.fill("#comment", "Mitt i ett avbrott.")
    page.press("#comment", "Tab")
    page.wait_for_selector('#saved[data-state="failed"]')
    assert "servern tog inte emot svaret" in page.inner_text("#saved")
    assert "Stängt" not in page.inner_text("#main")
    page.unroute("**/declaration/P-16")
    page.reload()
    assert "Mitt i ett avbrott." in page.inner_text(".kept")


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_the_list_is_whole_quiet_and_accessible(
    story: Story, address: str, browser: Any, client_as: As, width: int, scheme: str
) -> None:
    person = story.people.contact
    declarations.save_answer(story.home, person, story.connection, "P-16", "no", "Saknas.", 0)
    own = Window(browser, address, client_as(story.people.infosec), width, scheme)
    assert not own.problems(path(story, "/themes/access"))
