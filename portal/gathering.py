"""A web worker that gathers a whole request before a thread is given to it, so that slow visitors hold up nobody.

The worker it is made from reads requests in its threads and waits for as long as the visitor likes: as many half-sent
requests as there are threads, from anybody, and the portal answers no more.
"""

import re
import struct
import time
from functools import partial
from selectors import EVENT_READ
from socket import SHUT_WR, SO_SNDBUF, SO_SNDTIMEO, SOL_SOCKET
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

GATHER_SECONDS = 20.0
SEND_SECONDS = 20
END_SECONDS = 2.0
MOST_ENDING = 500
MOST_HEAD = 64 * 1024
# What the pages take, and a little; a larger body is for the application to refuse, unread.
MOST_BODY = 2 * 1024 * 1024 + 64 * 1024
MOST_AT_ONCE = 64 * 1024 * 1024
# Room for a whole answer in the kernel, so that a slow reader holds no thread either.
SEND_BUFFER = 1024 * 1024
_CHUNK = 64 * 1024
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*([0-9]{1,18})[ \t]*\r\n", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding:", re.IGNORECASE)
_END = b"\r\n\r\n"


class Gathered:
    """What has come of one request, and by when the rest must."""

    def __init__(self, begun: bytes) -> None:
        self.bytes = bytearray(begun)
        self.until = time.monotonic() + GATHER_SECONDS
        self._head = -1

    def add(self, got: bytes) -> None:
        self.bytes += got

    @property
    def too_much(self) -> bool:
        """True when nothing of ours is like it."""
        return len(self.bytes) > (MOST_HEAD if self._find_head() < 0 else MOST_HEAD + MOST_BODY)

    def whole(self) -> bool:
        """True when a thread can read the request without waiting for the visitor."""
        head = self._find_head()
        if head < 0:
            return False
        said = bytes(self.bytes[: head + len(_END)])
        if _CHUNKED.search(said):
            return self.bytes.endswith((b"\r\n0\r\n\r\n", b"\r\n\r\n0\r\n\r\n"))
        length = _LENGTH.search(said)
        wanted = int(length.group(1)) if length else 0
        if wanted > MOST_BODY:
            # Answered unread. Nobody waits for the rest, so the connection is of no more use.
            line = self.bytes.index(b"\r\n") + 2
            self.bytes[line:line] = b"Connection: close\r\n"
            return True
        return len(self.bytes) >= len(said) + wanted

    def _find_head(self) -> int:
        if self._head < 0:
            self._head = self.bytes.find(_END, 0, MOST_HEAD)
        return self._head


class Worker(ThreadWorker):  # type: ignore[misc]
    """gunicorn's threaded worker with requests gathered in its event loop. Everything but `handle` runs there."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self._gathering: dict[TConn, Gathered] = {}
        self._ending: dict[TConn, float] = {}

    def enqueue_req(self, conn: TConn) -> None:
        """Begin to gather the connection's next request, of which some may have come already."""
        begun = conn.parser.unreader.take_buffered() if conn.parser is not None else b""
        conn.sock.setsockopt(SOL_SOCKET, SO_SNDBUF, SEND_BUFFER)
        conn.sock.setsockopt(SOL_SOCKET, SO_SNDTIMEO, struct.pack("ll", SEND_SECONDS, 0))
        conn.sock.setblocking(False)
        conn.close = partial(self._close, conn)
        self._gathering[conn] = Gathered(begun)
        self.poller.register(conn.sock, EVENT_READ, partial(self._on_readable, conn))
        self._go_on(conn)

    def _on_readable(self, conn: TConn, _sock: object) -> None:
        try:
            got = conn.sock.recv(_CHUNK)
        except BlockingIOError:
            return
        except OSError:
            got = b""
        if not got:
            self._drop(conn)
            return
        self._gathering[conn].add(got)
        self._go_on(conn)

    def _go_on(self, conn: TConn) -> None:
        found = self._gathering[conn]
        if found.whole():
            self._leave(conn)
            conn.gathered = bytes(found.bytes)
            super().enqueue_req(conn)
        elif found.too_much or sum(len(one.bytes) for one in self._gathering.values()) > MOST_AT_ONCE:
            self._drop(conn)

    def _leave(self, conn: TConn) -> None:
        self.poller.unregister(conn.sock)
        del self._gathering[conn]

    def _drop(self, conn: TConn) -> None:
        self._leave(conn)
        self.nr_conns -= 1
        conn.close()

    def _close(self, conn: TConn, *, graceful: bool = False) -> None:
        """Close; gracefully is to wait for the visitor's end of it (RFC 9112, 9.6), but beside everything else."""
        if not graceful or not self.alive or len(self._ending) >= MOST_ENDING:
            conn.sock.close()
            return
        try:
            conn.sock.shutdown(SHUT_WR)
            conn.sock.setblocking(False)
        except OSError:
            conn.sock.close()
            return
        self._ending[conn] = time.monotonic() + END_SECONDS
        self.poller.register(conn.sock, EVENT_READ, partial(self._on_ending, conn))

    def _on_ending(self, conn: TConn, _sock: object) -> None:
        try:
            if conn.sock.recv(_CHUNK):
                return
        except BlockingIOError:
            return
        except OSError:
            pass
        self._end(conn)

    def _end(self, conn: TConn) -> None:
        self.poller.unregister(conn.sock)
        del self._ending[conn]
        conn.sock.close()

    def murder_pending(self) -> None:
        """Close what has not become a request in its time, and when stopping, what has not begun to."""
        super().murder_pending()
        now = time.monotonic()
        for conn, found in list(self._gathering.items()):
            if now > found.until or (not self.alive and not found.bytes):
                self._drop(conn)
        for conn, until in list(self._ending.items()):
            if now > until or not self.alive:
                self._end(conn)

    def handle(self, conn: TConn) -> Any:
        """Answer a gathered request; runs in a thread."""
        conn.data_ready = True
        conn.sock.setblocking(True)
        conn.init()
        conn.parser.unreader.unread(conn.gathered)
        return super().handle(conn)
