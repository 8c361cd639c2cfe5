"""The risk picture and the board in Chromium: whole, quiet, accessible, and worked with the keyboard alone."""

import os
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from portal.services import declarations
from portal.store import risks as store
from tests.assets.test_in_browser import Window, address, browser
from tests.story import Story

pytestmark = [pytest.mark.browser, pytest.mark.slow]
__all__ = ["address", "browser"]


@pytest.fixture
def full(story: Story) -> Story:
    """Two flows, risks of every level, and actions that are late, begun and done."""
    story.classify_flow()
    story.classify_flow("Yttrande till tillsynsmyndighet", "moderate")
    for consequence, likelihood, left in (
        ("serious", "very_likely", "likely"),
        ("serious", "likely", "possible"),
        ("serious", "likely", "unlikely"),
        ("significant", "very_likely", "possible"),
        ("moderate", "possible", "possible"),
    ):
        story.assess_risk(consequence, likelihood, residual_likelihood=left)
    for requirement, days in (("P-09", -3), ("P-16", 30), ("P-23", 90)):
        declarations.save_answer(
            story.home, story.people.infosec, story.connection, requirement, "partly", "Rutin saknas.", 0
        )
        story.plan_action(requirement, days=days, title=f"Besluta rutinen för {requirement}")
    return story


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_the_risk_pages_are_whole_quiet_and_accessible(
    full: Story,
    address: str,
    browser: Any,
    client_as: Callable[[str], FlaskClient],
    width: int,
    scheme: str,
) -> None:
    window = Window(browser, address, client_as(full.people.infosec), width, scheme)
    place = f"/connections/{full.connection}/risk"
    with full.home.read() as session:
        risk = store.risks(session, full.connection)[0].id
        action = store.actions(session, full.connection)[0].id
    found = []
    for rest in (
        "",
        "?stage=residual&consequence=serious&likelihood=possible",
        "/actions",
        "/actions?view=board",
        f"/risks/{risk}",
        f"/actions/{action}",
    ):
        found += window.problems(place + rest)
        if folder := os.environ.get("PICTURES"):
            name = rest.strip("/?").replace("/", "-").replace("?", "-")[:30] or "risk"
            window.page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)
    assert found == []


def test_a_cell_is_chosen_and_an_action_moved_with_the_keyboard(
    full: Story,
    address: str,
    browser: Any,
    client_as: Callable[[str], FlaskClient],
) -> None:
    page = Window(browser, address, client_as(full.people.infosec), 1280, "light").page
    place = f"{address}/connections/{full.connection}/risk"
    page.goto(place)
    cell = page.get_by_role("link", name="Allvarlig konsekvens, sannolikt: 2 risker på nivån mycket hög")
    cell.first.focus()
    with page.expect_navigation(url="**stage=inherent**"):
        page.keyboard.press("Enter")
    assert page.locator("tr[id^=risk-]").count() == 2
    with page.expect_navigation():
        page.get_by_role("link", name="Visa alla 5").click()
    assert page.locator("tr[id^=risk-]").count() == 5
    page.goto(f"{place}/actions?view=board")
    page.get_by_role("button", name="Påbörja åtgärd 2").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    begun = page.get_by_role("region", name="Påbörjad")
    assert "Besluta rutinen för P-16" in begun.inner_text()
