"""The reference organisation's access point as far as TLS: mutual TLS 1.2 and 1.3, with a fault under some names."""

import logging
import socket
import ssl
import threading
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from portal.reference import addresses as at
from portal.reference.hello import host_name, peek
from portal.reference.pki import Pki, write_private

log = logging.getLogger(__name__)

PATIENCE = 5.0  # seconds for the handshake and for the request after it
LONGEST_REQUEST = 65536
MOST_AT_ONCE = 64


@dataclass(frozen=True)
class Face:
    """What is shown under one host name."""

    certificate: str = "tls"
    chain: tuple[str, ...] = ("tls-ca",)
    oldest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_2


HEALTHY = Face()
FACES: Mapping[str, Face] = MappingProxyType(
    {
        at.AP_HOST: HEALTHY,
        at.AP_HOST_TLS_1_0: Face(oldest=ssl.TLSVersion.TLSv1),
        at.AP_HOST_TLS_EXPIRED: Face(certificate="tls-expired"),
        at.AP_HOST_WRONG_NAME: Face(certificate="tls-elsewhere"),
        at.AP_HOST_MISSING_INTERMEDIATE: Face(chain=()),
    }
)


class AccessPoint:
    """Answers on a bound, listening TCP socket until it is closed."""

    def __init__(self, bound: socket.socket, pki: Pki) -> None:
        self._socket = bound
        self._contexts = {host: _context(pki, face) for host, face in FACES.items()}
        self._room = threading.BoundedSemaphore(MOST_AT_ONCE)

    def start(self) -> Callable[[], None]:
        """Answers in threads; the returned function stops it."""
        stopping = threading.Event()
        self._socket.settimeout(0.2)
        thread = threading.Thread(target=self._serve, args=(stopping,), name="reference-tls", daemon=True)
        thread.start()

        def stop() -> None:
            stopping.set()
            thread.join()
            self._socket.close()

        return stop

    def _serve(self, stopping: threading.Event) -> None:
        while not stopping.is_set():
            try:
                connection, _ = self._socket.accept()
            except TimeoutError:
                continue
            except OSError as problem:
                log.debug("a connection was lost: %s", problem)
                stopping.wait(0.05)
                continue
            if not self._room.acquire(timeout=0.5):
                connection.close()
                continue
            threading.Thread(target=self._meet, args=(connection,), daemon=True).start()

    def _meet(self, connection: socket.socket) -> None:
        try:
            with connection:
                context = self._contexts.get(
                    host_name(peek(connection, PATIENCE)), self._contexts[at.AP_HOST]
                )
                connection.settimeout(PATIENCE)
                with context.wrap_socket(connection, server_side=True) as secure:
                    _answer(secure)
        except (OSError, ValueError) as problem:  # ssl.SSLError is an OSError
            log.debug("a handshake or a request was broken off: %s", problem)
        finally:
            self._room.release()


def _answer(secure: ssl.SSLSocket) -> None:
    """One HTTP answer, as an access point gives to what is no AS4 message, and the end of the connection."""
    request = b""
    while b"\r\n\r\n" not in request and len(request) < LONGEST_REQUEST:
        piece = secure.recv(4096)
        if not piece:
            return
        request += piece
    if request.startswith(b"POST "):
        status, allow, text = b"400 Bad Request", b"", b"Not an ebMS message\n"
    else:
        status, allow, text = b"405 Method Not Allowed", b"Allow: POST\r\n", b"Send AS4 messages with POST\n"
    head = b"HTTP/1.1 %s\r\n%sContent-Type: text/plain\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
    secure.sendall(head % (status, allow, len(text)) + text)


def _context(pki: Pki, face: Face) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with warnings.catch_warnings():
        # Old versions are what one of the faces is for.
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = face.oldest
    if face.oldest < ssl.TLSVersion.TLSv1_2:
        context.set_ciphers("ALL:!aNULL:@SECLEVEL=0")
    chain_file = pki.folder / f"chain-{face.certificate}-{len(face.chain)}.pem"
    write_private(chain_file, pki.chain(face.certificate, *face.chain))
    context.load_cert_chain(chain_file, pki.key_file("tls"))
    context.verify_mode = ssl.CERT_REQUIRED
    # The root alone: OpenSSL would take an intermediate from here and send it where it is to be missing.
    context.load_verify_locations(cadata=pki.chain("tls-root").decode())
    return context
