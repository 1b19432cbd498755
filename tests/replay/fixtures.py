"""pytest fixtures of the replay index; the root conftest names this module in pytest_plugins."""

from collections.abc import Iterator

import pytest

from tests.replay.server import ReplayIndex


@pytest.fixture
def replay() -> Iterator[ReplayIndex]:
    """A running replay index with every recorded package, at the end of recorded time; fresh for each test."""
    with ReplayIndex() as index:
        yield index
