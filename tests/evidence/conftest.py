"""A clamd to scan with."""

from collections.abc import Iterator

import pytest

from tests.evidence.clamd import Clamd


@pytest.fixture
def clamd() -> Iterator[Clamd]:
    with Clamd() as running:
        yield running
