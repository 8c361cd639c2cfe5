"""A small world on loopback: a name server, an SMP and a revocation list whose answers a test sets."""

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from dnslib import NAPTR, QTYPE, RR, A

from checklists import load
from portal.egress import Egress
from portal.verification import pack as packs
from portal.verification import runner
from portal.verification.model import CheckResult, Target
from portal.verification.pack import Pack
from portal.verification.trail import Trail
from tests.verification import making
from tests.verification.making import NOW

PARTICIPANT = "0203:a.se"
HOST = "smp.demo.example"


class World:
    """What is published; each part may be replaced before a check is run."""

    def __init__(
        self, resolver: tuple[str, int], port: int, names: dict[str, Any], pages: dict[str, bytes]
    ) -> None:
        self.port, self.names, self.pages = port, names, pages
        self.names.clear()
        self.pages.clear()
        shipped = packs.load(Path("/nonexistent"), "demo")
        self.smp, self.ap = _smp(), _ap()
        self.signer = _signer()
        self.pack: Pack = shipped.model_copy(
            update={
                "resolver": resolver,
                "smp_ports": (port,),
                "as4_ports": (port,),
                "crl": {"ap": f"http://127.0.0.1:{port}/ap.crl"},
                "anchors": {"smp": (self.smp.pem,), "ap": (self.ap.pem,)},
                "others": {"qa": {"ap": (_other().pem,)}},
            }
        )
        self.loopback = True
        self.participant = PARTICIPANT
        self.certificates: dict[str, str] = {}
        self.endpoint: dict[str, str] = {
            "certificate": making.packed(_leaf()),
            "uri": f"https://{HOST}:{port}/as4",
        }
        self.process = making.process()
        self.kinds = ["message", "receipt"]
        self.pages["/ap.crl"] = self.ap.crl()
        self.answered: str | None = None
        self.names[HOST] = ["127.0.0.1"]

    def publish(self) -> None:
        """Put names and pages up as the fields say, unless a test has put up its own."""
        trail = self.trail()
        escaped = quote(str(trail.participant), safe="")
        record = NAPTR(100, 10, b"U", b"Meta:SMP", f"!.*!http://{HOST}:{self.port}!".encode())
        self.names.setdefault(trail.name(), [record])
        references = []
        for kind in self.kinds:
            document = trail.document(kind)
            path = f"/{escaped}/services/{quote(document, safe='')}"
            references.append(f'<ServiceMetadataReference href="http://{HOST}:{self.port}{path}"/>')
            root = making.metadata(PARTICIPANT, document, making.endpoint(**self.endpoint), self.process)
            self.pages.setdefault(path, making.sign(root, self.signer, making.rsa_key()))
        self.pages.setdefault(
            f"/{escaped}",
            f'<ServiceGroup xmlns="{making.SMP}"><ParticipantIdentifier scheme="iso6523-actorid-upis">'
            f"{self.answered or self.participant}</ParticipantIdentifier><ServiceMetadataReferenceCollection>"
            f"{''.join(references)}</ServiceMetadataReferenceCollection></ServiceGroup>".encode(),
        )

    def trail(self) -> Trail:
        egress = Egress(self.pack.resolver, self.pack.ports, loopback=self.loopback)
        return Trail(Target(self.participant, "demo", self.certificates), self.pack, egress, lambda: NOW)

    def check(self, number: str) -> CheckResult:
        """The result of one check in this world."""
        self.publish()
        return runner.attempt(load.suite("0.1").by_number(number), self.trail())


_kept: dict[str, Any] = {}


def _once(name: str, make: Any) -> Any:
    if name not in _kept:
        _kept[name] = make()
    return _kept[name]


def _smp() -> making.Authority:
    return _once("smp", lambda: making.Authority("SMP Rot"))


def _ap() -> making.Authority:
    return _once("ap", lambda: making.Authority("AP CA"))


def _other() -> making.Authority:
    return _once("other", lambda: making.Authority("Annan AP CA"))


def _signer() -> Any:
    return _once("signer", lambda: _smp().issue("SMP0001-SDK-DEMO"))


def _leaf() -> Any:
    return _once("leaf", lambda: _ap().issue("AP0001-SDK-DEMO", making.rsa_key(3072)))


def other_authority() -> making.Authority:
    """The CA of the environment qa in this world."""
    return _other()


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[tuple[str, int], int, dict[str, Any], dict[str, bytes]]]:
    names: dict[str, Any] = {}
    pages: dict[str, bytes] = {}

    def answer(name: str, kind: str, _asked: int) -> Any:
        if name not in names:
            return None
        found = names[name]
        if isinstance(found, int):
            return found
        if kind == "A":
            return [RR(name, QTYPE.A, rdata=A(one)) for one in found if isinstance(one, str)]
        return (
            [RR(name, QTYPE.NAPTR, rdata=one, ttl=60) for one in found if not isinstance(one, str)]
            if kind == "NAPTR"
            else []
        )

    def page(connection: socket.socket) -> None:
        words = connection.recv(65536).decode("latin-1").split(" ")
        found = pages.get(words[1]) if len(words) > 1 else None
        if isinstance(found, tuple):
            making.http(*found)(_Again(connection))
        elif found is None:
            making.http("404 Not Found", b"")(_Again(connection))
        else:
            making.http("200 OK", found)(_Again(connection))

    with making.dns(answer) as (resolver, _zone), making.server(page) as port:
        yield resolver, port, names, pages


class _Again:
    """A connection whose request has been read already."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self.sendall = connection.sendall

    def recv(self, _size: int) -> bytes:
        return b""


@pytest.fixture
def world(servers: Any, monkeypatch: pytest.MonkeyPatch) -> World:
    """A world where all is well; faults of the environment are not tried again, to save time."""
    monkeypatch.setattr(runner, "PAUSES", ())
    return World(*servers)
