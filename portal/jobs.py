"""The durable workflows and what a worker does by the clock: beat, sweep up the work of the dead, send letters.

The domain's rows are the truth: a workflow carries only the id of its run, and doing it again does what is left.
What goes by the clock makes no rows in the job engine, since a row per tick would be all that it ever held.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from dbos import DBOS, DBOSConfig, WorkflowSerializationFormat
from sqlalchemy.exc import SQLAlchemyError

from checklists import load
from portal.queue import APPLICATION, QUEUE, options, prepare
from portal.services import conditions, file_keeping, outbox, reminders, runs, workers
from portal.services.installation import Installation
from portal.store import runs as stored
from portal.store.models import Run
from portal.verification import pack as packs
from portal.verification import runner
from portal.verification.model import CheckResult

# One name for every version, so that an upgrade never leaves the runs of the version before it waiting.
VERSION = "anslut"
AT_ONCE = 4
BEAT_SECONDS = 4.0
SWEEP_SECONDS = 3.0
LETTER_SECONDS = 2.0
# What happens once a day is asked for more often, so that it happens soon after midnight wherever the worker began.
DAILY_CHECK_SECONDS = 900.0
FILE_SECONDS = 60.0
REMINDER_SECONDS = 600.0
POLL_SECONDS = 0.5
LAST_CHANCE_SECONDS = 3
ENDED = frozenset({"SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"})
log = structlog.get_logger()


@dataclass
class _Worker:
    """What the workflows of this process need; set once, before the engine starts."""

    home: Installation
    executor: str


_here: list[_Worker] = []


@DBOS.workflow(name=runs.WORKFLOW, serialization_type=WorkflowSerializationFormat.PORTABLE)
def run_suite(run_id: str) -> None:
    """Run what is left of a run. Started again after a kill it continues after the last stored result."""
    worker = _here[0]
    execute(worker.home, run_id, worker.executor)


def execute(home: Installation, run_id: str, executor: str) -> None:
    """Make the checks of a run that have no result yet, store each as it comes, and finish the run."""
    if not runs.claim(home, run_id, executor):
        return
    with home.read() as session:
        run = session.get_one(Run, run_id)
        plan, target, done = stored.plan(run), stored.target(run), stored.results(session, run_id)
    try:
        runner.execute(
            target,
            packs.load(home.settings.packs_dir, target.environment),
            load.suite(run.suite_version),
            plan,
            done,
            lambda result: _store(home, run_id, result),
            lambda: _is_over(home, run_id),
            home.settings,
        )
    except Exception:
        # The run must end: one that neither goes on nor ends would keep its test object from ever running again.
        log.exception("a run broke off", run=run_id)
    runs.finish(home, run_id)


def _store(home: Installation, run_id: str, result: CheckResult) -> None:
    runs.record_result(home, run_id, result)


def _is_over(home: Installation, run_id: str) -> bool:
    with home.read() as session:
        return session.get_one(Run, run_id).finished_at is not None


def sweep(home: Installation) -> None:
    """Give every unfinished run someone who runs it, or an end when its workflow has ended without one."""
    with home.read() as session:
        unfinished = [run.id for run in stored.unfinished(session)]
    if not unfinished:
        return
    alive = workers.alive(home)
    for run_id in unfinished:
        try:
            _look_after(home, run_id, alive)
        except Exception:
            # One run that cannot be helped must not keep the others from it.
            log.exception("a run could not be looked after; trying again", run=run_id)


def _look_after(home: Installation, run_id: str, alive: frozenset[str]) -> None:
    status = DBOS.get_workflow_status(run_id)
    if status is None:
        DBOS.enqueue_workflow_with_options(options(runs.WORKFLOW, run_id), run_id)
    elif status.status in ENDED:
        runs.finish(home, run_id)
    elif status.status == "PENDING" and status.executor_id not in alive:
        log.info("taking over a run from a silent worker", run=run_id, executor=status.executor_id)
        DBOS.resume_workflow(run_id, queue_name=QUEUE)


def work(home: Installation, stopping: threading.Event, ready: Callable[[], None] = lambda: None) -> None:
    """Be a worker until told to stop. What is cut off is left as it stands, and another worker goes on with it."""
    executor = workers.own_name()
    _here[:] = [_Worker(home, executor)]
    prepare(home.settings)
    workers.beat(home, executor)
    DBOS(config=_config(home, executor))
    DBOS.launch()
    DBOS.register_queue(
        QUEUE, worker_concurrency=AT_ONCE, polling_interval_sec=POLL_SECONDS, on_conflict="always_update"
    )
    log.info("the worker is ready", executor=executor)
    ready()
    try:
        _keep_time(home, executor, stopping)
    finally:
        DBOS.destroy(workflow_completion_timeout_sec=LAST_CHANCE_SECONDS if _is_busy(home, executor) else 0)
        workers.leave(home, executor)


def _config(home: Installation, executor: str) -> DBOSConfig:
    return {
        "name": APPLICATION,
        "system_database_url": home.settings.database,
        "application_version": VERSION,
        "executor_id": executor,
        "log_level": "WARNING",
        "scheduler_polling_interval_sec": 3600.0,
    }


def _is_busy(home: Installation, executor: str) -> bool:
    with home.read() as session:
        return any(run.executor == executor for run in stored.unfinished(session))


def _keep_time(home: Installation, executor: str, stopping: threading.Event) -> None:
    """Do each regular task when its time comes; a database that cannot be reached is tried again."""
    tasks: list[tuple[float, Callable[[], object]]] = [
        (BEAT_SECONDS, lambda: workers.beat(home, executor)),
        (SWEEP_SECONDS, lambda: sweep(home)),
        (LETTER_SECONDS, lambda: outbox.deliver(home)),
        (DAILY_CHECK_SECONDS, lambda: conditions.lapse(home)),
        (3600.0, lambda: workers.forget(home)),
        (REMINDER_SECONDS, lambda: reminders.send_due(home)),
        (FILE_SECONDS, lambda: file_keeping.scan_waiting(home)),
        (3600.0, lambda: file_keeping.sweep(home)),
    ]
    threads = [
        threading.Thread(target=_every, args=(seconds, task, stopping), daemon=True)
        for seconds, task in tasks
    ]
    for thread in threads:
        thread.start()
    stopping.wait()
    for thread in threads:
        thread.join(timeout=LAST_CHANCE_SECONDS)


def _every(seconds: float, task: Callable[[], object], stopping: threading.Event) -> None:
    while not stopping.is_set():
        began = time.monotonic()
        try:
            task()
        except SQLAlchemyError as error:
            log.warning("the database could not be used; trying again", error=str(error).splitlines()[0])
        except Exception:
            # A worker that stops beating is taken for dead, so nothing may end this loop but the order to stop.
            log.exception("a regular task failed; trying again")
        stopping.wait(max(0.1, seconds - (time.monotonic() - began)))
