"""Two persons who act in the same moment: what one of them read is never what the other has just changed."""

import contextlib
import threading
from collections.abc import Callable
from typing import Any

import pytest

from portal.services import declarations, facts, steps
from portal.services.installation import Installation
from portal.services.steps import Wish
from portal.store import decisions
from portal.store import declarations as answers
from portal.store.connections import with_organisation
from tests.conftest import make_cast
from tests.story import Story
from workflows.errors import Refusal
from workflows.status import Status


@pytest.fixture
def story(either_home: Installation) -> Story:
    return Story(either_home, make_cast(either_home))


def at_once(monkeypatch: pytest.MonkeyPatch, *acts: Callable[[], object]) -> list[object]:
    """What each act gave, when every one has read the facts before any of them goes on, if that is possible."""
    met, gathered = threading.Barrier(len(acts)), facts.of

    def wait(*args: Any, **named: Any) -> Any:
        found = gathered(*args, **named)
        with contextlib.suppress(threading.BrokenBarrierError):
            met.wait(1)
        return found

    monkeypatch.setattr(facts, "of", wait)
    said: list[object] = [None] * len(acts)

    def act(number: int) -> None:
        try:
            said[number] = acts[number]()
        except Refusal as refusal:
            said[number] = refusal

    threads = [threading.Thread(target=act, args=(number,)) for number in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return said


def test_one_approves_while_another_sends_back(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    story.fill_order()
    story.move("contact", "order", "submit")
    said = at_once(
        monkeypatch,
        lambda: story.move("reviewer", "order", "approve"),
        lambda: story.move("approver", "order", "return", Wish(text="Nej.")),
    )
    assert [answer for answer in said if answer is True] == [True]
    assert any(isinstance(answer, Refusal) for answer in said)
    with story.home.read() as session:
        (decision,) = decisions.decided(session, story.connection, "order")
    assert story.states()["order"] is {"approved": Status.DONE, "returned": Status.RETURNED}[decision.kind]


def test_two_approvers_endorse_at_once(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    story.applied()
    said = at_once(
        monkeypatch,
        lambda: story.move("approver", "application", "endorse"),
        lambda: story.move("second_approver", "application", "endorse"),
    )
    assert [answer for answer in said if answer is True] == [True]
    with story.home.read() as session:
        assert decisions.pending_endorsement(session, story.connection) is not None


def test_an_answer_is_changed_while_it_is_signed(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever comes first: what is signed is what is stored."""
    story.tested()
    story.answer_all()
    story.move("infosec", "declaration", "submit")
    at_once(
        monkeypatch,
        lambda: story.move("signatory", "declaration", "sign"),
        lambda: (
            steps.make(story.home, story.people.infosec, story.connection, "declaration", "take_back")
            and declarations.save_answer(
                story.home, story.people.infosec, story.connection, "P-01", None, "", 1
            )
        ),
    )
    with story.home.read() as session:
        found = with_organisation(session, story.connection)
        assert found is not None
        changed = answers.answer(session, found[0], "P-01")
        signed = decisions.signatures(session, story.connection, "declaration")
    status = story.states()["declaration"]
    assert changed is not None
    assert (status, len(signed), changed.value) in [
        (Status.SUBMITTED, 1, "yes"),
        (Status.IN_PROGRESS, 0, None),
    ]
