"""A TLS handshake that only looks: which version the server takes and which certificates it sends.

Nothing is verified here by design, and so nothing is ever sent through: the connection is closed at once.
"""

import select
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
    sock.setblocking(False)
    connection = SSL.Connection(context, sock)
    connection.set_tlsext_host_name(host.encode("idna"))
    connection.set_connect_state()
    end, detail = _until(connection, sock, time.monotonic() + seconds)
    sent = _sent(connection)
    sock.close()
    return Handshake(bool(sent), sent, end, detail)


def _until(connection: SSL.Connection, sock: Connected, deadline: float) -> tuple[str, str]:
    while True:
        try:
            connection.do_handshake()
        except (SSL.WantReadError, SSL.WantWriteError) as wanted:
            left = max(0.0, deadline - time.monotonic())
            writing = [sock] if isinstance(wanted, SSL.WantWriteError) else []
            if not any(select.select([] if writing else [sock], writing, [], left)):
                return "timeout", ""
        except SSL.SysCallError as error:
            return "closed", str(error)[:120]
        except SSL.Error as error:
            reasons = [str(part[-1]) for part in error.args[0]] if error.args else []
            return "alert", ", ".join(reasons)[:120]
        else:
            return "finished", ""


def _sent(connection: SSL.Connection) -> tuple[x509.Certificate, ...]:
    """The certificates that the server sent, in its order; what cannot be read is left out."""
    found = []
    for one in connection.get_peer_cert_chain() or ():
        try:
            found.append(parse_der(crypto.dump_certificate(crypto.FILETYPE_ASN1, one)))
        except CertificateFault:
            continue
    return tuple(found)
