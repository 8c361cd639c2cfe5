"""An anonymous visitor who sends half a request many times over, or reads no answer: everybody else is served."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator

import pytest

from portal import supervise
from portal.services.installation import Installation
from portal.settings import Settings

pytestmark = pytest.mark.slow
HEAD = b"GET /sign-in HTTP/1.1\r\nHost: localhost\r\n"
POST = b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"


@pytest.fixture
def port(home: Installation) -> Iterator[int]:
    """The port of a web server as `portal serve` starts it, with four threads."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        number = int(free.getsockname()[1])
    settings = Settings(data_dir=home.settings.data_dir, bind=f"127.0.0.1:{number}", threads=4)
    server = subprocess.Popen(
        supervise.children(settings, demo=False, reference=False)[-1].command,
        env=os.environ | supervise.environment(settings),
        stdout=subprocess.DEVNULL,
    )
    try:
        until = time.monotonic() + 30
        while time.monotonic() < until:
            with contextlib.suppress(OSError, http.client.HTTPException):
                if ask(number)[0] == 200:
                    break
            time.sleep(0.2)
        yield number
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(20)


def ask(port: int, method: str = "GET", body: bytes = b"") -> tuple[int, float]:
    """The status of the sign-in page and the seconds it took."""
    began = time.monotonic()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=4)
    with contextlib.closing(connection):
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        connection.request(method, "/sign-in", body or None, kind if body else {})
        answer = connection.getresponse()
        answer.read()
        return answer.status, time.monotonic() - began


@pytest.mark.parametrize(
    "half",
    [
        b"",
        HEAD,
        HEAD + b"X-A: " + b"a" * 2000,
        POST + b"Content-Length: 1000\r\n\r\na=b",
        POST + b"Content-Length: 9000000\r\n\r\na=b",
        POST + b"Transfer-Encoding: chunked\r\n\r\n5\r\na=b",
        HEAD + b"Content-Length: 9000000\r\n\r\n",
        HEAD + b"Connection: close\r\n\r\n",
    ],
    ids=["nothing", "head", "long head", "body", "large body", "chunks", "body of a GET", "never closed"],
)
def test_half_requests_hold_up_nobody(port: int, half: bytes) -> None:
    with contextlib.ExitStack() as opened:
        for _ in range(24):
            one = opened.enter_context(socket.create_connection(("127.0.0.1", port)))
            one.sendall(half)
        time.sleep(0.5)
        status, seconds = ask(port)
    assert status == 200
    assert seconds < 2


def test_what_people_send_is_answered_as_before(port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=4)
    with contextlib.closing(connection):
        for _ in range(3):
            connection.request("GET", "/sign-in")
            answer = connection.getresponse()
            assert answer.status == 200
            assert b"<h1" in answer.read()
    assert ask(port, "POST", b"a=" + b"x" * 1_900_000)[0] == 400
    with socket.create_connection(("127.0.0.1", port), 4) as two:
        two.sendall((HEAD + b"\r\n") * 2)
        said = b""
        while said.count(b"HTTP/1.1 200") < 2:
            said += two.recv(65536)
    with socket.create_connection(("127.0.0.1", port), 4) as pieces:
        for byte in HEAD + b"Connection: close\r\n\r\n":
            pieces.sendall(bytes([byte]))
        assert pieces.recv(65536).startswith(b"HTTP/1.1 200")
    with socket.create_connection(("127.0.0.1", port), 4) as chunks:
        chunks.sendall(POST + b"Transfer-Encoding: chunked\r\n\r\n3\r\na=b\r\n0\r\n\r\n")
        assert chunks.recv(65536).startswith(b"HTTP/1.1 400")
    with socket.create_connection(("127.0.0.1", port), 4) as large:
        large.sendall(POST + b"Content-Length: 9000000\r\n\r\n" + b"x" * 1000)
        assert large.recv(65536).startswith(b"HTTP/1.1 413")
