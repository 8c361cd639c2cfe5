"""`portal serve` as a person runs it: it serves, restarts what dies, and leaves nothing behind when it ends."""

import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from portal.services.installation import Installation
from portal.store.connections import federation
from tests.conftest import make_cast

pytestmark = pytest.mark.slow
PATIENCE = 60.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def children(pid: int) -> list[int]:
    """The process ids below a process, its children's children too."""
    try:
        found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except FileNotFoundError:
        return []
    return [int(child) for child in found] + [deeper for child in found for deeper in children(int(child))]


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def command(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


class Serving:
    """`portal serve` with its output, line by line."""

    def __init__(self, home: Installation, port: int, *args: str, host: str = "127.0.0.1") -> None:
        self.port = port
        self.process = subprocess.Popen(
            [sys.executable, "-u", "-m", "portal", "serve", *args],
            env={
                **{name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")},
                "PORTAL_DATA_DIR": str(home.settings.data_dir),
                "PORTAL_BIND": f"{host}:{port}",
                "HOME": str(home.settings.data_dir.parent),
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.said: list[str] = []
        self._lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as output:
            for line in output:
                self._lines.put(line.rstrip())

    def says(self, part: str) -> str:
        """Wait for a line with these words."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                line = self._lines.get(timeout=0.2)
            except queue.Empty:
                if self.process.poll() is not None and self._lines.empty():
                    break
                continue
            self.said.append(line)
            if part in line:
                return line
        raise AssertionError(f"{part!r} was never said. It said: {self.said}")

    def of(self, words: str) -> list[int]:
        return [pid for pid in children(self.process.pid) if words in command(pid)]


@pytest.fixture
def serve(home: Installation) -> Iterator[Callable[..., Serving]]:
    make_cast(home)
    home.database.dispose()
    started: list[Serving] = []

    def start(*args: str, port: int | None = None, host: str = "127.0.0.1") -> Serving:
        started.append(Serving(home, port or free_port(), *args, host=host))
        return started[-1]

    yield start
    for one in started:
        if one.process.poll() is None:
            one.process.terminate()
            one.process.wait(timeout=30)


def test_it_serves_restarts_what_dies_and_leaves_nothing(
    serve: Callable[..., Serving], tmp_path: Path
) -> None:
    serving = serve()
    assert serving.says("Anslut: ") == f"Anslut: http://127.0.0.1:{serving.port}"
    assert serving.said.index("Starting worker …") < serving.said.index("Starting web …")
    with pytest.raises(urllib.error.HTTPError) as error:
        urllib.request.urlopen(f"http://127.0.0.1:{serving.port}/no-such-page", timeout=20)
    error.value.close()
    assert error.value.code == 404

    (worker,) = serving.of("portal worker")
    os.kill(worker, signal.SIGKILL)
    serving.says("worker ended with code -9; starting it again in 1 s.")
    until(lambda: serving.of("portal worker") not in ([], [worker]))

    every = children(serving.process.pid)
    assert len(every) >= 3
    serving.process.terminate()
    assert serving.process.wait(timeout=20) == 0
    until(lambda: not any(is_running(pid) for pid in every))
    assert not answers(serving.port)
    assert not (tmp_path / ".gunicorn").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children with their parent")
def test_no_orphans_after_kill_9(serve: Callable[..., Serving]) -> None:
    serving = serve()
    serving.says("Anslut: ")
    every = children(serving.process.pid)
    serving.process.kill()
    serving.process.wait()
    until(lambda: not any(is_running(pid) for pid in every))
    assert not answers(serving.port)


def test_a_taken_port_says_what_to_do(serve: Callable[..., Serving]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        serving = serve(port=port)
        assert f"PORTAL_BIND=127.0.0.1:{port + 1}" in serving.says("is taken by another program")
        assert serving.process.wait(timeout=20) == 1


def test_the_reference_organisation_is_refused_outside_a_demo(serve: Callable[..., Serving]) -> None:
    serving = serve("--demo-reference")
    serving.says("was not made by `portal demo`")
    assert serving.process.wait(timeout=20) == 1


def test_a_demo_listens_on_loopback_only(serve: Callable[..., Serving], home: Installation) -> None:
    with home.write() as work:
        federation(work.session).demo = True
    home.database.dispose()
    serving = serve(host="0.0.0.0")
    serving.says("A demo only listens on loopback")
    assert serving.process.wait(timeout=20) == 1
