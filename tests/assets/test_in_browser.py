"""The pages in Chromium under their own security policy: nothing sticks out, nothing is refused, axe finds nothing."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.serving import make_server

from portal.services.installation import Installation
from tests.conftest import Cast
from tests.story import Story

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """The address of the portal served on a free port of this machine."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def browser(chromium: str) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as engine:
        opened = engine.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        yield opened
        opened.close()


def cookie_of(client: FlaskClient) -> str:
    found = client.get_cookie("anslut")
    assert found is not None
    return found.value


class Window:
    """A browser window of one person, that keeps what its console says."""

    def __init__(self, browser: Any, address: str, client: FlaskClient, width: int, scheme: str) -> None:
        self.context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        self.context.add_cookies([{"name": "anslut", "value": cookie_of(client), "url": address}])
        self.page = self.context.new_page()
        self.address = address
        self.said: list[str] = []
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))

    def problems(self, path: str) -> list[str]:
        from axe_playwright_python.sync_playwright import Axe

        response = self.page.goto(self.address + path)
        assert response.status == 200, path
        too_wide = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        found = [f"{path}: {said}" for said in self.said]
        if too_wide > 0:
            found.append(f"{path}: {too_wide} px too wide")
        for violation in Axe().run(self.page).response["violations"]:
            found.append(f"{path}: {violation['id']} {violation['nodes'][0]['target']}")
        self.said.clear()
        return found


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_the_main_pages_are_whole_quiet_and_accessible(
    home: Installation,
    people: Cast,
    address: str,
    browser: Any,
    client_as: Callable[[str], FlaskClient],
    width: int,
    scheme: str,
) -> None:
    story = Story(home, people)
    story.qa_connected()
    story.answer_all("yes", P_01="partly")
    story.classify_flow()
    story.assess_risk()
    own = Window(browser, address, client_as(people.infosec), width, scheme)
    base = f"/connections/{people.connection}"
    problems = []
    for path in ("", "/declaration", "/declaration/P-01", "/declaration/check", "/risk", "/history"):
        problems += own.problems(base + path)
    owner = Window(browser, address, client_as(people.admin), width, scheme)
    for path in ("/overview", "/overview/queue", "/outbox"):
        problems += owner.problems(path)
    assert not problems


def test_an_answer_saves_itself_and_says_so(
    home: Installation,
    people: Cast,
    address: str,
    browser: Any,
    client_as: Callable[[str], FlaskClient],
) -> None:
    Story(home, people).order_approved()
    window = Window(browser, address, client_as(people.infosec), 1280, "light")
    page = window.page
    page.goto(f"{address}/connections/{people.connection}/declaration/P-01")
    page.check("#value-1")
    page.wait_for_selector("#deviation h2")
    assert page.input_value("#saved input[name=version]") == "1"
    assert page.evaluate("document.activeElement.id") == "value-1"
    assert not window.said
    window.context.set_offline(True)
    page.check("#value-0")
    page.wait_for_selector('#saved[data-state="offline"]')
    assert "Inte sparat: ingen förbindelse" in page.inner_text("#saved")


def test_the_way_past_the_head_is_the_first_stop_of_the_keyboard(
    people: Cast, address: str, browser: Any, client_as: Callable[[str], FlaskClient]
) -> None:
    page = Window(browser, address, client_as(people.contact), 1280, "light").page
    page.goto(f"{address}/connections/{people.connection}")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "govuk-skip-link"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("Tab")
    style = page.evaluate(
        "(() => { const s = getComputedStyle(document.activeElement); return [s.outlineWidth, s.outlineColor]; })()"
    )
    assert style == ["3px", "rgb(255, 191, 71)"]
