"""Two who hold what the other wants next: nobody is thrown out with an error, and neither's doing is lost."""

import contextlib
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from portal.services import (
    accounts,
    assignments,
    cases,
    conditions,
    joining,
    memberships,
    reasons,
    signing_links,
)
from portal.services.assignments import Wish
from portal.services.installation import Installation
from portal.services.reasons import ReasonValues
from portal.store import reasons as store
from portal.store import signing_links as links
from portal.store.models import Assignment, Letter
from tests.conditions.story import on_condition, the_condition
from tests.conftest import make_cast
from tests.signing.conftest import handed_over
from tests.signing.story import made, seen, try_code, wrong
from tests.story import Story
from workflows.errors import NotFound, Refusal, Stale
from workflows.status import Status


@pytest.fixture
def story(either_home: Installation) -> Story:
    return Story(either_home, make_cast(either_home))


def meet(monkeypatch: pytest.MonkeyPatch, *places: tuple[Any, str]) -> None:
    """Whoever has come past one of the places waits there once for the other to come past one too."""
    met, waited = threading.Barrier(2), threading.local()

    def waiting(found: Callable[..., Any]) -> Callable[..., Any]:
        def wait(*args: Any, **named: Any) -> Any:
            given = found(*args, **named)
            if not getattr(waited, "done", False):
                waited.done = True
                with contextlib.suppress(threading.BrokenBarrierError):
                    met.wait(0.7)
            return given

        return wait

    for owner, name in places:
        monkeypatch.setattr(owner, name, waiting(getattr(owner, name)))


def both(*acts: Callable[[], object]) -> list[object]:
    """What each act gave, or the error it ended with."""
    said: list[object] = [None] * len(acts)

    def act(number: int) -> None:
        try:
            said[number] = acts[number]()
        except (Refusal, SQLAlchemyError) as error:
            said[number] = error

    threads = [threading.Thread(target=act, args=(number,)) for number in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return said


def test_a_link_is_taken_back_while_it_signs(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    handed_over(story)
    token, _ = made(story)
    shown = seen(story, token)
    meet(monkeypatch, (links, "by_token"), (cases, "fetch"))
    signed, withdrawn = both(
        lambda: signing_links.sign(story.home, token, shown),
        lambda: signing_links.withdraw(story.home, story.people.infosec, story.connection),
    )
    if withdrawn is True:
        assert isinstance(signed, NotFound)
        assert story.states()["declaration"] is Status.SIGNING
    else:
        assert (signed, withdrawn) == (None, False)
        assert story.states()["declaration"] is Status.SUBMITTED


def test_a_link_is_guessed_at_while_a_new_one_is_made(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    handed_over(story)
    token, code = made(story)
    meet(monkeypatch, (links, "by_token"), (cases, "fetch"))
    opened, again = both(lambda: try_code(story, token, wrong(code)), lambda: made(story))
    assert opened is False
    assert isinstance(again, tuple)
    assert try_code(story, *again)


def test_a_condition_is_confirmed_while_it_lapses(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    on_condition(story)
    condition = the_condition(story).condition
    story.home.clock.at += timedelta(days=61)  # type: ignore[attr-defined]

    meet(monkeypatch, (Session, "get_one"), (cases, "fetch"))
    lapsed, confirmed = both(
        lambda: conditions.lapse(story.home),
        lambda: conditions.confirm(story.home, story.people.reviewer, story.connection, condition.id),
    )
    assert confirmed is True
    assert lapsed in (0, 1)
    after = the_condition(story).condition
    assert after.met_at is not None
    assert (after.lapsed_at is not None) == (lapsed == 1)


def test_two_administrators_write_reasons(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    home, people = story.home, story.people
    with home.read() as session:
        version = store.latest(session).version
    meet(monkeypatch, (store, "latest"))

    def write(title: str) -> str:
        said = ReasonValues(title, title, "Ange hur.", "State how.", ("declaration",))
        return reasons.save(home, people.admin, None, said, version)

    found = both(lambda: write("Den ena"), lambda: write("Den andra"))
    assert sorted(type(item).__name__ for item in found) == [Stale.__name__, "str"]


def invited(story: Story) -> tuple[str, str]:
    """Somebody with an account who is asked and invited by the security officer: the person and the token."""
    story.order_approved()
    wish = Wish(("P-01",), email="ny@exempel.se", name="Ny Kollega")
    assignments.ask(story.home, story.people.infosec, story.connection, wish)
    with story.home.write() as work:
        person = accounts.new_person(work, "ny@exempel.se", "Ny Kollega", "sv").id
        body = work.session.scalars(select(Letter.body).where(Letter.address == "ny@exempel.se")).one()
    return person, body.partition("/invitations/")[2].split()[0]


def test_an_invitation_is_accepted_while_its_question_is_taken_back(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    person, token = invited(story)
    with story.home.read() as session:
        asked = session.scalars(select(Assignment.id)).one()
    meet(monkeypatch, (joining, "_claim"), (assignments, "_record"))
    joined, withdrawn = both(
        lambda: joining.accept_as(story.home, person, token),
        lambda: assignments.withdraw(story.home, story.people.infosec, story.connection, asked),
    )
    assert withdrawn is True
    assert joined == story.people.organisation or isinstance(joined, joining.Unusable)


def test_an_invitation_is_accepted_while_its_sender_leaves(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    person, token = invited(story)
    home, people = story.home, story.people
    with home.read() as session:
        members = memberships.of(session, people.contact, people.organisation).members
    mine = next(found.id for found, who in members if who.id == people.infosec)
    meet(monkeypatch, (joining, "_claim"), (memberships, "_is_last"))
    joined, ended = both(
        lambda: joining.accept_as(home, person, token),
        lambda: memberships.end(home, people.contact, people.organisation, mine),
    )
    assert isinstance(ended, str)
    assert joined == people.organisation or isinstance(joined, joining.Unusable)
