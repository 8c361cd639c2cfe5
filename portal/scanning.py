"""Asking clamd whether a file carries malware, over the address that the server's own settings name."""

import base64
import socket
import struct
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

CLEAN, INFECTED, UNSCANNED = "clean", "infected", "unscanned"
CHUNK = 128 * 1024
TIMEOUT = 30.0
LONGEST_ANSWER = 4096
# Written in two parts, so that no scanner takes this file for the test virus that it looks for.
TEST_VIRUS = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-" + rb"STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
_FORMS = (TEST_VIRUS, base64.b64encode(TEST_VIRUS)[:64])


@dataclass(frozen=True)
class Scan:
    """What clamd said: `state` is clean, infected or unscanned; `said` is the signature found or what went wrong."""

    state: str
    said: str = ""


class TestVirusSearch:
    """Looks for the EICAR test virus in bytes that come in parts, as they are or as mail encodes them."""

    def __init__(self) -> None:
        self._tail = b""

    def found_in(self, part: bytes) -> bool:
        """True when the bytes so far hold it and end in this part."""
        here = self._tail + part
        self._tail = here[-len(TEST_VIRUS) :]
        return any(form in here for form in _FORMS)


def scan(address: str, path: Path) -> Scan:
    """Have clamd look at the file; unscanned when there is no clamd or it gives no verdict."""
    if not address:
        return Scan(UNSCANNED)
    try:
        with closing(_connect(address)) as clamd:
            return _verdict(_stream(clamd, path))
    except OSError as error:
        return Scan(UNSCANNED, str(error) or type(error).__name__)


def ping(address: str) -> str:
    """The version that clamd tells. Raises OSError when it does not answer as clamd does."""
    with closing(_connect(address)) as clamd:
        clamd.sendall(b"zVERSION\0")
        answer = _answer(clamd)
    if not answer.startswith("ClamAV"):
        raise OSError(f"what answers is not clamd: {answer[:60]!r}")
    return answer


def _connect(address: str) -> socket.socket:
    """A connection to `host:port`, or to a socket file by its path."""
    if address.startswith("/"):
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.settimeout(TIMEOUT)
            connection.connect(address)
        except BaseException:
            connection.close()
            raise
        return connection
    host, _, port = address.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), timeout=TIMEOUT)


def _stream(clamd: socket.socket, path: Path) -> str:
    """Send the file as INSTREAM asks for: each chunk after its length, and a zero at the end."""
    try:
        clamd.sendall(b"zINSTREAM\0")
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                clamd.sendall(struct.pack("!I", len(chunk)) + chunk)
        clamd.sendall(struct.pack("!I", 0))
    except (BrokenPipeError, ConnectionResetError):
        # clamd says why before it hangs up, as when the file is larger than it takes.
        return _answer(clamd) or "clamd hung up"
    return _answer(clamd)


def _answer(clamd: socket.socket) -> str:
    found = b""
    while b"\0" not in found and len(found) < LONGEST_ANSWER:
        part = clamd.recv(1024)
        if not part:
            break
        found += part
    return found.split(b"\0", 1)[0].decode("utf-8", "replace").strip()


def _verdict(answer: str) -> Scan:
    said = answer.removeprefix("stream:").strip()
    if said.endswith(" FOUND"):
        return Scan(INFECTED, said.removesuffix(" FOUND"))
    return Scan(CLEAN) if said == "OK" else Scan(UNSCANNED, said or "clamd hung up without an answer")
