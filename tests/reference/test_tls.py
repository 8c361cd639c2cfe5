"""The access point speaks mutual TLS 1.2 and 1.3, and badly under the names that a fault publishes."""

import socket
import ssl
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from OpenSSL import SSL

from portal.reference import addresses as at
from portal.reference.hello import host_name
from portal.reference.issuing import issue
from portal.reference.pki import Pki, open_pki, today
from portal.reference.recipes import Leaf

V = ssl.TLSVersion


@pytest.fixture(scope="module")
def pki(reference, reference_dir) -> Pki:
    return open_pki(reference_dir / "reference", today())


@pytest.fixture(scope="module")
def client(pki, tmp_path_factory) -> Path:
    """Key and certificate of a client that the access point's authority issued."""
    leaf = Leaf("client", "Klient", "tls-ca", "tls", "signing")
    issued = issue(leaf, pki.keys["tls"], pki.certificates["tls-ca"], pki.keys["tls-ca"], today())
    path = tmp_path_factory.mktemp("client") / "client.pem"
    path.write_bytes(
        pki.key_pem("tls") + issued.public_bytes(serialization.Encoding.PEM) + pki.chain("tls-ca")
    )
    return path


def context(pki: Pki, version: ssl.TLSVersion = V.TLSv1_3, client: Path | None = None) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.load_verify_locations(cadata=pki.chain("tls-root").decode())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        made.minimum_version = made.maximum_version = version
    if version < V.TLSv1_2:
        made.set_ciphers("ALL:@SECLEVEL=0")
    if client:
        made.load_cert_chain(client)
    return made


@contextmanager
def connected(reference, host: str, made: ssl.SSLContext) -> Iterator[ssl.SSLSocket]:
    with (
        socket.create_connection(("127.0.0.1", reference.ports["tls"]), timeout=5) as plain,
        made.wrap_socket(plain, server_hostname=host) as secure,
    ):
        yield secure


def sent_chain(reference, host: str) -> list[x509.Certificate]:
    """What the server sends, whether or not it is right, with no client certificate."""
    with socket.create_connection(("127.0.0.1", reference.ports["tls"]), timeout=5) as plain:
        plain.settimeout(None)
        probe = SSL.Connection(SSL.Context(SSL.TLS_CLIENT_METHOD), plain)
        probe.set_tlsext_host_name(host.encode())
        probe.set_connect_state()
        probe.do_handshake()
        return [found.to_cryptography() for found in probe.get_peer_cert_chain()]


@pytest.mark.parametrize("version", [V.TLSv1_2, V.TLSv1_3])
@pytest.mark.parametrize(
    ("request_line", "status"), [(b"GET /as4 HTTP/1.1", b"405"), (b"POST /as4 HTTP/1.1", b"400")]
)
def test_a_trusted_client_is_answered(reference, pki, client, version, request_line, status):
    with connected(reference, at.AP_HOST, context(pki, version, client)) as secure:
        secure.sendall(request_line + b"\r\nHost: ap\r\n\r\n")
        assert secure.recv(4096).startswith(b"HTTP/1.1 " + status)


def test_no_client_certificate_is_refused_in_tls_1_2(reference, pki):
    with (
        pytest.raises(ssl.SSLError, match="HANDSHAKE_FAILURE"),
        connected(reference, at.AP_HOST, context(pki, V.TLSv1_2)),
    ):
        pass


def test_no_client_certificate_is_refused_at_the_first_read_in_tls_1_3(reference, pki):
    with (
        connected(reference, at.AP_HOST, context(pki)) as secure,
        pytest.raises(ssl.SSLError, match="CERTIFICATE_REQUIRED"),
    ):
        secure.recv(1)


def test_the_healthy_name_refuses_old_versions(reference, pki, client):
    with (
        pytest.raises(ssl.SSLError, match="PROTOCOL_VERSION"),
        connected(reference, at.AP_HOST, context(pki, V.TLSv1, client)),
    ):
        pass


@pytest.mark.parametrize("version", [V.TLSv1, V.TLSv1_2, V.TLSv1_3])
def test_one_name_takes_old_versions_too(reference, pki, client, version):
    with connected(reference, at.AP_HOST_TLS_1_0, context(pki, version, client)) as secure:
        secure.sendall(b"GET / HTTP/1.1\r\n\r\n")
        assert secure.recv(64).startswith(b"HTTP/1.1 405")


@pytest.mark.parametrize(
    ("host", "told"),
    [
        (at.AP_HOST_TLS_EXPIRED, "certificate has expired"),
        (at.AP_HOST_WRONG_NAME, "Hostname mismatch"),
        (at.AP_HOST_MISSING_INTERMEDIATE, "unable to get local issuer certificate"),
    ],
)
def test_each_faulty_certificate_is_noticed_by_openssl(reference, pki, client, host, told):
    with (
        pytest.raises(ssl.SSLCertVerificationError, match=told),
        connected(reference, host, context(pki, client=client)),
    ):
        pass


def test_the_intermediate_is_sent_except_where_it_is_the_fault(reference):
    assert len(sent_chain(reference, at.AP_HOST)) == 2
    assert len(sent_chain(reference, at.AP_HOST_MISSING_INTERMEDIATE)) == 1


def test_another_name_is_met_as_the_healthy_one(reference, pki, client):
    made = context(pki, client=client)
    made.check_hostname = False
    with connected(reference, "okand.example", made) as secure:
        assert ("DNS", at.AP_HOST) in secure.getpeercert()["subjectAltName"]


@pytest.mark.parametrize(
    "garbage", [b"", b"\0", b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\x00\x05aaaaa", b"\x16" * 6000]
)
def test_garbage_does_not_stop_it(reference, garbage):
    with socket.create_connection(("127.0.0.1", reference.ports["tls"]), timeout=5) as plain:
        plain.sendall(garbage)
    assert len(sent_chain(reference, at.AP_HOST)) == 2


def test_a_silent_caller_holds_nobody_up(reference):
    with socket.create_connection(("127.0.0.1", reference.ports["tls"]), timeout=5):
        assert len(sent_chain(reference, at.AP_HOST)) == 2


def test_the_name_is_read_from_a_hello_and_from_nothing_else():
    made, out = ssl.create_default_context(), ssl.MemoryBIO()
    client = made.wrap_bio(ssl.MemoryBIO(), out, server_hostname="Ap.Demo.example")
    with pytest.raises(ssl.SSLWantReadError):
        client.do_handshake()
    hello = out.read()
    assert host_name(hello) == "ap.demo.example"
    assert {host_name(hello[:length]) for length in range(len(hello))} == {""}
