"""Reads the wished-for host name out of a TLS ClientHello (RFC 8446, 4.1.2 and RFC 6066, 3) before it is answered.

The versions a server offers are fixed before its name callback runs, so a server that shows different versions
under different names must look ahead.
"""

import socket
import time

HANDSHAKE, CLIENT_HELLO, SERVER_NAME, HOST_NAME = 22, 1, 0, 0
LONGEST = 16384 + 5


class _Reader:
    """Takes numbers and byte strings off the front; IndexError when the hello is shorter than it says."""

    def __init__(self, content: bytes) -> None:
        self._content, self._at = content, 0

    def take(self, count: int) -> bytes:
        taken = self._content[self._at : self._at + count]
        if len(taken) < count:
            raise IndexError(count)
        self._at += count
        return taken

    def number(self, size: int) -> int:
        return int.from_bytes(self.take(size), "big")

    def block(self, size: int) -> "_Reader":
        return _Reader(self.take(self.number(size)))

    def rest(self) -> bytes:
        return self.take(len(self._content) - self._at)

    def left(self) -> bool:
        return self._at < len(self._content)


def host_name(record: bytes) -> str:
    """The host name in the first TLS record of a client; empty when none is named or the bytes are no hello."""
    try:
        reader = _Reader(record)
        if reader.number(1) != HANDSHAKE:
            return ""
        reader.take(2)
        message = reader.block(2)
        if message.number(1) != CLIENT_HELLO:
            return ""
        hello = message.block(3)
        hello.take(2 + 32)
        for size in (1, 2, 1):  # session id, cipher suites, compression methods
            hello.block(size)
        return _named(hello.block(2))
    except (IndexError, UnicodeDecodeError):
        return ""


def _named(extensions: _Reader) -> str:
    while extensions.left():
        kind, content = extensions.number(2), extensions.block(2)
        if kind == SERVER_NAME:
            names = content.block(2)
            while names.left():
                form, name = names.number(1), names.block(2)
                if form == HOST_NAME:
                    return name.rest().decode("ascii").lower()
    return ""


def peek(connection: socket.socket, seconds: float) -> bytes:
    """The first TLS record of a connection, left in place for the handshake; what there is after `seconds`."""
    deadline = time.monotonic() + seconds
    seen = b""
    while time.monotonic() < deadline:
        connection.settimeout(max(deadline - time.monotonic(), 0.01))
        seen = connection.recv(LONGEST, socket.MSG_PEEK)
        whole = 5 + int.from_bytes(seen[3:5], "big") if len(seen) >= 5 else 5
        if not seen or seen[0] != HANDSHAKE or len(seen) >= min(whole, LONGEST):
            break
        time.sleep(0.01)  # a peek returns at once while only a part has come
    return seen
