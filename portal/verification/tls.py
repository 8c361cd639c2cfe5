"""A TLS handshake that only looks: which version the server takes and which certificates it sends.

Nothing is verified here by design, and so nothing is ever sent through: the connection is closed at once.
"""

import contextlib
import time
from dataclasses import dataclass

from cryptography import x509
from OpenSSL import SSL, crypto

from portal.egress import Connected
from portal.verification.certificates import CertificateFault, parse_der

VERSIONS = {
    "TLS 1.0": SSL.TLS1_VERSION,
    "TLS 1.1": SSL.TLS1_1_VERSION,
    "TLS 1.2": SSL.TLS1_2_VERSION,
    "TLS 1.3": SSL.TLS1_3_VERSION,
}
# The old versions are refused by the library itself unless its security level is lowered for the attempt.
_CIPHERS = b"ALL:@SECLEVEL=0"
# More than any chain of certificates needs. What a server floods us with stops here, outside the library, which
# would itself go on reading for as long as there is something to read.
MOST_BYTES = 256 * 1024
_AT_ONCE = 16 * 1024


@dataclass(frozen=True)
class Handshake:
    """What one attempt showed.

    `accepted` is True when the server sent its certificate: it then speaks the version, even if it ends the
    attempt afterwards because we show no certificate of our own. `end` is finished, alert, closed or timeout.
    """

    accepted: bool
    sent: tuple[x509.Certificate, ...]
    end: str
    detail: str = ""


def shake(sock: Connected, host: str, version: str, seconds: float) -> Handshake:
    """Try one version on a connected, checked socket, which is closed afterwards."""
    context = SSL.Context(SSL.TLS_CLIENT_METHOD)
    context.set_min_proto_version(VERSIONS[version])
    context.set_max_proto_version(VERSIONS[version])
    context.set_cipher_list(_CIPHERS)
    context.set_verify(SSL.VERIFY_NONE, lambda *_: True)
    connection = SSL.Connection(context, None)
    connection.set_tlsext_host_name(host.encode("idna"))
    connection.set_connect_state()
    end, detail = _until(connection, sock, time.monotonic() + seconds)
    sent = _sent(connection)
    sock.close()
    return Handshake(bool(sent), sent, end, detail)


def _until(connection: SSL.Connection, sock: Connected, deadline: float) -> tuple[str, str]:
    """How the handshake ends, with every byte carried by us, so that time and size are always ours to limit."""
    left = MOST_BYTES
    try:
        while True:
            done = _step(connection)
            _hand_over(connection, sock, deadline)
            if done is not None:
                return done
            got = _receive(sock, deadline)
            left -= len(got)
            if not got:
                return "closed", "unexpected EOF"
            if left < 0:
                return "closed", "too much data"
            connection.bio_write(got)
    except TimeoutError:
        return "timeout", ""
    except OSError as error:
        return "closed", str(error)[:120]


def _step(connection: SSL.Connection) -> tuple[str, str] | None:
    """The end of the handshake, or None while it needs more from the server."""
    try:
        connection.do_handshake()
    except SSL.WantReadError:
        return None
    except SSL.SysCallError as error:
        return "closed", str(error)[:120]
    except SSL.Error as error:
        reasons = [str(part[-1]) for part in error.args[0]] if error.args else []
        return "alert", ", ".join(reasons)[:120]
    return "finished", ""


def _hand_over(connection: SSL.Connection, sock: Connected, deadline: float) -> None:
    """Send what the library has to say."""
    with contextlib.suppress(SSL.WantReadError):
        while True:
            said = connection.bio_read(_AT_ONCE)
            sock.settimeout(_left(deadline))
            sock.sendall(said)


def _receive(sock: Connected, deadline: float) -> bytes:
    sock.settimeout(_left(deadline))
    return sock.recv(_AT_ONCE)


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _sent(connection: SSL.Connection) -> tuple[x509.Certificate, ...]:
    """The certificates that the server sent, in its order; what cannot be read is left out."""
    found = []
    for one in connection.get_peer_cert_chain() or ():
        try:
            found.append(parse_der(crypto.dump_certificate(crypto.FILETYPE_ASN1, one)))
        except CertificateFault:
            continue
    return tuple(found)
