"""Saving answers: on both databases, once for a double click, and never over what somebody else wrote."""

import pytest
from sqlalchemy import func, select

from portal.services import actions, declarations
from portal.services.actions import ActionValues
from portal.services.declarations import Saved, Stored
from portal.services.installation import Installation
from portal.store import declarations as store
from portal.store import risks as risk_store
from portal.store.models import Answer, Connection, StoredEvent
from portal.store.models.base import new_id
from tests.conftest import Cast
from tests.story import Story
from workflows.errors import Blocked, Forbidden, Invalid, NotFound, Stale
from workflows.status import Status


def save(
    story: Story,
    value: str | None,
    comment: str = "",
    version: int = 0,
    who: str = "infosec",
    name: str = "P-16",
) -> Saved:
    return declarations.save_answer(
        story.home, story.people.person[who], story.connection, name, value, comment, version
    )


def held(story: Story, name: str = "P-16") -> Answer | None:
    with story.home.read() as session:
        connection = session.get(Connection, story.connection)
        assert connection is not None
        return store.answer(session, connection, name)


def events(story: Story, kind: str) -> int:
    with story.home.read() as session:
        return (
            session.scalar(select(func.count()).select_from(StoredEvent).where(StoredEvent.kind == kind)) or 0
        )


def test_the_first_answer_begins_the_declaration(either_story: Story) -> None:
    assert either_story.states()["declaration"] is Status.NOT_STARTED
    saved = save(either_story, "partly", "Två enheter saknar kort.")
    assert (saved.version, saved.left, saved.changed) == (1, 79, True)
    assert either_story.states()["declaration"] is Status.IN_PROGRESS
    row = held(either_story)
    assert row is not None
    assert (row.value, row.comment, row.answered_by) == (
        "partly",
        "Två enheter saknar kort.",
        either_story.people.infosec,
    )
    assert events(either_story, "AnswerSaved") == 1


def test_saving_the_same_twice_is_one_answer_and_one_event(either_story: Story) -> None:
    save(either_story, "yes")
    again = save(either_story, "yes")
    assert (again.version, again.changed) == (1, False)
    assert events(either_story, "AnswerSaved") == 1


def test_an_answer_from_an_older_page_is_refused_with_what_is_stored(either_story: Story) -> None:
    save(either_story, "no", "Saknas helt.", who="contact")
    with pytest.raises(Stale) as refused:
        save(either_story, "yes", "Finns.")
    stored = refused.value.current
    assert isinstance(stored, Stored)
    assert (stored.value, stored.comment, stored.version, stored.by_name) == (
        "no",
        "Saknas helt.",
        1,
        "Contact",
    )
    row = held(either_story)
    assert row is not None
    assert row.value == "no"
    assert save(either_story, "yes", "Finns.", version=1).version == 2


def test_control_characters_are_cleaned_away_and_line_breaks_kept(either_story: Story) -> None:
    save(either_story, "yes", "Rad ett\r\nrad två\x00\x07\x1b ")
    row = held(either_story)
    assert row is not None
    assert row.comment == "Rad ett\nrad två"


def test_what_is_too_long_or_not_of_the_scale_is_refused_and_nothing_stored(story: Story) -> None:
    with pytest.raises(Invalid) as refused:
        save(story, "kanske", "x" * 100_000)
    assert set(refused.value.errors) == {"value", "comment"}
    assert held(story) is None
    assert story.states()["declaration"] is Status.NOT_STARTED


@pytest.mark.parametrize("who", ["viewer", "signatory", "reviewer", "supplier"])
def test_only_those_who_answer_may_answer(story: Story, who: str) -> None:
    with pytest.raises(Forbidden):
        save(story, "yes", who=who)
    assert held(story) is None


def test_an_outsider_and_an_unknown_requirement_find_nothing(story: Story) -> None:
    with pytest.raises(NotFound):
        save(story, "yes", who="outsider")
    with pytest.raises(NotFound):
        save(story, "yes", name="P-99")


def test_nothing_can_be_answered_before_the_order_is_sent(people: Cast, home: Installation) -> None:
    story = Story(home, people)
    with pytest.raises(Blocked) as refused:
        save(story, "yes")
    assert refused.value.reasons[0].code == "not_now"


def test_a_deviation_needs_text_and_action_before_submission(either_story: Story) -> None:
    either_story.answer_all(P_09="partly")
    save(either_story, "no", "", version=1, name="P-10")
    with pytest.raises(Blocked) as refused:
        declarations.submit(either_story.home, either_story.people.infosec, either_story.connection)
    told = {(reason.code, reason.params["requirement"]) for reason in refused.value.reasons}
    assert told == {
        ("deviation_text", "P-10"),
        ("deviation_action", "P-09"),
        ("deviation_action", "P-10"),
    }
    save(either_story, "no", "Instruktion saknas.", version=2, name="P-10")
    either_story.plan_action("P-09", "P-10")
    assert declarations.submit(either_story.home, either_story.people.infosec, either_story.connection)
    assert either_story.states()["declaration"] is Status.SIGNING


def test_a_cancelled_action_no_longer_carries_the_deviation(story: Story) -> None:
    story.answer_all(P_09="partly")
    action = story.plan_action("P-09")
    actions.set_status(story.home, story.people.infosec, story.connection, action, "cancelled")
    with pytest.raises(Blocked) as refused:
        declarations.submit(story.home, story.people.infosec, story.connection)
    assert [reason.code for reason in refused.value.reasons] == ["deviation_action"]


def test_each_unanswered_line_stands_in_the_way(story: Story) -> None:
    save(story, "yes")
    with pytest.raises(Blocked) as refused:
        declarations.submit(story.home, story.people.infosec, story.connection)
    assert [(reason.code, reason.params) for reason in refused.value.reasons] == [("unanswered", {"n": 79})]


def test_while_it_waits_for_the_signature_nothing_changes_until_it_is_taken_back(either_story: Story) -> None:
    either_story.answer_all()
    declarations.submit(either_story.home, either_story.people.infosec, either_story.connection)
    assert not declarations.submit(either_story.home, either_story.people.infosec, either_story.connection)
    with pytest.raises(Blocked):
        save(either_story, "no", "Ändrat.", version=1)
    assert declarations.take_back(either_story.home, either_story.people.infosec, either_story.connection)
    assert not declarations.take_back(either_story.home, either_story.people.infosec, either_story.connection)
    assert save(either_story, "no", "Ändrat.", version=1).version == 2


def test_an_action_posted_twice_is_one_action(either_story: Story) -> None:
    either_story.answer_all(P_09="partly")
    action = new_id()
    stated = ActionValues(
        "Besluta rutinen", "organisational", "Anna Berg", either_story.today(), (), ("P-09",)
    )
    for _ in range(2):
        actions.save(
            either_story.home, either_story.people.infosec, either_story.connection, action, stated, 0
        )
    with either_story.home.read() as session:
        assert [found.number for found in risk_store.actions(session, either_story.connection)] == [1]
