"""The way out: what it refuses, what it pins, and that no server can hold it."""

import os
import socket
import ssl
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from dnslib import NAPTR, QTYPE, RCODE, RR, A

from portal import egress, outside
from portal.egress import Egress
from portal.outside import NameFault, Refused, Unreachable
from tests.verification import making


def a(name: str, *found: str) -> list[RR]:
    return [RR(name, QTYPE.A, rdata=A(address), ttl=0) for address in found]


@pytest.fixture
def no_sockets(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """Every connection that is tried."""
    tried: list[Any] = []
    real = socket.socket.connect

    def connect(self: socket.socket, address: Any) -> None:
        if self.type == socket.SOCK_STREAM:
            tried.append(address)
        real(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)
    return tried


def out(port: int, *, loopback: bool = True, resolver: tuple[str, int] = ("127.0.0.1", 9)) -> Egress:
    return Egress(resolver, frozenset({port}), loopback=loopback)


def get(way: Egress, url: str, seconds: float = 2.0, max_bytes: int = 1000) -> outside.Answer:
    return way.get(url, max_bytes=max_bytes, seconds=seconds)


def test_a_page_is_fetched() -> None:
    with making.server(making.http("200 OK", b"<a/>")) as port:
        answer = get(out(port), f"http://127.0.0.1:{port}/x")
    assert (answer.status, answer.body, answer.address) == (200, b"<a/>", "127.0.0.1")


def test_loopback_is_refused_without_the_setting(no_sockets: list[Any]) -> None:
    with pytest.raises(Refused) as refused:
        get(out(8080, loopback=False), "http://127.0.0.1:8080/")
    assert refused.value.code == "loopback"
    assert no_sockets == []


def test_loopback_is_refused_at_other_ports(no_sockets: list[Any]) -> None:
    with pytest.raises(Refused) as refused:
        get(out(8080), "http://127.0.0.1:5432/")
    assert refused.value.code == "port"
    assert no_sockets == []


@pytest.mark.parametrize("address", ["169.254.169.254", "10.0.0.1", "127.0.0.1"])
def test_a_name_that_leads_inside_opens_nothing(address: str, no_sockets: list[Any]) -> None:
    with (
        making.dns(lambda name, kind, _n: a(name, address) if kind == "A" else []) as (resolver, _zone),
        pytest.raises(Refused),
    ):
        get(out(443, loopback=False, resolver=resolver), "https://smp.example.se/")
    assert no_sockets == []


def test_one_forbidden_address_among_good_ones_refuses_the_name(no_sockets: list[Any]) -> None:
    with (
        making.dns(lambda name, kind, _n: a(name, "8.8.8.8", "10.0.0.1") if kind == "A" else []) as (
            resolver,
            _z,
        ),
        pytest.raises(Refused),
    ):
        out(443, loopback=False, resolver=resolver).open("smp.example.se", 443)
    assert no_sockets == []


def test_a_name_that_changes_its_mind_is_held_to_its_first_answer() -> None:
    def rebinding(name: str, kind: str, asked: int) -> list[RR]:
        return a(name, "127.0.0.1" if asked <= 2 else "10.0.0.1") if kind == "A" else []

    with making.dns(rebinding) as (resolver, zone), making.server(making.http("200 OK", b"<a/>")) as port:
        way = out(port, resolver=resolver)
        for _ in range(3):
            assert get(way, f"http://smp.example.se:{port}/").address == "127.0.0.1"
    assert len(zone.asked) == 2


def test_a_redirect_is_an_answer_and_is_not_followed() -> None:
    handler = making.http("302 Found", b"", "Location: http://169.254.169.254/\r\n")
    with making.server(handler) as port:
        assert get(out(port), f"http://127.0.0.1:{port}/").status == 302


def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setitem(os.environ, name, "http://127.0.0.1:1")
    with making.server(making.http("200 OK", b"<a/>")) as port:
        assert get(out(port), f"http://127.0.0.1:{port}/").status == 200


def test_a_large_answer_is_cut_off() -> None:
    with making.server(making.http("200 OK", b"x" * 300_000)) as port, pytest.raises(Unreachable) as fault:
        get(out(port), f"http://127.0.0.1:{port}/")
    assert fault.value.code == "too_large"


def test_endless_headers_are_cut_off() -> None:
    def handle(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
        while True:
            connection.sendall(b"X-Long: " + b"y" * 60_000 + b"\r\n")

    with making.server(handle) as port, pytest.raises(Unreachable) as fault:
        get(out(port), f"http://127.0.0.1:{port}/")
    assert fault.value.code in ("too_large", "not_http")


@pytest.mark.parametrize(
    "start", [b"", b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n"]
)
def test_a_dripping_server_is_left_at_the_deadline(start: bytes) -> None:
    def drip(connection: socket.socket) -> None:
        connection.sendall(start)
        for _ in range(60):
            time.sleep(0.05)
            connection.sendall(b"a")

    with making.server(drip) as port, pytest.raises(Unreachable) as fault:
        get(out(port), f"http://127.0.0.1:{port}/", seconds=0.4)
    assert fault.value.code == "timeout"


def test_what_is_not_http_is_named() -> None:
    with (
        making.server(lambda connection: connection.sendall(b"SSH-2.0-x\r\n")) as port,
        pytest.raises(Unreachable) as fault,
    ):
        get(out(port), f"http://127.0.0.1:{port}/")
    assert fault.value.code in ("not_http", "reset")


def test_a_closed_port_is_refused_by_the_other_side() -> None:
    with making.server(lambda _: None) as port:
        pass
    with pytest.raises(Unreachable) as fault:
        out(port).open("127.0.0.1", port)
    assert fault.value.code == "refused"


@pytest.mark.parametrize(
    "url",
    [
        "ftp://127.0.0.1/",
        "file:///etc/passwd",
        "http://u:p@127.0.0.1/",
        "http:///x",
        "http://127.0.0.1/a b",
        "http://127.0.0.1/\r\nX: y",
        "http://127.0.0.1:99999/",
    ],
)
def test_addresses_of_other_forms_are_refused(url: str, no_sockets: list[Any]) -> None:
    with pytest.raises(Refused):
        get(out(80), url)
    assert no_sockets == []


def test_data_over_https_needs_a_trusted_server(tmp_path: Path) -> None:
    authority = making.Authority("Okänd CA")
    held = tmp_path / "server.pem"
    leaf = authority.issue("smp", hosts=("smp.example.se",))
    held.write_text(making.pem(leaf) + making.key_pem(making.rsa_key()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(held)

    def handle(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as secure:
            making.http("200 OK", b"<a/>")(secure)

    with (
        making.dns(lambda name, kind, _n: a(name, "127.0.0.1") if kind == "A" else []) as (resolver, _zone),
        making.server(handle) as port,
    ):
        way, url = out(port, resolver=resolver), f"https://smp.example.se:{port}/"
        with pytest.raises(Unreachable) as fault:
            get(way, url)
        assert fault.value.code == "tls"
        assert way.get(url, max_bytes=100, seconds=2, trust=(authority.pem,)).body == b"<a/>"


def test_names_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(egress, "DNS_SECONDS", 0.3)
    answers: dict[str, Any] = {"absent.se": None, "empty.se": [], "broken.se": RCODE.SERVFAIL}
    with making.dns(lambda name, _kind, _n: answers[name]) as (resolver, _zone):
        way = out(443, resolver=resolver)
        for name, code in (("absent.se", "nxdomain"), ("empty.se", "no_answer"), ("broken.se", "servfail")):
            with pytest.raises(NameFault) as fault:
                way.naptr(name)
            assert fault.value.code == code
            assert fault.value.passing == (code == "servfail")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        with pytest.raises(NameFault) as fault:
            out(443, resolver=silent.getsockname()).naptr("any.se")
    assert fault.value.code == "timeout"


def test_naptr_records_come_in_their_order() -> None:
    def records(name: str, _kind: str, _n: int) -> list[RR]:
        return [
            RR(name, QTYPE.NAPTR, ttl=60, rdata=NAPTR(order, 10, b"U", b"Meta:SMP", b"!.*!http://x!"))
            for order in (200, 100)
        ]

    with making.dns(records) as (resolver, _zone):
        found = out(443, resolver=resolver).naptr("x.se")
    assert [record.order for record in found.records] == [100, 200]
    assert found.records[0].regexp == "!.*!http://x!"
    assert found.ttl == 60
