"""Conditions: met when the owner says so, lapsed by themselves the day after, told to both sides, seen by both."""

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from portal.services import actions, conditions
from portal.services.steps import Wish
from portal.store import conditions as store
from portal.store import events
from portal.store.models import Letter
from tests.conditions.story import the_condition
from tests.conftest import Clock
from tests.story import Story
from workflows import conditions as rules
from workflows.errors import Forbidden, Invalid, NotFound

Browse = Callable[[str], FlaskClient]


def pass_the_day(story: Story) -> None:
    clock = story.home.clock
    assert isinstance(clock, Clock)
    clock.at = datetime.combine(
        the_condition(story).condition.due + timedelta(days=1), datetime.min.time(), UTC
    )


def letters(story: Story) -> list[tuple[str, str]]:
    with story.home.read() as session:
        return [(row.address, row.subject) for row in session.scalars(select(Letter))]


def kinds(story: Story) -> list[str]:
    with story.home.read() as session:
        return [found.kind for found in events.of_connection(session, story.connection)]


def confirm(story: Story, who: str = "reviewer") -> bool:
    return conditions.confirm(
        story.home, story.people.person[who], story.connection, the_condition(story).condition.id
    )


@given(due=st.dates(date(2026, 1, 1), date(2028, 1, 1)), days=st.integers(-400, 400))
def test_a_condition_passes_exactly_when_its_whole_day_is_over(due: date, days: int) -> None:
    assert rules.has_passed(due, due + timedelta(days=days)) == (days > 0)


def test_nothing_lapses_on_the_day_itself_and_everything_the_day_after(either_story: Story) -> None:
    clock = either_story.home.clock
    assert isinstance(clock, Clock)
    due = the_condition(either_story).condition.due
    clock.at = datetime.combine(due, datetime.min.time(), UTC).replace(hour=22)
    assert conditions.lapse(either_story.home) == 0
    # Half past midnight in Stockholm is still the day before in UTC.
    clock.at = clock.at.replace(hour=23, minute=30)
    assert conditions.lapse(either_story.home) == 1
    assert conditions.lapse(either_story.home) == 0
    assert the_condition(either_story).state == "lapsed"
    assert kinds(either_story).count("ConditionLapsed") == 1


def test_a_lapse_is_told_to_both_sides(story: Story) -> None:
    pass_the_day(story)
    before = len(letters(story))
    conditions.lapse(story.home)
    told = letters(story)[before:]
    assert {address for address, _ in told} == {
        f"{name}@exempel.se" for name in ("contact", "infosec", "reviewer", "approver", "second_approver")
    }
    assert {subject for _, subject in told} == {"Exempelstads kommun: ett förbehåll har löpt ut"}


def test_what_is_met_in_time_does_not_lapse(story: Story) -> None:
    assert confirm(story)
    assert not confirm(story)
    pass_the_day(story)
    assert conditions.lapse(story.home) == 0
    assert the_condition(story).state == "met"
    assert kinds(story).count("ConditionMet") == 1


def test_what_has_lapsed_can_be_confirmed_late_and_still_says_that_it_lapsed(story: Story) -> None:
    pass_the_day(story)
    conditions.lapse(story.home)
    assert confirm(story, "approver")
    found = the_condition(story)
    assert (found.state, found.condition.lapsed_at is not None) == ("met", True)


def test_a_done_action_asks_the_owner_to_confirm_and_confirms_nothing_itself(story: Story) -> None:
    found = the_condition(story)
    assert found.action is not None
    assert found.state == "waiting"
    actions.set_status(story.home, story.people.infosec, story.connection, found.action.id, "done")
    assert the_condition(story).state == "ready"
    with story.home.read() as session:
        assert [held.condition.id for held in store.for_owner(session)] == [found.condition.id]


@pytest.mark.parametrize("who", ["contact", "infosec", "signatory", "admin", "owner_viewer"])
def test_nobody_but_those_who_decide_confirm(story: Story, who: str) -> None:
    with pytest.raises(Forbidden):
        confirm(story, who)


def test_a_condition_of_another_connection_is_not_found(story: Story) -> None:
    with pytest.raises(NotFound):
        conditions.confirm(
            story.home,
            story.people.reviewer,
            story.people.other_connection,
            the_condition(story).condition.id,
        )


def test_two_workers_let_it_lapse_once(either_story: Story) -> None:
    pass_the_day(either_story)
    found: list[int] = []
    threads = [
        threading.Thread(target=lambda: found.append(conditions.lapse(either_story.home))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(found) == 1
    assert kinds(either_story).count("ConditionLapsed") == 1


def test_home_page_and_queue_show_it(story: Story, browse: Browse) -> None:
    home = browse("contact").get(f"/connections/{story.connection}").get_data(as_text=True)
    assert "Förbehåll" in home
    assert "Besluta rutinen" in home
    assert "Förbehåll att ta ställning till" not in browse("reviewer").get("/overview/queue").get_data(
        as_text=True
    )


def test_the_queue_shows_what_has_lapsed_and_the_page_confirms_it(
    story: Story, client_as: Callable[[str], FlaskClient]
) -> None:
    pass_the_day(story)
    conditions.lapse(story.home)
    reviewer = client_as(story.people.reviewer)
    queue = reviewer.get("/overview/queue").get_data(as_text=True)
    assert "Förbehåll att ta ställning till" in queue
    assert "Har löpt ut" in queue
    place = f"/connections/{story.connection}/conditions"
    assert "Bekräfta som uppfyllt" in reviewer.get(place).get_data(as_text=True)
    assert "Bekräfta som uppfyllt" not in client_as(story.people.contact).get(place).get_data(as_text=True)
    condition = the_condition(story).condition.id
    assert reviewer.post(f"{place}/{condition}/met").status_code == 302
    page = reviewer.get(place).get_data(as_text=True)
    assert "Bekräftat av Reviewer" in page
    assert "Löpte ut" in page


def test_conditions_of_the_application_are_rows_too(home: object, people: object) -> None:
    story = Story(home, people)  # type: ignore[arg-type]
    story.applied()
    story.move("approver", "application", "endorse")
    due = story.today() + timedelta(days=90)
    story.move(
        "second_approver", "application", "approve", Wish(conditions=[("Registret ska vara upprättat", due)])
    )
    found = the_condition(story)
    assert (found.condition.text, found.condition.due, found.action) == (
        "Registret ska vara upprättat",
        due,
        None,
    )


def test_conditions_are_given_only_with_an_approval(home: object, people: object) -> None:
    story = Story(home, people)  # type: ignore[arg-type]
    story.fill_order()
    story.move("contact", "order", "submit")
    with pytest.raises(Invalid):
        story.move("reviewer", "order", "approve", Wish(actions=["any"]))
