"""Real worker processes on both databases: killed in the middle, taken over, stopped, and given what was never queued."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import pytest
from dnslib import RCODE, DNSRecord
from sqlalchemy import func, select

from checklists import load
from portal.queue import client_for
from portal.reference.addresses import Ports
from portal.reference.serve import serving
from portal.services import runs, workers
from portal.services.installation import Installation
from portal.store import events
from portal.store import runs as store
from portal.store.models import Letter, Result, Run, Worker
from tests.conftest import Clock, make_cast
from tests.story import Story
from workflows.status import Status

pytestmark = pytest.mark.slow
PATIENCE = 45.0


class Tarpit:
    """A name server that takes every question and answers none, until it is told to.

    Then it passes the question on to another name server, or denies that the name exists when it knows of none.
    """

    def __init__(self) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.port: int = self.socket.getsockname()[1]
        self.behind: int | None = None
        self.answering = threading.Event()
        self.asked = threading.Event()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                question, address = self.socket.recvfrom(4096)
                self.asked.set()
                if self.answering.is_set():
                    self.socket.sendto(self._answer(question), address)
            except OSError:
                return

    def _answer(self, question: bytes) -> bytes:
        if self.behind is None:
            reply = DNSRecord.parse(question).reply()
            reply.header.rcode = RCODE.NXDOMAIN
            return bytes(reply.pack())
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as relay:
            relay.settimeout(5)
            relay.sendto(question, ("127.0.0.1", self.behind))
            return relay.recv(4096)

    def close(self) -> None:
        self.socket.close()


@pytest.fixture
def tarpit() -> Iterator[Tarpit]:
    found = Tarpit()
    yield found
    found.close()


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Ports]]:
    """The reference organisation on ports of its own: its folder of profiles and its ports."""
    folder = tmp_path_factory.mktemp("reference")
    with serving(folder, Ports(0, 0, 0, 0)) as ports:
        yield folder / "packs" / "demo", ports


@pytest.fixture
def story(either_home: Installation, clock: Clock, tarpit: Tarpit) -> Story:
    """A connection whose tests are open, in an environment whose name server is the tarpit."""
    folder = either_home.settings.packs_dir / "demo"
    folder.mkdir(parents=True)
    ports = {"dns": tarpit.port, "smp": 9, "tls": 9, "crl": 9}
    (folder / "ports.json").write_text(json.dumps(ports))
    clock.at = datetime.now(UTC)
    told = Story(either_home, make_cast(either_home))
    told.qa_connected()
    told.fill_test_object(environment="demo")
    return told


class WorkerProcess:
    """`portal worker` as a process of its own."""

    def __init__(self, home: Installation, log: Path) -> None:
        self.log = log
        with log.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "portal", "worker"],
                env={
                    **{name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")},
                    "PORTAL_DATA_DIR": str(home.settings.data_dir),
                    "PORTAL_DATABASE_URL": home.settings.database,
                    "PORTAL_ALLOW_LOOPBACK": "true",
                },
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=15)


@pytest.fixture
def worker(story: Story, tmp_path: Path) -> Iterator[Callable[[], WorkerProcess]]:
    started: list[WorkerProcess] = []

    def start() -> WorkerProcess:
        started.append(WorkerProcess(story.home, tmp_path / f"worker-{len(started)}.log"))
        return started[-1]

    yield start
    for one in started:
        if one.process.poll() is None:
            one.kill()
        print(one.log.read_text())


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def read(story: Story, run_id: str) -> tuple[Run, dict[str, int]]:
    """The run and how many results each check has."""
    with story.home.read() as session:
        checks = session.scalars(select(Result.check).where(Result.run_id == run_id))
        return session.get_one(Run, run_id), Counter(checks)


def is_finished(story: Story, run_id: str) -> bool:
    return read(story, run_id)[0].finished_at is not None


def kinds(story: Story) -> list[str]:
    with story.home.read() as session:
        return [link.kind for link in events.of_connection(session, story.connection)]


def test_a_run_survives_kill_9_with_one_result_per_check(
    story: Story, worker: Callable[[], WorkerProcess], tarpit: Tarpit, reference: tuple[Path, Ports]
) -> None:
    """Killed while it waits for a name, the run goes on in another worker, after its last result, and passes."""
    follow(story, tarpit, *reference)
    story.home.enqueue = client_for(story.home.settings)
    run_id = runs.start(story.home, story.people.tech, story.connection)
    first = worker()
    until(lambda: tarpit.asked.is_set() and len(read(story, run_id)[1]) > 0)
    first.kill()
    before, stored = read(story, run_id)
    assert before.finished_at is None
    assert 0 < len(stored) < len(store.plan(before))

    tarpit.answering.set()
    second = worker()
    until(lambda: is_finished(story, run_id))
    after, counts = read(story, run_id)
    assert counts == dict.fromkeys(store.plan(after), 1)
    assert after.executor != before.executor
    assert (after.outcome, after.fault_owner) == ("passed", None)
    assert kinds(story)[-2:] == ["RunFinished", "StepMoved"]
    assert kinds(story).count("RunFinished") == 1
    assert story.states()["tests"] is Status.DONE
    until(lambda: _letters_left(story) == 0)
    assert second.stop() == 0
    with story.home.read() as session:
        left = [int(name.split("/")[1]) for name in session.scalars(select(Worker.executor))]
    assert second.process.pid not in left
    assert "dbos.dev" not in first.log.read_text() + second.log.read_text()


def follow(story: Story, tarpit: Tarpit, profile: Path, ports: Ports) -> None:
    """Let the demo's profile be that of the reference organisation, with the tarpit before its name server."""
    here = story.home.settings.packs_dir / "demo"
    shutil.copytree(profile, here, dirs_exist_ok=True)
    (here / "ports.json").write_text(json.dumps(asdict(ports) | {"dns": tarpit.port}))
    tarpit.behind = ports.dns


def _letters_left(story: Story) -> int:
    with story.home.read() as session:
        return session.scalars(select(func.count()).select_from(Letter).where(Letter.sent_at.is_(None))).one()


def test_a_run_that_was_never_queued_is_found(
    story: Story, worker: Callable[[], WorkerProcess], tarpit: Tarpit
) -> None:
    """As after a restore, or a start from a program without a queue."""
    tarpit.answering.set()
    run_id = runs.start(story.home, story.people.tech, story.connection)
    one = worker()
    until(lambda: is_finished(story, run_id))
    assert set(read(story, run_id)[1]) == {check.number for check in load.suite().checks}
    assert one.stop() == 0


def test_a_worker_told_to_stop_leaves_its_run_to_the_next(
    story: Story, worker: Callable[[], WorkerProcess], tarpit: Tarpit
) -> None:
    story.home.enqueue = client_for(story.home.settings)
    run_id = runs.start(story.home, story.people.tech, story.connection)
    first = worker()
    until(tarpit.asked.is_set)
    assert first.stop() == 0
    assert not is_finished(story, run_id)
    tarpit.answering.set()
    worker()
    until(lambda: is_finished(story, run_id))
    run, counts = read(story, run_id)
    assert counts == dict.fromkeys(store.plan(run), 1)


def test_a_cancelled_run_stops_in_the_worker(
    story: Story, worker: Callable[[], WorkerProcess], tarpit: Tarpit
) -> None:
    story.home.enqueue = client_for(story.home.settings)
    run_id = runs.start(story.home, story.people.tech, story.connection)
    one = worker()
    until(tarpit.asked.is_set)
    stored = read(story, run_id)[1]
    runs.cancel(story.home, story.people.tech, story.connection, run_id)
    tarpit.answering.set()
    again = runs.start(story.home, story.people.tech, story.connection)
    until(lambda: is_finished(story, again))
    run, counts = read(story, run_id)
    assert run.outcome == "incomplete"
    assert len(counts) <= len(stored) + 1
    assert one.process.poll() is None


def test_a_silent_worker_and_a_dead_process_are_not_alive(either_home: Installation, clock: Clock) -> None:
    ended = subprocess.Popen([sys.executable, "-c", "pass"])
    ended.wait()
    machine = workers.own_name().split("/")[0]
    ours, dead, elsewhere = workers.own_name(), f"{machine}/{ended.pid}/abc", f"other.1/{ended.pid}/abc"
    for name in (ours, dead, elsewhere):
        workers.beat(either_home, name)
    assert workers.alive(either_home) == {ours, elsewhere}
    clock.forward(seconds=workers.SILENT.total_seconds() + 1)
    workers.beat(either_home, ours)
    assert workers.alive(either_home) == {ours}
    clock.forward(days=8)
    workers.forget(either_home)
    with either_home.read() as session:
        assert session.scalars(select(Worker)).all() == []
