"""An organisation whose own servers are hostile to the robot: forged signers, floods, and lists of other people's addresses."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from dnslib import QTYPE, RR, A

from portal.egress import MOST_ADDRESSES, Egress
from portal.verification import tls
from tests.verification import making
from tests.verification.conftest import World, servers, world  # noqa: F401 -- the small world's fixtures


def test_metadata_of_the_second_type_is_not_trusted_because_the_first_is(world: World) -> None:  # noqa: F811
    """Only the message's metadata comes from the federation's SMP; the receipt's is signed by the attacker."""
    trail = world.trail()
    document = trail.document("receipt")
    path = f"/{quote(str(trail.participant), safe='')}/services/{quote(document, safe='')}"
    uri = f"https://ond.demo.example:{world.port}/as4"
    forged = making.metadata(
        world.participant, document, making.endpoint(making.packed(_nobody()), uri), world.process
    )
    world.pages[path] = making.sign(forged, _nobody(), making.rsa_key())
    result = world.check("06")
    assert result.outcome == "failed"
    assert [(found.id, found.case) for found in result.findings if found.outcome == "failed"] == [
        ("SMP-08", "unknown")
    ]


@pytest.mark.parametrize(("begins", "days", "case"), [(-400, -1, "expired"), (5, 400, "early")])
def test_metadata_signed_with_a_key_out_of_its_time(world: World, begins: int, days: int, case: str) -> None:  # noqa: F811
    """An old signing key that somebody kept still chains to the federation's anchors."""
    world.signer = world.smp.issue("SMP0001-SDK-DEMO", begins=begins, days=days)
    result = world.check("06")
    assert [(found.id, found.case) for found in result.findings if found.outcome == "failed"] == [
        ("SMP-08", case)
    ]


def _nobody() -> making.x509.Certificate:
    return making.Authority("Nobody").issue("SMP9999-SDK-DEMO")


HELLO_REQUESTS = b"\x00\x00\x00\x00" * 4000
RECORD = b"\x16\x03\x03" + len(HELLO_REQUESTS).to_bytes(2, "big") + HELLO_REQUESTS


@contextlib.contextmanager
def flooding() -> Iterator[int]:
    """A server that answers every greeting with requests for another, without end."""
    listener = socket.create_server(("127.0.0.1", 0))

    def flood() -> None:
        with contextlib.suppress(OSError):
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                while True:
                    connection.sendall(RECORD * 200)

    thread = threading.Thread(target=flood, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.close()
        thread.join(5)


@pytest.mark.parametrize("version", ["TLS 1.2", "TLS 1.3"])
def test_a_flood_of_hello_requests_ends_the_handshake(version: str) -> None:
    with flooding() as port:
        began = time.monotonic()
        shown = tls.shake(socket.create_connection(("127.0.0.1", port)), "ap.demo.example", version, 20)
    assert not shown.accepted
    assert shown.end == "closed"
    assert "too much" in shown.detail
    assert time.monotonic() - began < 5


def test_a_name_with_many_addresses_does_not_make_a_scanner_of_us() -> None:
    """The attacker's name lists other people's addresses; the robot would tell which of them answer."""

    def answer(name: str, kind: str, _asked: int) -> list[RR]:
        if kind != "A":
            return []
        listed = [f"11.{number // 250}.{number % 250}.1" for number in range(25)]
        return [RR(name, QTYPE.A, rdata=A(one)) for one in listed]

    with making.dns(answer) as (resolver, _zone):
        found = Egress(resolver, frozenset({443})).resolve("ap.ond.example")
    assert len(found) == MOST_ADDRESSES
