"""Verification runs as use cases: start one, store each result once, finish or cancel it."""

import json
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from checklists import load
from checklists.schema import Suite
from portal.services import cases, facts, letters, moves
from portal.services.cases import Case
from portal.services.installation import Installation, Work
from portal.store import runs, testbed
from portal.store.models import Result, Run, TestObject
from portal.store.models.base import new_id
from portal.verification import pack as packs
from portal.verification import runner
from portal.verification.model import CheckResult, Target
from portal.verification.pack import Pack, PackError
from workflows import journey, verification
from workflows.errors import Blocked, NotFound, Reason, Stale
from workflows.events import RunFinished, RunStarted
from workflows.runs import move_after
from workflows.status import OPEN, Status

PER_HOUR = 20
WORKFLOW = "run_suite"


def start(
    home: Installation, person_id: str | None, connection_id: str, *, at: datetime | None = None
) -> str:
    """Start a run of the newest suite against the test object; the id of the run.

    The run, its event and its durable job are one commit. With `at` the run is history: its results are
    recorded by the caller, no job is made, and neither the limit nor what is installed now applies. Raises Blocked
    with every reason that can be named, and Stale when the environment was changed in the same moment.
    """
    pack, suite = _pack(home, person_id, connection_id, installed=at is None), load.suite()
    with home.write(person_id, at) as work:
        case = cases.fetch(work.session, person_id, connection_id, "run.start")
        _must_be_open(case)
        found = _complete(testbed.test_object(work.session, connection_id))
        if found.environment != pack.environment:
            raise Stale
        if at is None:
            _must_be_few(work, found)
        run = _add(work, case, found, pack, suite)
        if case.states["tests"] is not Status.DONE:
            moves.begin(work, case, "tests")
        work.record(
            RunStarted(run.id, run.number), organisation=case.organisation.id, connection=connection_id
        )
        if at is None:
            work.start(WORKFLOW, run.id, run.id)
        return run.id


def cancel(home: Installation, person_id: str, connection_id: str, run_id: str) -> None:
    """End a run that goes on; it is incomplete, and results that come later are not stored."""
    with home.write(person_id) as work:
        case = cases.fetch(work.session, person_id, connection_id, "run.start")
        run = _locked(work.session, run_id)
        if run.connection_id != connection_id:
            raise NotFound
        if run.finished_at is None:
            _close(work, case, run, "incomplete", None)


def claim(home: Installation, run_id: str, executor: str) -> bool:
    """Note which worker runs it; False when there is nothing left to run."""
    with home.write() as work:
        run = _locked(work.session, run_id)
        if run.finished_at is not None:
            return False
        run.executor = executor
        return True


def record_result(
    home: Installation, run_id: str, result: CheckResult, *, at: datetime | None = None
) -> bool:
    """Store the result of one check; False when the check already has one or the run is over."""
    with home.write(None, at) as work:
        run = _locked(work.session, run_id)
        stored = select(Result.id).where(Result.run_id == run_id, Result.check == result.check)
        if run.finished_at is not None or work.session.scalar(stored) is not None:
            return False
        work.session.add(
            Result(
                run_id=run_id,
                check=result.check,
                outcome=result.outcome,
                evidence_sha256=result.evidence_sha256,
                milliseconds=result.milliseconds,
                body=json.dumps(result.to_body(), ensure_ascii=False, sort_keys=True),
                stored_at=work.now,
            )
        )
        return True


def finish(home: Installation, run_id: str, *, at: datetime | None = None) -> None:
    """Judge the run from its results, make the move it leads to and write to those who follow it.

    A run that lacks a result of its plan is incomplete. Doing it twice does nothing more.
    """
    with home.write(None, at) as work:
        started = work.session.get(Run, run_id)
        if started is None:
            raise NotFound
        # The connection is held before the run, as everywhere else, so that nobody waits for each other.
        case = cases.fetch(work.session, None, started.connection_id, "run.see")
        run = _locked(work.session, run_id)
        if run.finished_at is not None:
            return
        found = runs.results(work.session, run_id)
        verdict = verification.judge(list(found.values()))
        whole = set(runs.plan(run)) <= set(found)
        outcome = verdict.outcome if whole else "incomplete"
        owner = verdict.fault_owner if whole else "portal"
        _close(work, case, run, outcome, owner)
        _move(work, case, outcome, owner)
        letters.run_finished(work, case, run)


def _pack(home: Installation, person_id: str | None, connection_id: str, *, installed: bool) -> Pack:
    """The profile pack of the test object's environment, read from its files before the write begins."""
    with home.read() as session:
        cases.fetch(session, person_id, connection_id, "run.start")
        environment = _complete(testbed.test_object(session, connection_id)).environment
    if environment == "production":
        raise Blocked((Reason("run_production", place="qa_connection"),))
    unusable = Blocked((Reason("run_no_pack", {"environment": environment}, place="qa_connection"),))
    if installed and environment not in packs.environments(home.settings.packs_dir):
        raise unusable
    try:
        return packs.load(home.settings.packs_dir, environment)
    except PackError as error:
        raise unusable from error


def _must_be_open(case: Case) -> None:
    status = case.states.get("tests", Status.LOCKED)
    if status in OPEN or status is Status.DONE:
        return
    locked = journey.lock_reasons(case.journey, "tests", case.states)
    raise Blocked(locked or (Reason("not_now", {"step": "tests", "status": status}, place="tests"),))


def _complete(found: TestObject | None) -> TestObject:
    missing = testbed.missing(found)
    if found is None or missing:
        raise Blocked(
            tuple(
                Reason("test_object_missing", {"field": name}, place=f"qa_connection:{name}")
                for name in missing
            )
        )
    return found


def _must_be_few(work: Work, found: TestObject) -> None:
    begun = runs.started_between(work.session, found.id, work.now - timedelta(hours=1), work.now)
    if begun >= PER_HOUR:
        raise Blocked((Reason("run_limit", {"n": PER_HOUR}, place="tests"),))


def _add(work: Work, case: Case, found: TestObject, pack: Pack, suite: Suite) -> Run:
    """Add the run; the partial unique index decides whether one goes on already."""
    number = work.session.execute(
        update(TestObject)
        .where(TestObject.id == found.id)
        .values(last_run=TestObject.last_run + 1)
        .returning(TestObject.last_run)
        .execution_options(synchronize_session=False)
    ).scalar_one()
    pems = {row.purpose: row.pem for row in testbed.certificates(work.session, found.id)}
    aim = Target(participant=found.participant_id, environment=found.environment, certificates=pems)
    run = Run(
        id=new_id(),
        connection_id=case.connection.id,
        test_object_id=found.id,
        number=number,
        suite=suite.id,
        suite_version=suite.version,
        pack=pack.id,
        pack_version=pack.version,
        target=json.dumps(aim.to_body(), ensure_ascii=False, sort_keys=True),
        plan=json.dumps(list(runner.plan(suite))),
        started_by=work.actor,
        created_at=work.now,
    )
    try:
        with work.session.begin_nested():
            work.session.add(run)
    except IntegrityError:
        going = runs.in_progress(work.session, found.id)
        if going is None:
            raise
        raise Blocked((Reason("run_in_progress", {"number": going.number}, place="tests"),)) from None
    return run


def _locked(session: Session, run_id: str) -> Run:
    run = session.get(Run, run_id, with_for_update=True)
    if run is None:
        raise NotFound
    return run


def _close(work: Work, case: Case, run: Run, outcome: str, fault_owner: str | None) -> None:
    run.finished_at, run.outcome, run.fault_owner = work.now, outcome, fault_owner
    work.session.flush()
    work.record(
        RunFinished(run.id, run.number, outcome),
        organisation=case.organisation.id,
        connection=case.connection.id,
    )


def _move(work: Work, case: Case, outcome: str, fault_owner: str | None) -> None:
    """Make the move that the outcome leads to, unless the table's guards say that it comes too late."""
    name = move_after(outcome, fault_owner, case.states["tests"])
    if name is None:
        return
    known = facts.of(work.session, case, today=work.today, actor=None)
    if not journey.reasons_against(journey.move("tests", name), known):
        moves.make(work, case, "tests", name, known)
