"""TLS as `openssl s_server` speaks it: versions, the trap of client certificates, chains, names and dates."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from portal.egress import Egress
from portal.verification import tls
from portal.verification.checks import network_tls
from portal.verification.tls import Handshake, shake
from tests.conftest import missing
from tests.verification import making
from tests.verification.conftest import World
from tests.verification.test_checks import expect

HOST = "ap.demo.example"


@pytest.fixture(scope="module")
def openssl() -> str:
    found = shutil.which("openssl")
    if found is None:
        missing("openssl")
    assert found is not None
    return found


@pytest.fixture(scope="module")
def root() -> making.Authority:
    return making.Authority("TLS Rot")


@pytest.fixture(scope="module")
def issuer(root: making.Authority) -> making.Authority:
    return making.Authority("TLS Funktions-CA", root)


class Server:
    """An `openssl s_server` with a certificate and options."""

    def __init__(self, program: str, folder: Path) -> None:
        self.program, self.folder = program, folder

    @contextmanager
    def __call__(self, leaf: str, *options: str, chain: str = "") -> Iterator[int]:
        (self.folder / "leaf.pem").write_text(leaf + making.key_pem(making.rsa_key()))
        extra = []
        if chain:
            (self.folder / "chain.pem").write_text(chain)
            extra = ["-cert_chain", str(self.folder / "chain.pem")]
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        command = [self.program, "s_server", "-accept", f"127.0.0.1:{port}", "-quiet", *extra]
        command += ["-cert", str(self.folder / "leaf.pem"), "-key", str(self.folder / "leaf.pem"), *options]
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            _listening(port)
            yield port
        finally:
            process.kill()
            process.wait()


def _listening(port: int) -> None:
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except ConnectionRefusedError:
            time.sleep(0.02)
        else:
            return
    raise AssertionError("openssl s_server did not start")


@pytest.fixture
def serve(openssl: str, tmp_path: Path) -> Server:
    return Server(openssl, tmp_path)


def attempt(port: int, version: str, seconds: float = 2) -> Handshake:
    sock = Egress(("127.0.0.1", 9), frozenset({port}), loopback=True).open("127.0.0.1", port)
    return shake(sock, HOST, version, seconds)


ANY = ("-cipher", "ALL:@SECLEVEL=0")


def test_versions_are_told_apart(serve: Server, issuer: making.Authority) -> None:
    leaf = making.pem(issuer.issue(HOST, hosts=(HOST,)))
    for option, version in (
        ("-tls1", "TLS 1.0"),
        ("-tls1_1", "TLS 1.1"),
        ("-tls1_2", "TLS 1.2"),
        ("-tls1_3", "TLS 1.3"),
    ):
        with serve(leaf, option, *ANY) as port:
            taken = [name for name in tls.VERSIONS if attempt(port, name).accepted]
        assert taken == [version]


def test_a_server_that_wants_our_certificate_still_shows_its_version(
    serve: Server, issuer: making.Authority
) -> None:
    """The trap of mutual TLS: the attempt ends in an alert, and yet the version is spoken."""
    with serve(
        making.pem(issuer.issue(HOST, hosts=(HOST,))), "-tls1_2", "-Verify", "1", "-verify_return_error"
    ) as port:
        found, other = attempt(port, "TLS 1.2"), attempt(port, "TLS 1.3")
    assert found.accepted
    assert found.end == "alert"
    assert not other.accepted


def test_a_silent_server_is_left() -> None:
    with making.server(lambda connection: time.sleep(0.6)) as port:
        assert attempt(port, "TLS 1.3", 0.2).end == "timeout"


def test_what_is_not_tls_is_left() -> None:
    with making.server(lambda connection: connection.sendall(b"HTTP/1.1 400 Bad\r\n\r\n")) as port:
        found = attempt(port, "TLS 1.2")
    assert not found.accepted
    assert found.end in ("alert", "closed")


@pytest.fixture
def tried(
    world: World,
    serve: Server,
    root: making.Authority,
    issuer: making.Authority,
    monkeypatch: pytest.MonkeyPatch,
):
    """Runs check 12 against a server with the leaf and options."""
    monkeypatch.setattr(network_tls, "SHAKE_SECONDS", 2.0)

    def run(leaf: str, *options: str, chain: str = issuer.pem):
        with serve(leaf, *options, chain=chain) as port:
            world.names[HOST] = ["127.0.0.1"]
            world.endpoint["uri"] = f"https://{HOST}:{port}/as4"
            anchors = {**world.pack.anchors, "tls": (root.pem, issuer.pem)}
            world.pack = world.pack.model_copy(update={"as4_ports": (port,), "anchors": anchors})
            return world.check("12")

    return run


def good(issuer: making.Authority, **values: float) -> str:
    return making.pem(issuer.issue(HOST, hosts=(HOST,), **values))


def test_a_good_server_passes(tried, issuer: making.Authority) -> None:
    expect(tried(good(issuer)), "passed", None)


def test_old_versions_beside_new_ones_fail(tried, issuer: making.Authority) -> None:
    expect(tried(good(issuer), *ANY), "failed", "operator", ("TLS-01", "old"))


def test_a_missing_intermediate_is_named(tried, issuer: making.Authority) -> None:
    result = tried(good(issuer), chain="")
    expect(result, "failed", "operator", ("TLS-03", "missing"))
    assert result.expected == "TLS Funktions-CA"


def test_dates(tried, issuer: making.Authority) -> None:
    expect(tried(good(issuer, days=-1)), "failed", "operator", ("TLS-02", "expired"))


def test_names(tried, issuer: making.Authority) -> None:
    wrong = making.pem(issuer.issue("x", hosts=("annan.example",)))
    expect(tried(wrong), "failed", "operator", ("TLS-02", "name"))


def test_a_name_only_in_the_cn_warns(tried, issuer: making.Authority) -> None:
    expect(tried(making.pem(issuer.issue(HOST))), "warning", "operator", ("TLS-02", "common_name"))


def test_an_unknown_issuer_fails(tried) -> None:
    other = making.Authority("Annan CA")
    leaf = making.pem(other.issue(HOST, hosts=(HOST,)))
    expect(tried(leaf, chain=other.pem), "failed", "operator", ("TLS-02", "issuer"))


def test_an_issuer_of_another_environment_is_named(tried, world: World) -> None:
    other = making.Authority("Annan CA")
    world.pack = world.pack.model_copy(update={"others": {"production": {"tls": (other.pem,)}}})
    leaf = making.pem(other.issue(HOST, hosts=(HOST,)))
    expect(tried(leaf, chain=other.pem), "failed", "operator", ("TLS-02", "environment"))


def test_a_port_without_tls_fails(world: World) -> None:
    with making.server(lambda connection: connection.sendall(b"hej\r\n")) as port:
        world.names[HOST] = ["127.0.0.1"]
        world.endpoint["uri"] = f"https://{HOST}:{port}/as4"
        world.pack = world.pack.model_copy(update={"as4_ports": (port,)})
        expect(world.check("12"), "failed", "operator", ("TLS-01", "none"))


@pytest.mark.parametrize(
    ("host", "names", "fits"),
    [
        ("ap.kommun.se", ["AP.kommun.se"], True),
        ("ap.kommun.se", ["*.kommun.se"], True),
        ("x.ap.kommun.se", ["*.kommun.se"], False),
        ("kommun.se", ["*.se"], False),
        ("kommun.se", ["*.kommun.se"], False),
        ("ap.kommun.se", ["*"], False),
        ("ap.kommun.se", ["ap.kommun.se.example"], False),
        ("ap.kommun.se", [], False),
    ],
)
def test_host_names(host: str, names: list[str], fits: bool) -> None:
    assert network_tls.matches(host, names) is fits
