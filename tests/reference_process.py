"""Starts the reference organisation as people do, as a process of its own on free ports."""

import json
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PORTAL = (sys.executable, "-c", "from portal.cli import main; main()")
FREE_PORTS = ("--dns-port", "0", "--smp-port", "0", "--tls-port", "0", "--crl-port", "0")


@dataclass(frozen=True)
class Reference:
    """A serving reference organisation; `ports` by dns, smp, tls and crl."""

    process: "subprocess.Popen[str]"
    data_dir: Path
    participant: str
    environment: str
    ports: dict[str, int]

    @property
    def packs_dir(self) -> Path:
        return self.data_dir / "packs"


@contextmanager
def reference_organisation(
    data_dir: Path, *options: str, ports: tuple[str, ...] = FREE_PORTS, seconds: float = 30
) -> Iterator[Reference]:
    """Serves while the block runs; the same `data_dir` again keeps the keys and starts faster."""
    command = [*PORTAL, "reference", "serve", "--json", "--data-dir", str(data_dir), *ports, *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        ready, _, _ = select.select([process.stdout], [], [], seconds)
        line = process.stdout.readline() if ready else ""
        if not line:
            process.kill()
            raise AssertionError(f"the reference organisation did not start: {process.communicate()[1]}")
        yield Reference(process, data_dir, **json.loads(line))
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.communicate(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise
