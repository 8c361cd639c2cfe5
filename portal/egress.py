"""The only way out to addresses that users name: resolves once, refuses forbidden addresses, pins the address it
checked, follows no redirect, knows no proxy, and caps time and bytes.

No socket is opened before the verdict on the address. One `Egress` serves one run, so that a name means the same
address in every step of it.
"""

import contextlib
import http.client
import io
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import dns.exception
import dns.flags
import dns.name
import dns.resolver

from portal import __version__, addresses
from portal.outside import Answer, NameFault, Naptr, NaptrAnswer, Refused, Unreachable

DNS_SECONDS = 2.5
CONNECT_SECONDS = 5.0
_HEADER_BYTES = 64_000
_USER_AGENT = f"Anslut/{__version__} (verification)"


# Of each kind. A name that somebody else writes must not make us knock on a long list of other people's doors.
MOST_ADDRESSES = 8
Connected = socket.socket


class Egress:
    """The way out of one run.

    `resolver` is (address, port) or None for the machine's own; `ports` are the only ports that may be reached;
    `loopback` lets the machine itself be reached at those ports.
    """

    def __init__(
        self, resolver: tuple[str, int] | None, ports: frozenset[int], *, loopback: bool = False
    ) -> None:
        self._resolver = dns.resolver.Resolver(configure=resolver is None)
        if resolver is not None:
            self._resolver.nameservers = [resolver[0]]
            self._resolver.port = resolver[1]
        self._ports = ports
        self._loopback = loopback
        self._pinned: dict[str, tuple[str, ...]] = {}
        self._lock = threading.Lock()

    def naptr(self, name: str) -> NaptrAnswer:
        """The NAPTR records of a name. Raises NameFault."""
        answer = self._query(name, "NAPTR")
        if answer.rrset is None:
            raise NameFault("no_answer", name=name)
        records = [
            Naptr(
                order=record.order,
                preference=record.preference,
                flags=record.flags.decode("ascii", "replace"),
                service=record.service.decode("ascii", "replace"),
                regexp=record.regexp.decode("utf-8", "replace"),
                replacement=record.replacement.to_text(),
            )
            for record in answer.rrset
        ]
        records.sort(key=lambda record: (record.order, record.preference))
        return NaptrAnswer(tuple(records), answer.rrset.ttl, answer.rrset.to_text().encode())

    def resolve(self, host: str) -> tuple[str, ...]:
        """Every address of a host, each checked. Raises Refused when one of them is forbidden, and NameFault.

        The first answer stands for the whole run, whatever the name says later.
        """
        key = host.rstrip(".").lower()
        with self._lock:
            if key in self._pinned:
                return self._pinned[key]
        found = self._checked(host)
        with self._lock:
            return self._pinned.setdefault(key, found)

    def _checked(self, host: str) -> tuple[str, ...]:
        written = addresses.literal(host)
        if written is None and addresses.numeric(host):
            raise Refused("address_form", host=host)
        found = [str(written)] if written is not None else self._addresses(host)
        for text in found:
            self._judge(text, host)
        return tuple(found)

    def _judge(self, text: str, host: str) -> None:
        address = addresses.literal(text)
        if address is None:
            raise Refused("address_form", host=host)
        if addresses.loopback(address):
            if not self._loopback:
                raise Refused("loopback", host=host, address=text)
        elif addresses.forbidden(address):
            raise Refused("address", host=host, address=text)

    def _addresses(self, host: str) -> list[str]:
        found: list[str] = []
        absent: NameFault | None = None
        for kind in ("A", "AAAA"):
            try:
                answered = [record.address for record in self._query(host, kind)]
                found.extend(answered[:MOST_ADDRESSES])
            except NameFault as fault:
                if fault.passing or fault.code == "name":
                    raise
                absent = fault
        if not found:
            raise absent or NameFault("no_answer", name=host)
        return found

    def _query(self, name: str, kind: str) -> dns.resolver.Answer:
        try:
            absolute = dns.name.from_text(name)
            return self._resolver.resolve(absolute, kind, search=False, lifetime=DNS_SECONDS)
        except dns.resolver.NXDOMAIN as error:
            raise NameFault("nxdomain", name=name) from error
        except dns.resolver.NoAnswer as error:
            raise NameFault("no_answer", name=name) from error
        except dns.exception.Timeout as error:
            raise NameFault("timeout", name=name) from error
        except (dns.resolver.NoNameservers, dns.resolver.NoResolverConfiguration, OSError) as error:
            raise NameFault("servfail", name=name) from error
        except (dns.exception.DNSException, UnicodeError, ValueError) as error:
            raise NameFault("name", name=name) from error

    def open(
        self, host: str, port: int, address: str | None = None, seconds: float = CONNECT_SECONDS
    ) -> Connected:
        """A connected socket to a checked address of the host: the given one, or the first that answers.

        Raises Refused, NameFault and Unreachable.
        """
        if port not in self._ports:
            raise Refused("port", host=host, port=port)
        known = self.resolve(host)
        if address is not None and address not in known:
            raise Refused("address", host=host, address=address)
        deadline = time.monotonic() + seconds
        last: Unreachable | None = None
        for candidate in (address,) if address is not None else known:
            try:
                return _connect(candidate, port, deadline)
            except Unreachable as fault:
                last = fault
        raise last or NameFault("no_answer", name=host)

    def get(self, url: str, *, max_bytes: int, seconds: float, trust: tuple[str, ...] = ()) -> Answer:
        """What one GET answers, within the time and size for all of it. Redirects are answers like any other.

        `trust` are CA certificates (PEM) accepted besides the machine's own for https. Raises Refused, NameFault
        and Unreachable.
        """
        scheme, host, port, path = _taken_apart(url)
        deadline = time.monotonic() + seconds
        with contextlib.closing(self.open(host, port, seconds=min(seconds, CONNECT_SECONDS))) as plain:
            address = str(plain.getpeername()[0])
            with _told():
                plain.settimeout(_left(deadline))
                sock = (
                    _trusted(trust).wrap_socket(plain, server_hostname=host) if scheme == "https" else plain
                )
                with contextlib.closing(sock):
                    return _ask(
                        _Timed(sock, deadline, max_bytes + _HEADER_BYTES),
                        host,
                        port,
                        path,
                        max_bytes,
                        address,
                    )


def _taken_apart(url: str) -> tuple[str, str, int, str]:
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as error:
        raise Refused("url", url=url[:200]) from error
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    written = path.isascii() and path.isprintable() and " " not in path
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc or not written:
        raise Refused("url", url=url[:200])
    return parts.scheme, parts.hostname, port, path


def _trusted(trust: tuple[str, ...]) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if trust:
        context.load_verify_locations(cadata="\n".join(trust))
    return context


def _connect(address: str, port: int, deadline: float) -> socket.socket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        with _told():
            sock.settimeout(_left(deadline))
            sock.connect((address, port))
    except Unreachable:
        sock.close()
        raise
    return sock


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """Errors of sockets in the words of this module; coarse on purpose, so that nobody maps a network by them."""
    try:
        yield
    except TimeoutError as error:
        raise Unreachable("timeout") from error
    except ConnectionRefusedError as error:
        raise Unreachable("refused") from error
    except ssl.SSLError as error:
        raise Unreachable("tls") from error
    except (ConnectionError, http.client.RemoteDisconnected) as error:
        raise Unreachable("reset") from error
    except OSError as error:
        raise Unreachable("no_route") from error
    except http.client.HTTPException as error:
        raise Unreachable("not_http") from error


class _Timed(io.RawIOBase):
    """A socket as http.client wants it, with one deadline and one budget for everything that is read."""

    def __init__(self, sock: socket.socket, deadline: float, budget: int) -> None:
        super().__init__()
        self._sock, self._deadline, self._budget = sock, deadline, budget

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._sock.settimeout(_left(self._deadline))
        got = self._sock.recv_into(buffer)
        self._budget -= got
        if self._budget < 0:
            raise Unreachable("too_large")
        return got

    def sendall(self, data: bytes) -> None:
        self._sock.settimeout(_left(self._deadline))
        self._sock.sendall(data)

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(self)


def _ask(sock: _Timed, host: str, port: int, path: str, max_bytes: int, address: str) -> Answer:
    connection = http.client.HTTPConnection(host, port)
    connection.sock = sock
    connection.putrequest("GET", path, skip_accept_encoding=True)
    for name, value in (
        ("User-Agent", _USER_AGENT),
        ("Accept", "text/xml, application/xml;q=0.9, */*;q=0.1"),
        ("Accept-Encoding", "identity"),
        ("Connection", "close"),
    ):
        connection.putheader(name, value)
    connection.endheaders()
    response = connection.getresponse()
    body = response.read(max_bytes + 1)
    if len(body) > max_bytes:
        raise Unreachable("too_large")
    headers = {name.lower(): value for name, value in response.getheaders()}
    return Answer(response.status, headers, body, address)
