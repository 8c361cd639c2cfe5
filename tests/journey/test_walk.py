"""Walking the journey at random: nobody without the role moves anything, and the events tell the same as the state."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from portal.services.installation import Installation
from portal.store import connections, events
from tests.conftest import Clock, installation, make_cast
from tests.story import MOVES_BY_PEOPLE, Story
from workflows import journey
from workflows.access import TABLE
from workflows.errors import Blocked, Forbidden, Invalid, NotFound, Refusal
from workflows.events import fold
from workflows.status import Status

WORK = (
    "fill_order",
    "fill_application",
    "fill_test_object",
    "tick_registrations",
    "tick_production",
    "tick_introduction",
    "answer_all",
    "deviate",
    "plan",
    "flow",
    "risk",
    "red_risk",
    "passing_run",
    "failing_run",
    "accept_lines",
    "return_line",
)
AHEAD = ("qa_connected", "tested", "declared", "risks_done", "applied", "approved", "in_production")
PEOPLE = (
    "contact",
    "infosec",
    "tech",
    "business",
    "signatory",
    "viewer",
    "outsider",
    "supplier",
    "admin",
    "reviewer",
    "approver",
    "second_approver",
    "owner_viewer",
)


def walk_of(folder: Path, database: Path) -> type[RuleBasedStateMachine]:
    class Walk(RuleBasedStateMachine):
        """Each example has an installation of its own."""

        made = 0

        def __init__(self) -> None:
            super().__init__()
            type(self).made += 1
            data = folder / f"walk-{type(self).made}"
            data.mkdir()
            (data / "anslut.sqlite3").write_bytes(database.read_bytes())
            self.home: Installation = installation("", data, Clock())
            self.story = Story(self.home, make_cast(self.home))

        @rule(name=st.sampled_from(WORK))
        def work(self, name: str) -> None:
            self._try(self.story.everything()[name])

        @rule(name=st.sampled_from(AHEAD))
        def hurry(self, name: str) -> None:
            self._try(getattr(self.story, name))

        @rule(who=st.sampled_from(PEOPLE), row=st.sampled_from(MOVES_BY_PEOPLE))
        def move(self, who: str, row: journey.Move) -> None:
            before = self.story.states()
            with self.home.read() as session:
                roles = connections.roles_towards(
                    session, self.story.people.person[who], self.story.people.organisation
                )
            allowed = bool(TABLE[str(row.who)] & roles)
            try:
                made = self.story.move(who, row.step, row.name)
            except NotFound:
                assert not roles
            except Forbidden:
                assert not allowed
            except (Blocked, Invalid):
                assert allowed
            else:
                assert allowed
                assert not made or row.step in before
                return
            assert self.story.states() == before

        def _try(self, attempt: Callable[[], object]) -> None:
            with suppress(Refusal):
                attempt()

        @invariant()
        def events_tell_the_state(self) -> None:
            with self.home.read() as session:
                told = fold(
                    events.as_event(link) for link in events.of_connection(session, self.story.connection)
                )
            assert told == self.story.states()

        @invariant()
        def every_state_is_reachable(self) -> None:
            states = self.story.states()
            table = journey.of("sdk")
            for step in table.steps:
                if states[step.id] is not Status.LOCKED and step.opens_after:
                    opened = [need for need, _ in step.opens_after if states[need] is Status.LOCKED]
                    assert not opened, f"{step.id} is open before {opened}"
            with self.home.read() as session:
                found = connections.with_organisation(session, self.story.connection)
            assert found is not None
            assert found[0].stage == journey.stage(table, states)
            assert found[0].step == journey.current_step(table, states)
            assert found[0].turn == journey.whose_turn(table, states)

        def teardown(self) -> None:
            with self.home.read() as session:
                broken = list(events.breaks(session, self.home.key, self.home.heads_file))
            self.home.database.dispose()
            assert not broken

    return Walk


@pytest.mark.slow
def test_walking_at_random_never_breaks_the_tables(tmp_path: Path, migrated_sqlite: Path) -> None:
    run_state_machine_as_test(
        walk_of(tmp_path, migrated_sqlite),
        settings=settings(
            max_examples=8, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
