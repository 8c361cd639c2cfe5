"""Starting, recording, finishing and cancelling a run, as services on both databases."""

import threading
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from checklists import load
from portal.services import runs
from portal.services.installation import Installation
from portal.store import events
from portal.store import runs as store
from portal.store.connections import federation, with_organisation
from portal.store.models import Letter, Run, StepState
from portal.verification.model import CheckResult
from tests.conftest import Clock, make_cast
from tests.story import Story
from workflows.errors import Blocked, Forbidden, NotFound
from workflows.status import Status


class Queue:
    """Remembers the jobs that were put in the queue."""

    def __init__(self) -> None:
        self.jobs: list[tuple[str, str, tuple[Any, ...]]] = []

    def __call__(self, _session: Session, workflow: str, workflow_id: str, args: tuple[Any, ...]) -> None:
        self.jobs.append((workflow, workflow_id, args))


@pytest.fixture
def story(either_home: Installation) -> Story:
    """A connection whose tests are open, with a profile for the demo environment."""
    (either_home.settings.packs_dir / "demo").mkdir(parents=True)
    told = Story(either_home, make_cast(either_home))
    told.qa_connected()
    told.fill_test_object(environment="demo")
    either_home.enqueue = Queue()
    return told


def result(number: str, outcome: str = "passed", fault_owner: str | None = None) -> CheckResult:
    check = load.suite().by_number(number)
    return CheckResult(check.number, check.slug, outcome, check.severity, fault_owner)


def start(story: Story, who: str = "tech") -> str:
    return runs.start(story.home, story.people.person[who], story.connection)


def record_all(story: Story, run_id: str, outcome: str = "passed", owner: str | None = None) -> None:
    """Every result of the plan; the last mandatory one has the outcome."""
    plan = [check.number for check in load.suite().checks]
    last = [check.number for check in load.suite().checks if check.severity == "mandatory"][-1]
    for number in plan:
        worse = number == last
        given = result(number, outcome if worse else "passed", owner if worse else None)
        assert runs.record_result(story.home, run_id, given)


def finished(story: Story, outcome: str = "passed", owner: str | None = None) -> Run:
    run_id = start(story)
    record_all(story, run_id, outcome, owner)
    runs.finish(story.home, run_id)
    return read(story, run_id)


def read(story: Story, run_id: str) -> Run:
    with story.home.read() as session:
        found = store.of(session, story.connection, run_id)
        assert found is not None
        return found


def kinds(story: Story) -> list[str]:
    with story.home.read() as session:
        return [link.kind for link in events.of_connection(session, story.connection)]


def reasons(error: "pytest.ExceptionInfo[Blocked]") -> list[tuple[str, dict[str, str | int]]]:
    return [(reason.code, reason.params) for reason in error.value.reasons]


def test_a_run_its_event_and_its_job_are_stored_together(story: Story) -> None:
    run_id = start(story)
    run = read(story, run_id)
    assert (run.number, run.suite, run.suite_version) == (1, "suite-sdk", load.suite().version)
    assert store.plan(run) == tuple(check.number for check in load.suite().checks)
    assert store.target(run).participant == "0203:referens.anslut.example"
    assert run.finished_at is None
    assert kinds(story)[-2:] == ["StepMoved", "RunStarted"]
    assert story.states()["tests"] is Status.IN_PROGRESS
    assert isinstance(story.home.enqueue, Queue)
    assert story.home.enqueue.jobs == [("run_suite", run_id, (run_id,))]


def test_nothing_is_stored_when_the_job_cannot_be_queued(story: Story) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("no queue")

    story.home.enqueue = broken
    before = kinds(story)
    with pytest.raises(RuntimeError):
        start(story)
    assert kinds(story) == before
    with story.home.read() as session:
        assert store.of_connection(session, story.connection) == []


def test_a_second_start_names_the_run_that_goes_on(story: Story) -> None:
    start(story)
    with pytest.raises(Blocked) as error:
        start(story, "contact")
    assert reasons(error) == [("run_in_progress", {"number": 1})]
    assert kinds(story).count("RunStarted") == 1


def test_a_double_click_makes_one_run(story: Story) -> None:
    gate = threading.Barrier(4)
    started: list[str] = []
    blocked: list[str] = []

    def click() -> None:
        gate.wait()
        try:
            started.append(start(story))
        except Blocked as error:
            blocked.extend(reason.code for reason in error.reasons)

    clicks = [threading.Thread(target=click) for _ in range(4)]
    for one in clicks:
        one.start()
    for one in clicks:
        one.join()
    assert len(started) == 1
    assert blocked == ["run_in_progress"] * 3
    with story.home.read() as session:
        assert [run.id for run in store.of_connection(session, story.connection)] == started
    assert isinstance(story.home.enqueue, Queue)
    assert [job[1] for job in story.home.enqueue.jobs] == started


def test_a_passing_run_finishes_the_tests_and_tells_those_who_follow(story: Story) -> None:
    with story.home.write() as work:
        work.session.query(Letter).delete()
    run = finished(story)
    assert (run.outcome, run.fault_owner) == ("passed", None)
    assert story.states()["tests"] is Status.DONE
    assert kinds(story)[-2:] == ["RunFinished", "StepMoved"]
    with story.home.read() as session:
        letters = session.scalars(select(Letter)).all()
        assert sorted(letter.address for letter in letters) == ["contact@exempel.se", "tech@exempel.se"]
        assert all(f"/runs/{run.id}" in letter.body for letter in letters)
        assert {letter.subject for letter in letters} == {"Exempelstads kommun: körning 1 – godkänd"}


def test_the_one_who_started_is_told_too(story: Story) -> None:
    with story.home.write() as work:
        work.session.query(Letter).delete()
    run_id = start(story, "reviewer")
    record_all(story, run_id)
    runs.finish(story.home, run_id)
    with story.home.read() as session:
        addresses = set(session.scalars(select(Letter.address)))
    assert "reviewer@exempel.se" in addresses


def test_a_failing_run_leaves_the_tests_open(story: Story) -> None:
    run = finished(story, "failed", "operator")
    assert (run.outcome, run.fault_owner) == ("failed", "operator")
    assert story.states()["tests"] is Status.IN_PROGRESS


def test_a_later_failure_opens_the_tests_again(story: Story) -> None:
    finished(story)
    finished(story, "failed", "organisation")
    assert story.states()["tests"] is Status.IN_PROGRESS
    assert finished(story).number == 3
    assert story.states()["tests"] is Status.DONE


@pytest.mark.parametrize("owner", ["federation", "portal", None])
def test_a_fault_of_others_takes_nothing_back(story: Story, owner: str | None) -> None:
    finished(story)
    assert finished(story, "failed", owner).outcome == "failed"
    assert story.states()["tests"] is Status.DONE


@pytest.mark.parametrize(
    ("application", "tests"),
    [
        (Status.NOT_STARTED, Status.IN_PROGRESS),
        (Status.RETURNED, Status.IN_PROGRESS),
        (Status.SUBMITTED, Status.DONE),
        (Status.DONE, Status.DONE),
    ],
)
def test_a_failure_after_the_application_was_sent_comes_too_late(
    story: Story, application: Status, tests: Status
) -> None:
    finished(story)
    with story.home.write() as work:
        row = work.session.get_one(StepState, (story.connection, "application"))
        row.status = application
    finished(story, "failed", "organisation")
    assert story.states()["tests"] is tests


def test_a_check_has_one_result(story: Story) -> None:
    run_id = start(story)
    number = load.suite().checks[0].number
    assert runs.record_result(story.home, run_id, result(number))
    assert not runs.record_result(story.home, run_id, result(number, "failed", "organisation"))
    with story.home.read() as session:
        assert {key: found.outcome for key, found in store.results(session, run_id).items()} == {
            number: "passed"
        }


def test_two_that_record_at_the_same_time_make_one_result(story: Story) -> None:
    run_id, number = start(story), load.suite().checks[0].number
    gate = threading.Barrier(4)
    stored: list[bool] = []

    def record() -> None:
        gate.wait()
        stored.append(runs.record_result(story.home, run_id, result(number)))

    threads = [threading.Thread(target=record) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(stored) == [False, False, False, True]


def test_finishing_twice_is_finishing_once(story: Story) -> None:
    run = finished(story)
    before = kinds(story)
    runs.finish(story.home, run.id)
    assert kinds(story) == before


def test_a_run_that_lacks_results_is_incomplete(story: Story) -> None:
    run_id = start(story)
    runs.record_result(story.home, run_id, result(load.suite().checks[0].number))
    runs.finish(story.home, run_id)
    run = read(story, run_id)
    assert (run.outcome, run.fault_owner) == ("incomplete", "portal")
    assert story.states()["tests"] is Status.IN_PROGRESS


def test_a_cancelled_run_is_incomplete_and_takes_no_more_results(story: Story) -> None:
    run_id = start(story)
    runs.cancel(story.home, story.people.contact, story.connection, run_id)
    run = read(story, run_id)
    assert (run.outcome, run.fault_owner) == ("incomplete", None)
    assert not runs.record_result(story.home, run_id, result(load.suite().checks[0].number))
    assert not runs.claim(story.home, run_id, "one")
    before = kinds(story)
    runs.finish(story.home, run_id)
    runs.cancel(story.home, story.people.contact, story.connection, run_id)
    assert kinds(story) == before
    assert before[-1] == "RunFinished"
    assert read(story, start(story)).number == 2


def test_only_those_who_may_start_and_cancel(story: Story) -> None:
    for who in ("infosec", "signatory", "viewer", "owner_viewer"):
        with pytest.raises(Forbidden):
            start(story, who)
    with pytest.raises(NotFound):
        start(story, "outsider")
    run_id = start(story, "supplier")
    with pytest.raises(NotFound):
        runs.cancel(story.home, story.people.outsider, story.connection, run_id)
    with pytest.raises(NotFound):
        runs.cancel(story.home, story.people.outsider, story.people.other_connection, run_id)
    with pytest.raises(Forbidden):
        runs.cancel(story.home, story.people.viewer, story.connection, run_id)


def test_no_run_before_the_tests_are_open(story: Story) -> None:
    with story.home.write() as work:
        work.session.get_one(StepState, (story.connection, "tests")).status = Status.LOCKED
        work.session.get_one(StepState, (story.connection, "qa_connection")).status = Status.SUBMITTED
    with pytest.raises(Blocked) as error:
        start(story)
    assert reasons(error) == [("needs_step", {"step": "qa_connection"})]


def test_no_run_against_half_a_test_object(story: Story) -> None:
    story.fill_test_object(participant_id="", ap_version="")
    with pytest.raises(Blocked) as error:
        start(story)
    assert {params["field"] for _, params in reasons(error)} == {"participant_id", "ap_version"}


def test_no_run_in_production(story: Story) -> None:
    story.fill_test_object(environment="production")
    with pytest.raises(Blocked) as error:
        start(story)
    assert reasons(error) == [("run_production", {})]


def test_no_run_without_a_profile(story: Story) -> None:
    (story.home.settings.packs_dir / "demo").rmdir()
    with pytest.raises(Blocked) as error:
        start(story)
    assert reasons(error) == [("run_no_pack", {"environment": "demo"})]


def test_at_most_twenty_runs_an_hour(story: Story, clock: Clock) -> None:
    for _ in range(runs.PER_HOUR):
        runs.cancel(story.home, story.people.tech, story.connection, start(story))
        clock.forward(minutes=1)
    with pytest.raises(Blocked) as error:
        start(story)
    assert reasons(error) == [("run_limit", {"n": runs.PER_HOUR})]
    clock.forward(minutes=40)
    assert read(story, start(story)).number == runs.PER_HOUR + 1


def test_history_keeps_its_time_and_makes_no_job(story: Story, clock: Clock) -> None:
    then = clock.at
    clock.forward(days=100)
    run_id = runs.start(story.home, story.people.tech, story.connection, at=then)
    for check in load.suite().checks:
        runs.record_result(story.home, run_id, result(check.number), at=then)
    runs.finish(story.home, run_id, at=then)
    run = read(story, run_id)
    assert run.created_at == run.finished_at == then
    assert isinstance(story.home.enqueue, Queue)
    assert story.home.enqueue.jobs == []


def test_the_run_before_is_the_one_to_compare_with(story: Story) -> None:
    first, second = finished(story, "failed", "organisation"), finished(story)
    with story.home.read() as session:
        before = store.previous(session, second)
        assert before is not None
        assert before.id == first.id
        assert store.previous(session, first) is None
        assert store.of(session, story.people.other_connection, first.id) is None


def test_the_record_of_a_run_is_the_same_each_time(story: Story) -> None:
    from workflows.frozen import canonical

    run = finished(story, "failed", "operator")
    with story.home.read() as session:
        found = with_organisation(session, story.connection)
        assert found is not None
        first = store.record(session, federation(session), *found, run)
        assert canonical(first) == canonical(store.record(session, federation(session), *found, run))
    assert first["kind"] == "run"
    assert first["run"]["outcome"] == "failed"
    assert [row["check"] for row in first["results"]] == first["run"]["plan"]
