"""Random edits, lost connections, expired sessions and persons who write at once: no saved answer is ever lost."""

import random
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)

from portal.app import create_app
from portal.services import declarations, passwords, second_factors
from portal.services.declarations import Stored
from portal.services.installation import Installation
from portal.settings import Settings
from portal.store import answer_versions
from portal.store import declarations as store
from portal.store.connections import with_organisation
from portal.store.database import Database
from portal.store.models import Person
from tests.account.conftest import PASSWORD, Account
from tests.conftest import Clock, installation, make_cast
from tests.declarations.editing import ANSWER_LOST, ARRIVES, NOT_SENT, TWICE, Editors, Tab
from tests.reviewing import ReviewingClient
from tests.story import Story
from workflows.errors import Stale

WRITERS = ("contact", "infosec", "tech")
VALUES = st.sampled_from(("yes", "partly", "no", ""))
COMMENTS = st.sampled_from(("", "Beslutas i mars.", "Två enheter saknar kort.", "Rad ett.\nRad <två> & tre."))
FATES = st.sampled_from((ARRIVES, ARRIVES, ARRIVES, NOT_SENT, ANSWER_LOST, TWICE))


def lived(folder: Path, database: Path) -> tuple[str, dict[str, Account]]:
    """An installation whose declaration stands open; its connection and those who write in it."""
    folder.mkdir()
    shutil.copyfile(database, folder / "anslut.sqlite3")
    home = installation("", folder, Clock())
    story = Story(home, make_cast(home))
    story.order_approved()
    accounts = {}
    hashed = passwords.made(PASSWORD)
    with home.write() as work:
        for name in WRITERS:
            person = work.session.get_one(Person, story.people.person[name])
            person.password_hash, person.totp_secret = hashed, second_factors.new_secret()
            accounts[name] = Account(person.id, person.email, person.totp_secret, [], Clock())
    home.database.dispose()
    return story.connection, accounts


def editors_in(data: Path, connection: str, accounts: dict[str, Account]) -> Editors:
    """The persons at their browsers, before an installation of their own."""
    clock, chosen = Clock(), Settings(data_dir=data)
    home = Installation(chosen, Database(chosen.database), clock)
    app = create_app(chosen, installation=home)
    app.testing, app.test_client_class = True, ReviewingClient
    return Editors(app, home, clock, connection, accounts)


def kept_is_told(editors: Editors) -> None:
    """Every answer that was told to be saved stands in the history, in its order, and the last one stands now."""
    for requirement, told in editors.told.items():
        kept, (version, current) = editors.history(requirement)
        assert kept == told
        assert version == len(told)
        assert current == (told[-1] if told else (None, ""))


def editing(folder: Path, connection: str, accounts: dict[str, Account]) -> type[RuleBasedStateMachine]:
    class Editing(RuleBasedStateMachine):
        """Each example has a copy of the installation."""

        made = 0
        tabs: Bundle[Tab] = Bundle("tabs")

        def __init__(self) -> None:
            super().__init__()
            type(self).made += 1
            data = folder / f"copy-{type(self).made}"
            shutil.copytree(folder / "lived", data)
            self.editors = editors_in(data, connection, accounts)

        @initialize(target=tabs)
        def two_have_it_open(self) -> MultipleResults[Tab]:
            return multiple(self._opened("contact", "P-16", False), self._opened("infosec", "P-16", True))

        @rule(
            target=tabs,
            who=st.sampled_from(WRITERS),
            requirement=st.sampled_from(("P-16", "P-16", "P-01")),
            listed=st.booleans(),
        )
        def open_a_page(self, who: str, requirement: str, listed: bool) -> Tab:
            return self._opened(who, requirement, listed)

        @rule(tab=tabs, value=VALUES, comment=COMMENTS, live=st.booleans(), fate=FATES)
        def write(self, tab: Tab, value: str, comment: str, live: bool, fate: str) -> None:
            if tab.left:
                return
            if not tab.overtaken:
                tab.write(value, comment)
            self._sent(tab, live, fate)

        @rule(tab=tabs, live=st.booleans(), fate=FATES, choice=st.sampled_from(("mine", "theirs")))
        def send_again(self, tab: Tab, live: bool, fate: str, choice: str) -> None:
            """Once more what the page holds: a choice where one is asked for; a page that was left is opened anew."""
            if tab.left:
                self.editors.open(tab)
            elif tab.overtaken:
                self._sent(tab, tab.listed, fate, choice)
            else:
                self._sent(tab, live, fate)

        @rule()
        def time_passes(self) -> None:
            self.editors.clock.forward(hours=3)

        @precondition(lambda self: any(map(self.editors.is_out, WRITERS)))
        @rule(who=st.sampled_from(WRITERS), resume=st.booleans())
        def sign_in_again(self, who: str, resume: bool) -> None:
            if self.editors.is_out(who):
                self.editors.come_in(who, resume=resume)

        def _opened(self, who: str, requirement: str, listed: bool) -> Tab:
            tab = Tab(who, requirement, listed)
            self.editors.open(tab)
            return tab

        def _sent(self, tab: Tab, live: bool, fate: str, choice: str = "") -> None:
            self.editors.send(tab, live=live, fate=fate, choice=choice)

        @invariant()
        def everything_saved_is_kept(self) -> None:
            kept_is_told(self.editors)

        def teardown(self) -> None:
            self.editors.home.database.dispose()

    return Editing


@pytest.mark.parametrize("listed", [False, True])
@pytest.mark.parametrize("live", [False, True])
def test_each_turn_that_an_answer_can_take(
    tmp_path: Path, migrated_sqlite: Path, listed: bool, live: bool
) -> None:
    """Told in order what the random walk meets by chance: a lost answer, a lost race, a choice, an expired session."""
    connection, accounts = lived(tmp_path / "lived", migrated_sqlite)
    editors = editors_in(tmp_path / "lived", connection, accounts)
    mine, theirs = Tab("contact", "P-16", listed), Tab("infosec", "P-16", not listed)
    editors.open(mine)
    editors.open(theirs)

    def send(tab: Tab, comment: str, fate: str = ARRIVES, choice: str = "") -> int | None:
        tab.write("partly", comment)
        answer = editors.send(tab, live=live, fate=fate, choice=choice)
        kept_is_told(editors)
        return answer.status_code if answer else None

    assert send(mine, "Ett.", ANSWER_LOST) is None
    assert len(editors.told["P-16"]) == 1
    assert send(mine, "Två.") == 409
    assert send(mine, "Två.", choice="mine" if mine.overtaken else "") in (200, 302)
    assert send(theirs, "Deras.") == 409
    assert send(theirs, "Deras.", choice="mine" if theirs.overtaken else "") in (200, 302)
    assert send(mine, "Tre.", TWICE) == 409
    editors.open(mine)
    assert send(mine, "Tre.", TWICE) in (200, 302)
    editors.clock.forward(hours=3)
    assert send(mine, "Skrivet för sent.") in (204, 302)
    assert mine.left
    editors.come_in("contact", resume=True)
    kept_is_told(editors)
    assert editors.told["P-16"][-1] == ("partly", "Skrivet för sent.")
    assert len(editors.told["P-16"]) == 5
    editors.home.database.dispose()


@pytest.mark.slow
def test_no_saved_answer_is_lost_whatever_people_and_networks_do(
    tmp_path: Path, migrated_sqlite: Path
) -> None:
    connection, accounts = lived(tmp_path / "lived", migrated_sqlite)
    run_state_machine_as_test(
        editing(tmp_path, connection, accounts),
        settings=settings(
            max_examples=10, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


def test_no_saved_answer_is_lost_between_threads(either_story: Story) -> None:
    """Persons who save as fast as they can, each from the version last shown to that person."""
    people = [either_story.people.person[name] for name in WRITERS]
    saved: dict[int, tuple[str | None, str]] = {}
    began = threading.Barrier(len(people))

    def edit(number: int) -> None:
        shown, chance = 0, random.Random(number)
        began.wait(10)
        for turn in range(12):
            said = (chance.choice(("yes", "no", None)), f"{number}:{turn}")
            for _ in range(100):
                try:
                    answer = declarations.save_answer(
                        either_story.home, people[number], either_story.connection, "P-01", *said, shown
                    )
                except Stale as error:
                    stored = error.current
                else:
                    assert answer.version == shown + 1
                    assert answer.version not in saved, (
                        "two persons were told that the same version is theirs"
                    )
                    saved[answer.version] = said
                    shown = answer.version
                    break
                assert isinstance(stored, Stored)
                assert stored.version > shown
                shown = stored.version
            else:
                raise AssertionError("never let in")

    _at_once([lambda number=number: edit(number) for number in range(len(people))])
    with either_story.home.read() as session:
        found = with_organisation(session, either_story.connection)
        assert found is not None
        answer = store.answer(session, found[0], "P-01")
        assert answer is not None
        kept = {
            row.version: (row.value, row.comment) for row, _ in answer_versions.history(session, answer.id)
        }
        assert kept == saved
        assert sorted(kept) == list(range(1, 12 * len(people) + 1))
        assert (answer.version, (answer.value, answer.comment)) == (max(kept), kept[max(kept)])


def _at_once(acts: list[Callable[[], None]]) -> None:
    """Every act in a thread of its own; what one of them raised is raised here."""
    raised: list[BaseException] = []

    def run(act: Callable[[], None]) -> None:
        try:
            act()
        except BaseException as error:  # noqa: BLE001 - handed to the test's own thread
            raised.append(error)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    if raised:
        raise raised[0]
