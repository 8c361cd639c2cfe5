"""Starts the reference organisation: takes the ports, makes what is missing, tells the demo pack and serves."""

import json
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeVar

from cryptography.hazmat.primitives.serialization import Encoding

from portal.reference import addresses as at
from portal.reference.addresses import DEFAULT_PORTS, Ports
from portal.reference.crl import CrlServer
from portal.reference.dns import NameService
from portal.reference.faults import participants
from portal.reference.metadata import Documents
from portal.reference.pki import Pki, open_pki, today
from portal.reference.published import Fault, Published
from portal.reference.recipes import ANCHORS
from portal.reference.smp import SmpServer
from portal.reference.tls import AccessPoint

PORTS_FILE = "ports.json"
Opened = TypeVar("Opened")


class PortTaken(Exception):
    """A port cannot be used; the message names it and says what to do."""


@dataclass(frozen=True)
class _Bound:
    dns: socket.socket
    smp: SmpServer
    tls: socket.socket
    crl: CrlServer

    @property
    def ports(self) -> Ports:
        return Ports(
            self.dns.getsockname()[1],
            self.smp.server_port,
            self.tls.getsockname()[1],
            self.crl.server_port,
        )


@contextmanager
def serving(data_dir: Path, ports: Ports, shown: Fault | None = None) -> Iterator[Ports]:
    """Serves while the block runs; gives the ports that were taken.

    The keys are kept in `<data_dir>/reference`, the certificates that are trusted in `<data_dir>/packs`. Raises
    PortTaken before anything is written.
    """
    with ExitStack() as stack:
        bound = _bind(stack, ports)
        pki = open_pki(data_dir / "reference", today())
        _install_anchors(data_dir / "packs", pki)
        tell_ports(data_dir / "packs" / at.ENVIRONMENT / PORTS_FILE, bound.ports)
        for start in _starts(bound, pki, participants(shown)):
            stack.callback(start())
        yield bound.ports


def _bind(stack: ExitStack, ports: Ports) -> _Bound:
    return _Bound(
        dns=stack.enter_context(_taking("dns", ports.dns, lambda: _socket(socket.SOCK_DGRAM, ports.dns))),
        smp=stack.enter_context(_taking("smp", ports.smp, lambda: SmpServer(ports.smp))),
        tls=stack.enter_context(_taking("tls", ports.tls, lambda: _socket(socket.SOCK_STREAM, ports.tls))),
        crl=stack.enter_context(_taking("crl", ports.crl, lambda: CrlServer(ports.crl))),
    )


def _taking(name: str, port: int, take: Callable[[], Opened]) -> Opened:
    try:
        return take()
    except (OSError, OverflowError) as error:
        raise PortTaken(
            f"Port {port} for {name} cannot be used: {error}. Another reference organisation may be running: "
            f"stop it, or choose a free port with --{name}-port."
        ) from error


def _socket(kind: socket.SocketKind, port: int) -> socket.socket:
    opened = socket.socket(socket.AF_INET, kind)
    try:
        if kind == socket.SOCK_STREAM:
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind((at.LOOPBACK, port))
        if kind == socket.SOCK_STREAM:
            opened.listen(64)
    except BaseException:
        opened.close()
        raise
    return opened


def _starts(
    bound: _Bound, pki: Pki, published: Mapping[str, Published]
) -> tuple[Callable[[], Callable[[], None]], ...]:
    ports = bound.ports
    bound.smp.publish(published, Documents(pki, ports.smp, ports.tls))
    bound.crl.pki = pki
    return (
        NameService(bound.dns, published, ports.smp).start,
        lambda: bound.smp.start("reference-smp"),
        AccessPoint(bound.tls, pki).start,
        lambda: bound.crl.start("reference-crl"),
    )


def _install_anchors(packs_dir: Path, pki: Pki) -> None:
    """Lets the demo's pack trust the demo's authorities, and know those of the other demo environment by name."""
    for environment, purposes in ANCHORS.items():
        for purpose, names in purposes.items():
            folder = packs_dir / environment / purpose
            folder.mkdir(parents=True, exist_ok=True)
            for name in names:
                _put(folder / f"{name}.pem", pki.certificates[name].public_bytes(Encoding.PEM))


def tell_ports(path: Path, ports: Ports) -> None:
    """Leaves the ports to the demo's profile pack, which knows the usual ones by itself."""
    if ports == DEFAULT_PORTS:
        path.unlink(missing_ok=True)
    else:
        _put(path, json.dumps(asdict(ports)).encode())


def _put(path: Path, content: bytes) -> None:
    """Writes a public file in one move, and only when it says something new."""
    if path.is_file() and path.read_bytes() == content:
        return
    half = path.with_name(f".{path.name}.new")
    half.write_bytes(content)
    half.replace(path)
