"""Keeps web, worker and, in a demo, the reference organisation running as child processes of one command."""

import errno
import http.client
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from types import FrameType
from typing import IO

from portal.settings import Settings

START_SECONDS = 60
STOP_SECONDS = 10
LONGEST_WAIT = 30
STEADY_SECONDS = 60
TICK_SECONDS = 0.2


class CannotServe(Exception):
    """The processes cannot be started; the message says why and what to do."""


@dataclass
class Child:
    """One supervised process. `is_ready` tells the line of output that means it is ready; None: when a page comes."""

    name: str
    command: list[str]
    is_ready: Callable[[str], bool] | None = None
    extra: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[str] | None = None
    started: float = 0.0
    failures: int = 0
    start_at: float | None = None


def children(settings: Settings, *, demo: bool, reference: bool) -> list[Child]:
    """The processes of an installation, in the order they are started."""
    portal = [sys.executable, "-m", "portal"]
    reach = {"PORTAL_ALLOW_LOOPBACK": "true"} if demo else {}
    found = [
        Child("worker", [*portal, "worker"], lambda line: "ready" in line, reach),
        Child("web", _web(settings)),
    ]
    if reference:
        command = [*portal, "reference", "serve", "--json"]
        found.insert(0, Child("reference", command, lambda line: line.startswith("{")))
    return found


def _web(settings: Settings) -> list[str]:
    return [
        sys.executable,
        "-m",
        "gunicorn",
        "--no-control-socket",
        "--worker-class=portal.gathering.Worker",
        "--workers=1",
        f"--threads={settings.threads}",
        f"--bind={settings.bind}",
        "--log-level=warning",
        "--graceful-timeout=5",
        "portal.app:application()",
    ]


def check_port(settings: Settings) -> None:
    """Raise CannotServe when the address cannot be listened on."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise CannotServe(
                    f"Port {settings.port} is taken by another program, perhaps Anslut already running. Stop it, or "
                    f"choose another port: PORTAL_BIND={settings.host}:{settings.port + 1} portal serve"
                ) from error
            raise CannotServe(
                f"{settings.bind} cannot be listened on: {error.strerror}. Choose an address of this machine in "
                "PORTAL_BIND, and a port above 1023."
            ) from error


class Supervisor:
    """Starts the children, restarts one that dies, and ends them all when told to."""

    def __init__(self, settings: Settings, found: list[Child], say: Callable[[str], None]) -> None:
        self.settings = settings
        self.children = found
        self.say = say
        self.stopping = False
        self._lines: queue.Queue[tuple[Child, str]] = queue.Queue()

    def run(self) -> None:
        """Serve until SIGTERM or SIGINT. Raises CannotServe when a child never becomes ready."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        try:
            for child in self.children:
                self._start(child)
                self._until_ready(child)
            if not self.stopping:
                self.say(f"Anslut: {self.settings.address}")
            while not self.stopping:
                self._tell()
                self._restart_the_dead()
        finally:
            self._end()

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping = True

    def _start(self, child: Child) -> None:
        # From the main thread: the kernel ties a child to the thread that made it.
        self.say(f"Starting {child.name} …")
        child.started, child.start_at = time.monotonic(), None
        child.process = subprocess.Popen(
            [sys.executable, "-m", "portal.attached", str(os.getpid()), *child.command],
            env=os.environ | environment(self.settings) | child.extra,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        threading.Thread(target=self._listen, args=(child, child.process.stdout), daemon=True).start()

    def _listen(self, child: Child, output: IO[str]) -> None:
        with output:
            for line in output:
                self._lines.put((child, line.rstrip()))

    def _until_ready(self, child: Child) -> None:
        deadline = child.started + START_SECONDS
        while not self.stopping:
            for line in self._tell():
                if child.is_ready is not None and child.is_ready(line):
                    return
            if child.is_ready is None and self._answers():
                return
            if child.process is not None and child.process.poll() is not None:
                self._tell()
                raise CannotServe(
                    f"{child.name} ended with code {child.process.returncode} before it was ready. Its own words are "
                    "above; `portal doctor` looks for what is wrong."
                )
            if time.monotonic() > deadline:
                raise CannotServe(
                    f"{child.name} was not ready within {START_SECONDS} s. Try `portal doctor`."
                )

    def _answers(self) -> bool:
        """True when a page comes, whichever: the port is open long before the web server can serve one."""
        connection = http.client.HTTPConnection(self.settings.host, self.settings.port, timeout=1)
        try:
            connection.request("HEAD", "/")
            connection.getresponse()
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
        return True

    def _tell(self) -> list[str]:
        """Say what the children have said, waiting a moment for it; the lines, without those that mean ready."""
        lines = []
        with suppress(queue.Empty):
            child, line = self._lines.get(timeout=TICK_SECONDS)
            while True:
                lines.append(line)
                if line and not (child.is_ready and child.is_ready(line)):
                    self.say(f"{child.name}: {line}")
                child, line = self._lines.get_nowait()
        return lines

    def _restart_the_dead(self) -> None:
        now = time.monotonic()
        for child in self.children:
            if child.start_at is not None:
                if now >= child.start_at:
                    self._start(child)
            elif child.process is not None and child.process.poll() is not None:
                child.failures = 1 if now - child.started > STEADY_SECONDS else child.failures + 1
                wait = min(2 ** (child.failures - 1), LONGEST_WAIT)
                child.start_at = now + wait
                self.say(
                    f"{child.name} ended with code {child.process.returncode}; starting it again in {wait} s."
                )

    def _end(self) -> None:
        alive = [child.process for child in self.children if child.process is not None]
        if alive:
            self.say("Stopping …")
        for process in reversed(alive):
            _signal(process, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        for process in alive:
            with suppress(subprocess.TimeoutExpired):
                process.wait(max(0.1, deadline - time.monotonic()))
            # What is left of its group, such as a web server's own children, ends here at the latest.
            _signal(process, signal.SIGKILL)
            process.wait()


def _signal(process: "subprocess.Popen[str]", number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)


def environment(settings: Settings) -> dict[str, str]:
    """The settings as the variables that the children read them from, empty ones too."""
    return {f"PORTAL_{name.upper()}": str(getattr(settings, name)) for name in type(settings).model_fields}


def serve(settings: Settings, *, demo: bool, reference: bool, say: Callable[[str], None]) -> None:
    """Serve the installation until told to stop. Raises CannotServe with what to do."""
    if demo and not settings.loopback_only:
        raise CannotServe(
            f"This is a demo, which anyone can sign in to, and PORTAL_BIND is {settings.bind}. A demo only listens on "
            "loopback: PORTAL_BIND=127.0.0.1:8000. For real use, make an installation with `portal init`."
        )
    if reference and not demo:
        raise CannotServe(
            "The reference organisation belongs to a demo, and this database was not made by `portal demo`. "
            "Serve without --demo-reference, or make a demo in a folder of its own."
        )
    check_port(settings)
    Supervisor(settings, children(settings, demo=demo, reference=reference), say).run()
