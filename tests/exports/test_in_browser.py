"""Downloading, comparing and saving in Chromium: on a wide and a narrow screen, and axe finds nothing."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from portal.services import declarations
from portal.store import declarations as store
from portal.store.models import Connection
from tests.assets.test_in_browser import Window, address, browser
from tests.exports.filling import filled
from tests.story import Story

pytestmark = [pytest.mark.browser, pytest.mark.slow]
__all__ = ["address", "browser"]


def problems_here(page: Any) -> list[str]:
    """What is wrong with the page that a post has led to."""
    from axe_playwright_python.sync_playwright import Axe

    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    found = [f"{wide} px too wide"] if wide > 0 else []
    return found + [violation["id"] for violation in Axe().run(page).response["violations"]]


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_a_file_goes_out_and_comes_in_again(
    browser: Any,
    address: str,
    story: Story,
    browse: Callable[[str], FlaskClient],
    tmp_path: Path,
    width: int,
    scheme: str,
) -> None:
    window = Window(browser, address, browse("infosec"), width, scheme)
    place = f"/connections/{story.connection}"
    assert window.problems(f"{place}/exports") == []
    with window.page.expect_download() as download:
        window.page.click(f'a[href="{place}/exports/declaration.xlsx"]')
    assert download.value.suggested_filename.endswith("-declaration.xlsx")
    body = filled(
        download.value.path().read_bytes(),
        {
            "P-03": {"answer": "Ja", "comment": "Ny rutin.\nBeslutad."},
            "P-04": {"answer": "kanske"},
            "P-09": {"answer": "Ja"},
        },
    )
    declarations.save_answer(
        story.home, story.people.contact, story.connection, "P-09", "no", "Det saknas helt.", 1
    )
    (tmp_path / "ifyllt.xlsx").write_bytes(body)
    assert window.problems(f"{place}/declaration/import") == []
    window.page.set_input_files("#file", tmp_path / "ifyllt.xlsx")
    window.page.click("main form button[type=submit]")
    assert window.page.is_checked("#choose-P-03")
    assert not window.page.is_checked("#choose-P-09")
    assert problems_here(window.page) == []
    window.page.click("main form button[type=submit]")
    assert window.page.url.endswith("/declaration")
    with story.home.read() as session:
        found = store.answer(session, session.get_one(Connection, story.connection), "P-03")
    assert found is not None
    assert (found.value, found.comment) == ("yes", "Ny rutin.\nBeslutad.")
    assert window.said == []
