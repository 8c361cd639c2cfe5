"""Reminders: on which days, to whom, one letter a day for each, and never twice."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from portal.services import actions, assignments, reminders
from portal.services.assignments import Wish
from portal.store.models import Condition, Decision, Evidence, Letter, Membership, Reminder, StoredEvent
from tests.sharing.conftest import letters_to
from tests.sharing.test_assignments import ask, rows, save
from tests.story import Story
from workflows.reminders import threshold

DUE = date(2026, 12, 31)
LONG_AGO = date(2026, 1, 1)


@pytest.mark.parametrize(
    ("left", "said"),
    [
        (31, None),
        (30, "-30"),
        (29, "-30"),
        (8, "-30"),
        (7, "-7"),
        (2, "-7"),
        (1, "-1"),
        (0, "-1"),
        (-1, None),
        (-6, None),
        (-7, "+1"),
        (-13, "+1"),
        (-14, "+2"),
    ],
)
def test_which_reminder_belongs_to_a_day(left: int, said: str | None) -> None:
    found = threshold(DUE, DUE - timedelta(days=left), LONG_AGO, (30, 7, 1), weekly=True)
    assert found == (f"2026-12-31 {said}" if said else None)


def test_what_is_new_is_not_reminded_of_a_day_that_was_over_before_it_came() -> None:
    today = DUE - timedelta(days=20)
    assert threshold(DUE, today, today, (30, 7, 1), weekly=True) is None
    assert threshold(DUE, DUE - timedelta(days=7), today, (30, 7, 1), weekly=True) == "2026-12-31 -7"
    assert threshold(DUE, DUE - timedelta(days=30), DUE - timedelta(days=30), (30, 7, 1), weekly=True)


def test_what_is_not_reminded_of_weekly_is_left_alone_when_late() -> None:
    assert threshold(DUE, DUE + timedelta(days=21), LONG_AGO, (30, 7), weekly=False) is None


def days(story: Story, number: int) -> None:
    story.home.clock.forward(days=number)  # type: ignore[attr-defined]


def sent(story: Story) -> list[Letter]:
    """The reminders in the outbox, the oldest first."""
    with story.home.read() as session:
        found = session.scalars(select(Letter).where(Letter.subject.like("Påminnelse%")).order_by(Letter.id))
        return list(found)


def walk(story: Story, until: int) -> dict[int, list[str]]:
    """Run the reminders once a day; the addresses of each day's letters, by the day's number, days without left out."""
    found = {}
    for day in range(until + 1):
        before = len(sent(story))
        reminders.send_due(story.home)
        told = [letter.address for letter in sent(story)[before:]]
        if told:
            found[day] = told
        days(story, 1)
    return found


def test_an_action_is_reminded_of_30_7_and_1_days_before_and_weekly_after(either_story: Story) -> None:
    story = either_story
    story.plan_action("P-01", days=40)
    both = ["contact@exempel.se", "infosec@exempel.se"]
    assert walk(story, 56) == {10: both, 33: both, 39: both, 47: both, 54: both}
    late = sent(story)[-1]
    assert "Försenad 14 dagar, skulle ha varit klar 2 januari 2027" in late.body
    assert late.subject == "Påminnelse: en sak är försenad"


def test_a_question_is_reminded_of_7_and_1_days_before_and_weekly_after(either_story: Story) -> None:
    story = either_story
    ask(story, "P-01", days=10)
    asked = ["contributor@exempel.se"]
    assert walk(story, 18) == {3: asked, 9: asked, 17: asked}
    first = sent(story)[0]
    assert f"/connections/{story.connection}/declaration/P-01" in first.body
    assert "Om 7 dagar, 3 december 2026" in first.body


def test_what_is_done_cancelled_answered_or_taken_back_is_not_reminded_of(story: Story) -> None:
    done, cancelled = story.plan_action("P-01", days=40), story.plan_action("P-02", days=40)
    actions.set_status(story.home, story.people.infosec, story.connection, done, "done")
    actions.set_status(story.home, story.people.infosec, story.connection, cancelled, "cancelled")
    ask(story, "P-03", "P-04", days=10)
    save(story, "contributor", "P-03")
    assignments.withdraw(story.home, story.people.infosec, story.connection, rows(story)[1].id)
    assert walk(story, 60) == {}


def test_a_day_without_a_worker_is_made_up_for_once(story: Story) -> None:
    story.plan_action("P-01", days=40)
    days(story, 15)
    assert walk(story, 5) == {0: ["contact@exempel.se", "infosec@exempel.se"]}


def test_a_new_date_is_reminded_of_anew(story: Story) -> None:
    ask(story, "P-01", days=10)
    assert list(walk(story, 4)) == [3]
    ask(story, "P-01", days=10)
    assert list(walk(story, 4)) == [3]


def test_one_letter_a_day_gathers_all_with_what_is_late_first(either_story: Story) -> None:
    story = either_story
    for number in range(10):
        story.plan_action("P-01", title=f"Sak {number}", days=37)
    story.plan_action("P-02", title="Den äldsta", days=0)
    days(story, 7)
    assert reminders.send_due(story.home) == 2
    (letter,) = [found for found in sent(story) if found.address == "infosec@exempel.se"]
    assert letter.subject == "Påminnelse: 11 saker, 1 försenade"
    places = [letter.body.index("Den äldsta"), *(letter.body.index(f"Sak {n}.") for n in range(10))]
    assert min(places) == places[0]


def test_running_again_the_same_day_sends_nothing(either_story: Story) -> None:
    story = either_story
    story.plan_action("P-01", days=30)
    assert reminders.send_due(story.home) == 2
    assert reminders.send_due(story.home) == 0
    story.plan_action("P-02", days=30)
    assert reminders.send_due(story.home) == 0, "at most one letter a day"
    days(story, 1)
    assert reminders.send_due(story.home) == 2, "what came after today's letter is told the next day"


def test_a_worker_that_lost_the_day_to_another_sends_nothing(
    either_story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = either_story
    story.plan_action("P-01", days=30)
    assert reminders.send_due(story.home) == 2
    monkeypatch.setattr("portal.store.reminders.is_sent", lambda *_: False)
    monkeypatch.setattr("portal.store.reminders.sent", lambda *_: frozenset())
    assert reminders.send_due(story.home) == 0
    assert len(sent(story)) == 2


def test_no_letters_at_night(story: Story) -> None:
    story.plan_action("P-01", days=31)
    story.home.clock.at = datetime(2026, 11, 24, 4, 59, tzinfo=UTC)  # type: ignore[attr-defined]
    assert reminders.send_due(story.home) == 0
    story.home.clock.at = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)  # type: ignore[attr-defined]
    assert reminders.send_due(story.home) == 2


def test_a_question_that_nobody_has_come_in_to_answer_is_told_to_the_asker(story: Story) -> None:
    wish = Wish(("P-01",), email="ny@exempel.se", name="Ny", due=story.today() + timedelta(days=7))
    assignments.ask(story.home, story.people.infosec, story.connection, wish)
    reminders.send_due(story.home)
    (letter,) = sent(story)
    assert letter.address == "infosec@exempel.se"
    assert "ny@exempel.se inte har svarat på" in letter.body


def test_a_former_member_gets_no_letters(story: Story) -> None:
    ask(story, "P-01", days=7)
    with story.home.write() as work:
        mine = select(Membership).where(Membership.person_id == story.people.contributor)
        work.session.scalars(mine).one().ended_at = work.now
    reminders.send_due(story.home)
    assert [letter.address for letter in sent(story)] == ["infosec@exempel.se"]
    assert "Lena Ek inte har svarat på" in sent(story)[0].body


def test_evidence_is_reminded_of_30_and_7_days_before_it_runs_out(either_story: Story) -> None:
    story = either_story
    with story.home.write() as work:
        work.session.add(
            Evidence(
                connection_id=story.connection,
                requirement="P-05",
                kind="link",
                title="Penetrationstest 2026",
                url="https://exempel.se",
                valid_until=story.today() + timedelta(days=35),
                added_by=story.people.infosec,
                added_at=work.now,
            )
        )
    both = ["contact@exempel.se", "infosec@exempel.se"]
    assert walk(story, 60) == {5: both, 28: both}
    assert "Underlaget Penetrationstest 2026 till krav P-05 går ut." in sent(story)[0].body


def test_a_condition_is_reminded_of_instead_of_the_action_that_meets_it(either_story: Story) -> None:
    story = either_story
    action = story.plan_action("P-01", title="Införa loggar", days=40)
    with story.home.write() as work:
        decision = Decision(
            connection_id=story.connection, step="application", kind="approved_with_conditions"
        )
        work.session.add(decision)
        work.session.flush()
        work.session.add(
            Condition(
                decision_id=decision.id,
                connection_id=story.connection,
                text="Loggar ska sparas i tre år",
                due=story.today() + timedelta(days=40),
                action_id=action,
            )
        )
    both = ["contact@exempel.se", "infosec@exempel.se"]
    assert walk(story, 40) == {10: both, 33: both, 39: both}
    assert "Förbehåll i beslutet: Loggar ska sparas i tre år" in sent(story)[0].body
    assert "Införa loggar" not in sent(story)[0].body


def test_letters_are_in_the_language_of_the_person(story: Story) -> None:
    from portal.services import accounts

    accounts.choose_language(story.home, story.people.contact, "en")
    story.plan_action("P-01", days=30)
    reminders.send_due(story.home)
    (letter,) = [found for found in letters_to(story, "contact@exempel.se") if "Reminder" in found.subject]
    assert "In 30 days, 23 December 2026: Action 1, Besluta rutinen. Responsible: Anna Berg." in letter.body


def test_what_was_sent_is_remembered_and_told_in_the_chain(story: Story) -> None:
    action = story.plan_action("P-01", days=30)
    reminders.send_due(story.home)
    with story.home.read() as session:
        kept = {(row.about, row.target_id, row.threshold) for row in session.scalars(select(Reminder))}
        kinds = session.scalars(select(StoredEvent.kind)).all()
    assert kept == {("day", "-", "2026-11-23"), ("action", action, "2026-12-23 -30")}
    assert kinds.count("RemindersSent") == 1


def test_a_quiet_day_leaves_no_event(story: Story) -> None:
    assert reminders.send_due(story.home) == 0
    with story.home.read() as session:
        assert "RemindersSent" not in session.scalars(select(StoredEvent.kind)).all()
