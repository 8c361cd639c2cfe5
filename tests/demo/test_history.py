"""The demo's history: every step in every status, states that follow from the events, times that people work."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from portal.demo import cast
from portal.services.installation import SWEDEN
from portal.store import events, overview
from portal.store.connections import of_person, statuses, step_rows, without_connection
from portal.store.models import (
    Action,
    Answer,
    Connection,
    Decision,
    Federation,
    Letter,
    Membership,
    Organisation,
    Person,
    Run,
    StepState,
    StoredEvent,
)
from tests.demo.conftest import NOW, Demo
from workflows import journey
from workflows.access import OWNER_ROLES
from workflows.events import fold
from workflows.status import Status

pytestmark = pytest.mark.slow


def test_the_stored_states_are_those_that_the_events_lead_to(demo: Demo) -> None:
    with demo.home.read() as session:
        connections = session.scalars(select(Connection)).all()
        assert len(connections) == len(cast.PLAYERS) - 1
        for connection in connections:
            states = statuses(step_rows(session, connection.id))
            told = map(events.as_event, events.of_connection(session, connection.id))
            assert fold(told) == states, connection.reference
            table = journey.of(connection.journey)
            assert connection.stage == journey.stage(table, states)
            assert connection.step == journey.current_step(table, states)
            assert connection.turn == journey.whose_turn(table, states)


def test_the_chain_of_events_is_whole(demo: Demo) -> None:
    with demo.home.read() as session:
        assert not list(events.breaks(session, demo.home.key, demo.home.heads_file))
        assert (session.scalar(select(func.count(StoredEvent.seq))) or 0) > 5000


def test_every_step_stands_in_every_status_it_can_have(demo: Demo) -> None:
    table = journey.of("sdk")
    wanted = {(step.id, Status.LOCKED) for step in table.steps if step.opens_after}
    wanted |= {(step, Status.NOT_STARTED) for step in table.ids}
    wanted |= {(row.step, row.target) for row in journey.MOVES if row.step in table.ids}
    with demo.home.read() as session:
        rows = session.execute(select(StepState.step, StepState.status).distinct()).all()
    assert wanted - {(row[0], Status(row[1])) for row in rows} == set()


def test_it_begins_eighteen_months_ago_and_ends_before_now(demo: Demo) -> None:
    with demo.home.read() as session:
        times = session.scalars(select(StoredEvent.at).order_by(StoredEvent.seq)).all()
    assert NOW - timedelta(days=570) < times[0] < NOW - timedelta(days=535)
    assert NOW - timedelta(days=10) < times[-1] < NOW
    assert list(times) == sorted(times), "the chain is in the order of its times"
    local = [at.astimezone(SWEDEN) for at in times]
    assert all(at.weekday() < 5 for at in local)
    assert all(7 <= at.hour <= 19 for at in local)


def test_the_newcomer_can_begin_with_everybody_needed(demo: Demo) -> None:
    story = demo.stories[cast.READY.name]
    with demo.home.read() as session:
        assert of_person(session, story.person("contact")) == []
        [organisation] = without_connection(session, story.person("contact"))
        assert organisation.name == "Exempelstads kommun"
        roles = session.scalars(
            select(Membership.role).where(Membership.organisation_id == organisation.id)
        ).all()
        assert set(roles) == {"contact", "infosec", "tech", "business", "signatory", "viewer"}
        assert session.get_one(Person, story.person("contact")).name == "Karin Lund"


def test_the_owner_has_what_two_approvers_need(demo: Demo) -> None:
    with demo.home.read() as session:
        federation = session.get_one(Federation, 1)
        assert federation.demo
        roles = session.scalars(
            select(Membership.role).where(Membership.organisation_id == federation.owner_id)
        ).all()
    assert roles.count("owner_approver") == 2
    assert set(roles) == {role.value for role in OWNER_ROLES}


def test_every_rule_about_persons_was_kept(demo: Demo) -> None:
    with demo.home.read() as session:
        decided = session.scalars(
            select(Decision).where(Decision.step == "application", Decision.kind.like("approved%"))
        ).all()
        waiting = overview.waiting(session, ["order", "qa_connection", "declaration", "risk", "application"])
    done = [found for found in decided if found.decided_by]
    assert len(done) > 10
    assert all(found.endorsed_by and found.endorsed_by != found.decided_by for found in done)
    assert {found.kind for found in done} == {"approved", "approved_with_conditions"}
    assert len(waiting) >= 7


def test_declarations_runs_and_plans_are_there(demo: Demo) -> None:
    with demo.home.read() as session:
        values = set(session.scalars(select(Answer.value).distinct()))
        assert values == {"yes", "partly", "no", "not_applicable"}
        counted = session.execute(select(Run.outcome, func.count()).group_by(Run.outcome)).all()
        outcomes = {row[0]: row[1] for row in counted}
        assert outcomes["failed"] >= 4
        assert outcomes["passed"] > outcomes["failed"]
        assert set(session.scalars(select(Action.status).distinct())) >= {"planned", "done"}
        listed = overview.listed(session)
    names = [row[0] for row in listed]
    assert len(names) >= 10
    assert "Hasselvikens kommun" not in names


def test_letters_of_the_past_are_not_sent_again(demo: Demo) -> None:
    with demo.home.read() as session:
        assert (session.scalar(select(func.count(Letter.id))) or 0) > 500
        assert session.scalar(select(func.count(Letter.id)).where(Letter.sent_at.is_(None))) == 0


def test_everything_in_it_is_made_up(demo: Demo) -> None:
    with demo.home.read() as session:
        addresses = session.scalars(select(Person.email)).all()
        numbers = session.scalars(select(Organisation.org_number)).all()
    assert all(address.endswith(".example") for address in addresses)
    assert len(addresses) > 200
    assert all(number is None or number.startswith("2999") for number in numbers)


def test_its_making_tells_how_far_it_has_come(demo: Demo) -> None:
    assert 5 <= len(demo.told) <= 20
