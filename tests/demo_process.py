"""Makes and serves a demo as people do, as a process of its own on free ports."""

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PORTAL = (sys.executable, "-m", "portal")
PORTS = {f"PORTAL_REFERENCE_{name}_PORT": "0" for name in ("DNS", "SMP", "TLS", "CRL")}


@contextmanager
def served_demo(data_dir: Path, seconds: float = 300) -> Iterator[str]:
    """The address of a demo that `portal demo` makes in the folder and serves while the block runs."""
    bind = f"127.0.0.1:{_free_port()}"
    process = subprocess.Popen(
        [*PORTAL, "demo", "--bind", bind],
        env=os.environ | PORTS | {"PORTAL_DATA_DIR": str(data_dir)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    too_late = threading.Timer(seconds, process.kill)
    too_late.start()
    heard: list[str] = []
    try:
        for line in process.stdout:
            heard.append(line)
            if line.strip() == f"Anslut: http://{bind}":
                break
        else:
            raise AssertionError("the demo was not served:\n" + "".join(heard))
        too_late.cancel()
        # What it says from now on is read too: a full pipe would stop it.
        reader = threading.Thread(target=lambda: heard.extend(process.stdout), daemon=True)
        reader.start()
        yield f"http://{bind}"
    finally:
        too_late.cancel()
        process.send_signal(signal.SIGTERM)
        process.wait(30)
        process.stdout.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
