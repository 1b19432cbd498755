"""The repository host of the tests as a fixture."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hosting.git_server import GitServer, git_server


@pytest.fixture
def host(tmp_path: Path) -> Iterator[GitServer]:
    """A repository host with an empty repository octo/app."""
    with git_server(tmp_path) as server:
        yield server
