"""One healthy reference organisation for all tests of this folder, and ways to ask it."""

from collections.abc import Callable, Iterator
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from urllib.parse import quote

import dns.resolver
import pytest

from portal.reference.metadata import DOCUMENT_SCHEME, MESSAGE
from tests.reference_process import Reference, reference_organisation


@pytest.fixture(scope="session")
def reference_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("reference")


@pytest.fixture(scope="session")
def reference(reference_dir: Path) -> Iterator[Reference]:
    with reference_organisation(reference_dir) as serving:
        yield serving


@pytest.fixture(scope="session")
def resolver(reference: Reference) -> dns.resolver.Resolver:
    found = dns.resolver.Resolver(configure=False)
    found.nameservers, found.port, found.lifetime = ["127.0.0.1"], reference.ports["dns"], 2.0
    return found


Asked = tuple[int, dict[str, str], bytes]


def ask(port: int, path: str, seconds: float = 5) -> Asked:
    """Status, headers and body of one GET at a loopback port."""
    connection = HTTPConnection("127.0.0.1", port, timeout=seconds)
    try:
        connection.request("GET", path)
        answer: HTTPResponse = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()
    finally:
        connection.close()


def group_path(participant: str) -> str:
    return "/" + quote(f"iso6523-actorid-upis::{participant}", safe="")


def metadata_path(participant: str, document: str = MESSAGE) -> str:
    return f"{group_path(participant)}/services/" + quote(f"{DOCUMENT_SCHEME}::{document}", safe="")


@pytest.fixture
def smp(reference: Reference) -> Callable[[str], Asked]:
    return lambda path: ask(reference.ports["smp"], path)
