"""Levels instead of percentages: under way, fulfilled with conditions, fulfilled; by theme, in all, shown and frozen."""

import json
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from checklists import load
from portal.services import declaration_review as review
from portal.store import decisions
from portal.store.models import Frozen
from tests.declarations.story import signed
from tests.story import Story
from workflows import declaration as rules
from workflows.declaration import ACCEPTED, Given
from workflows.errors import Blocked

Browse = Callable[[str], FlaskClient]
CATALOGUE = load.declaration()
ITEMS = CATALOGUE.requirements[:4]
HARD = next(item for item in CATALOGUE.requirements if item.hard)


def level(*lines: Given, planned: frozenset[str] = frozenset()) -> str:
    given = {item.id: line for item, line in zip(ITEMS, lines, strict=False)}
    return rules.standing(ITEMS[: len(lines)], given, planned).level


YES, EXPLAINED_NO = Given("yes"), Given("partly", "Register saknas.")


@pytest.mark.parametrize(
    ("lines", "planned", "expected"),
    [
        ((YES, YES), (), "fulfilled"),
        ((YES, Given("not_applicable", "Vi driver ingen egen AP.", ACCEPTED)), (), "fulfilled"),
        ((YES, Given("not_applicable", "Vi driver ingen egen AP.")), (), "under_way"),
        ((YES, Given("not_applicable", "", ACCEPTED)), (), "under_way"),
        ((YES, EXPLAINED_NO), (1,), "with_conditions"),
        ((YES, EXPLAINED_NO), (), "under_way"),
        ((YES, Given("partly")), (1,), "under_way"),
        ((YES, Given()), (), "under_way"),
        ((EXPLAINED_NO, Given("not_applicable", "Gäller inte.")), (0,), "under_way"),
    ],
)
def test_the_level_follows_from_the_lines(
    lines: tuple[Given, ...], planned: tuple[int, ...], expected: str
) -> None:
    assert level(*lines, planned=frozenset(ITEMS[place].id for place in planned)) == expected


def test_a_hard_line_answered_no_is_never_fulfilled_however_well_it_is_planned() -> None:
    found = rules.standing([HARD], {HARD.id: Given("no", "Beslutas i mars.")}, {HARD.id})
    assert (found.level, found.hard_no, found.planned) == ("under_way", (HARD.id,), 1)


def test_a_signed_record_holds_the_level_of_each_theme_and_in_all(story: Story) -> None:
    signed(story, P_09="partly")
    with story.home.read() as session:
        (found,) = decisions.signatures(session, story.connection, "declaration")
        record = json.loads(session.get_one(Frozen, found.frozen_sha256).body)
    theme = CATALOGUE.by_id("P-09").theme
    assert record["levels"]["all"] == "with_conditions"
    assert record["levels"]["themes"].pop(theme) == "with_conditions"
    assert set(record["levels"]["themes"].values()) == {"fulfilled"}


def test_the_pages_name_the_level_and_the_hard_lines(story: Story, browse: Browse) -> None:
    story.answer_all(**{HARD.id.replace("-", "_"): "no"})
    place = f"/connections/{story.connection}/declaration"
    for address, who in ((place, "viewer"), (f"{place}/check", "infosec"), (f"{place}/review", "reviewer")):
        page = browse(who).get(address).get_data(as_text=True)
        assert "På väg" in page, address
        assert "Villkor för produktion som har svaret Nej" in page, address
    page = browse("viewer").get(place).get_data(as_text=True)
    assert "Uppfyllt" in page


def test_lines_that_do_not_apply_are_accepted_one_by_one(story: Story) -> None:
    signed(story, P_09="not_applicable")
    accepted = sum(
        review.accept_fulfilled(story.home, story.people.reviewer, story.connection, theme.id)
        for theme in CATALOGUE.themes
    )
    assert accepted == 79
    with pytest.raises(Blocked) as refused:
        review.approve(story.home, story.people.reviewer, story.connection)
    assert [reason.code for reason in refused.value.reasons] == ["lines_unreviewed"]
    review.review_line(story.home, story.people.reviewer, story.connection, "P-09", "accepted")
    assert review.approve(story.home, story.people.reviewer, story.connection)
