"""A small index and a client of it."""

from collections.abc import Iterator

import pytest

from scanner.index.client import IndexClient
from scanner.index.host_limiter import HostLimiter
from tests.replay import ReplayIndex
from tests.scanner.index.small_index import NOW, SMALL


@pytest.fixture
def index() -> Iterator[ReplayIndex]:
    with ReplayIndex(recorded=False) as index:
        index.add_package("demo", ["demo-1.0-py3-none-any.whl", "demo-1.0.tar.gz"])
        yield index


@pytest.fixture
def client(index: ReplayIndex) -> IndexClient:
    return IndexClient(index.url, contact="ops@team.example", limiter=HostLimiter(clock=lambda: NOW), limits=SMALL)
