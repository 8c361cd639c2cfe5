"""A theme as a list: all lines with one button, one line by itself, and what must not be lost on either way."""

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from portal.services import accounts, assignments
from portal.services.assignments import Wish
from tests.declarations.test_pages import LIVE, held, place, save
from tests.story import Story

Browse = Callable[[str], FlaskClient]
THEME = "/themes/access"


def fields_of(page: str) -> dict[str, str]:
    """The hidden fields of the lines as the page shows them: versions and marks."""
    return dict(
        re.findall(r'<input type="hidden" name="(P-\d\d-(?:version|was|seen))" value="([^"]*)"', page)
    )


def opened(browser: FlaskClient, story: Story) -> dict[str, str]:
    return fields_of(browser.get(place(story, THEME)).get_data(as_text=True))


def test_all_lines_of_a_theme_are_saved_with_one_button_without_javascript(
    story: Story, browse: Browse
) -> None:
    infosec = browse("infosec")
    said = {
        **opened(infosec, story),
        "P-16-value": "yes",
        "P-17-value": "no",
        "P-17-comment": "Två saknar\r\nrätt e-legitimation.",
    }
    answer = infosec.post(place(story, THEME), data=said)
    assert answer.status_code == 302
    page = infosec.get(answer.location).get_data(as_text=True)
    assert "2 svar är sparade." in page
    found = held(story, "P-17")
    assert found is not None
    assert (found.value, found.comment, found.version) == ("no", "Två saknar\nrätt e-legitimation.", 1)
    assert held(story, "P-18") is None
    again = infosec.post(place(story, THEME), data={**said, **fields_of(page)}, follow_redirects=True)
    assert "Inget svar var ändrat." in again.get_data(as_text=True)


def test_only_the_lines_that_somebody_else_saved_come_back_with_both_versions(
    story: Story, browse: Browse
) -> None:
    infosec = browse("infosec")
    before = opened(infosec, story)
    save(story, "P-16", "no", "Saknas <helt>.")
    save(story, "P-18", "partly", "Rörs inte här.")
    said = {**before, "P-16-value": "yes", "P-16-comment": "Finns i dag.", "P-17-value": "yes"}
    answer = infosec.post(place(story, THEME), data=said)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "1 svar är inte sparat." in page
    assert "Contact hann spara ett annat svar" in page
    assert "Saknas &lt;helt&gt;." in page
    assert "Finns i dag." in page
    saved, overtaken, untouched = (held(story, name) for name in ("P-17", "P-16", "P-18"))
    assert saved is not None
    assert saved.value == "yes"
    assert overtaken is not None
    assert overtaken.value == "no"
    assert untouched is not None
    assert (untouched.value, untouched.version) == ("partly", 1)


@pytest.mark.parametrize(("choice", "kept"), [("mine P-16", "yes"), ("theirs P-16", "no")])
def test_the_viewer_chooses_which_version_stands(
    story: Story, browse: Browse, choice: str, kept: str
) -> None:
    infosec = browse("infosec")
    before = opened(infosec, story)
    save(story, "P-16", "no", "Saknas.")
    said = {**before, "P-16-value": "yes", "P-16-comment": "Finns."}
    page = infosec.post(place(story, THEME), data=said).get_data(as_text=True)
    answer = infosec.post(place(story, THEME), data={**said, **fields_of(page), "choice": choice})
    assert answer.status_code == 302
    found = held(story, "P-16")
    assert found is not None
    assert found.value == kept


def test_without_a_choice_the_lost_race_stays_open(story: Story, browse: Browse) -> None:
    infosec = browse("infosec")
    before = opened(infosec, story)
    save(story, "P-16", "no", "Saknas.")
    said = {**before, "P-16-value": "yes"}
    page = infosec.post(place(story, THEME), data=said).get_data(as_text=True)
    for choice in ("", "mine", "mine P-17", "both P-16"):
        answer = infosec.post(place(story, THEME), data={**said, **fields_of(page), "choice": choice})
        assert answer.status_code == 409
    save(story, "P-16", "partly", "Ändrat igen.", version=1)
    answer = infosec.post(place(story, THEME), data={**said, **fields_of(page), "choice": "mine P-16"})
    assert answer.status_code == 409
    assert "Ändrat igen." in answer.get_data(as_text=True)


def test_a_line_that_is_refused_keeps_what_was_typed_and_the_others_are_saved(
    story: Story, browse: Browse
) -> None:
    infosec = browse("infosec")
    text = "x" * 10_001
    said = {**opened(infosec, story), "P-16-value": "no", "P-16-comment": text, "P-17-value": "yes"}
    answer = infosec.post(place(story, THEME), data=said)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert text in page
    assert "data-unsaved" in page
    assert held(story, "P-16") is None
    assert held(story, "P-17") is not None


def test_a_line_saves_itself_and_says_so(story: Story, browse: Browse) -> None:
    infosec = browse("infosec")
    said = {**opened(infosec, story), "line": "P-16", "P-16-value": "partly", "P-17-value": "yes"}
    answer = infosec.post(place(story, THEME), data=said, headers=LIVE)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "Sparat 10.00 · 79 krav kvar" in page
    assert 'name="P-16-version" value="1"' in page
    assert "Förklaring saknas" in page
    assert "P-16#deviation" in page
    assert 'id="theme-progress" hx-swap-oob="outerHTML">1 av 9 krav besvarade' in page
    assert "<html" not in page
    assert held(story, "P-17") is None, "only the line that changed is saved"


def test_a_line_that_loses_a_race_shows_both_and_takes_the_choice(story: Story, browse: Browse) -> None:
    infosec = browse("infosec")
    said = {**opened(infosec, story), "line": "P-16", "P-16-value": "yes", "P-16-comment": "Mitt."}
    save(story, "P-16", "no", "Deras.")
    answer = infosec.post(place(story, THEME), data=said, headers=LIVE)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Deras." in page
    assert 'name="P-16-version" value="0"' in page
    assert fields_of(page)["P-16-seen"] == "1"
    del said["line"]
    chosen = {**said, **fields_of(page), "choice": "theirs P-16"}
    page = infosec.post(place(story, THEME), data=chosen, headers=LIVE).get_data(as_text=True)
    assert 'id="fields-P-16" hx-swap-oob="outerHTML"' in page
    assert "Deras." in page
    answer = infosec.post(place(story, THEME), data={**chosen, "choice": "mine P-16"}, headers=LIVE)
    assert answer.status_code == 200
    found = held(story, "P-16")
    assert found is not None
    assert (found.value, found.comment) == ("yes", "Mitt.")


def test_a_line_of_another_theme_and_an_unknown_theme_are_not_found(story: Story, browse: Browse) -> None:
    infosec = browse("infosec")
    assert infosec.get(place(story, "/themes/nonsens")).status_code == 404
    for line in ("P-01", "", "P-99"):
        answer = infosec.post(place(story, THEME), data={"line": line, "P-01-value": "yes"}, headers=LIVE)
        assert answer.status_code == 404
    assert held(story, "P-01") is None


@pytest.mark.parametrize("who", ["viewer", "reviewer", "owner_viewer"])
def test_those_who_only_read_see_the_answers_and_no_fields(story: Story, browse: Browse, who: str) -> None:
    save(story, "P-16", "no", "Saknas.")
    page = browse(who).get(place(story, THEME)).get_data(as_text=True)
    assert "Saknas." in page
    assert "<textarea" not in page
    assert browse(who).post(place(story, THEME), data={"P-16-value": "yes"}).status_code == 403


def test_the_list_goes_on_from_theme_to_theme_and_ends_with_the_check(story: Story, browse: Browse) -> None:
    infosec = browse("infosec")
    answer = infosec.post(place(story, THEME), data={"go": "next"})
    assert answer.location.endswith("/themes/logging")
    answer = infosec.post(place(story, "/themes/metadata"), data={"go": "next"})
    assert answer.location.endswith("/declaration/check")
    page = infosec.get(place(story)).get_data(as_text=True)
    assert place(story, THEME) in page


def test_a_lost_race_on_the_requirements_own_page_shows_both_and_takes_the_choice(
    story: Story, browse: Browse
) -> None:
    infosec = browse("infosec")
    save(story, "P-16", "no", "Deras.")
    said = {"value": "yes", "comment": "Mitt.", "version": "0"}
    page = infosec.post(place(story, "/P-16"), data=said, headers=LIVE).get_data(as_text=True)
    assert "Deras." in page
    assert 'name="seen" value="1"' in page
    answer = infosec.post(place(story, "/P-16"), data={**said, "seen": "1", "choice": "theirs P-16"})
    assert answer.status_code == 302
    found = held(story, "P-16")
    assert found is not None
    assert found.value == "no"
    infosec.post(place(story, "/P-16"), data={**said, "seen": "1", "choice": "mine P-16"})
    found = held(story, "P-16")
    assert found is not None
    assert (found.value, found.comment) == ("yes", "Mitt.")


def test_who_is_asked_about_one_line_answers_that_and_no_other(story: Story, browse: Browse) -> None:
    with story.home.write(story.people.contact) as work:
        asked = accounts.add_person(
            work,
            email="lena@exempel.se",
            name="Lena Ek",
            organisation_id=story.people.organisation,
            role="contributor",
        )
    story.people.person["lena"] = asked.id
    lena = browse("lena")
    assert "<textarea" not in lena.get(place(story, THEME)).get_data(as_text=True)
    assert lena.post(place(story, THEME), data={"P-16-value": "yes"}).status_code == 403
    wish = Wish(requirements=("P-16",), email="lena@exempel.se", name="Lena Ek")
    assignments.ask(story.home, story.people.contact, story.connection, wish)
    page = lena.get(place(story, THEME)).get_data(as_text=True)
    assert page.count("<textarea") == 1
    said = {**fields_of(page), "P-16-value": "yes", "P-17-value": "yes", "P-17-version": "0"}
    assert lena.post(place(story, THEME), data=said).status_code == 302
    assert held(story, "P-16") is not None
    assert held(story, "P-17") is None
