"""An index with a wheel and sdists, and a client with small limits."""

from collections.abc import Iterator

import pytest

from scanner.index.client import IndexClient
from tests.replay import ReplayIndex, a_file
from tests.scanner.index.archives.bodies import LIMITS, SDIST, WHEEL


@pytest.fixture(scope="module")
def index() -> Iterator[ReplayIndex]:
    with ReplayIndex(recorded=False) as index:
        index.add_package(
            "demo",
            [a_file(name, requires_dist=["numpy>=2"]) for name in (WHEEL, SDIST, "demo-1.0.zip", "demo-1.0.tar.bz2")],
        )
        yield index


@pytest.fixture
def client(index: ReplayIndex) -> Iterator[IndexClient]:
    index.clear_log()
    index.ranges = True
    yield IndexClient(index.url, limits=LIMITS)
    index.clear_faults()
