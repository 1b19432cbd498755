"""The real index, only when asked for (`make test-live`): the path from pip's default to rows and metadata."""

import socket

import pytest

from scanner.index.answers import FreshPage, NotModified
from scanner.index.client import IndexClient
from scanner.index.default_index import default_index_url
from tests.services import sockets

pytestmark = pytest.mark.live


@pytest.fixture
def _outside_world(monkeypatch: pytest.MonkeyPatch) -> None:
    """Allow connections to other machines, for these tests alone."""
    monkeypatch.setattr(socket.socket, "connect", sockets._real_connect)
    monkeypatch.setattr(socket.socket, "connect_ex", sockets._real_connect_ex)
    monkeypatch.setattr(socket, "getaddrinfo", sockets._real_getaddrinfo)


@pytest.mark.usefixtures("_outside_world")
@pytest.mark.parametrize("name", ["hiredis", "aiohttp", "psycopg2-binary"])
def test_the_default_index_gives_rows_that_can_be_judged(name: str) -> None:
    client = IndexClient(default_index_url(), contact="wheelway test suite")
    answer = client.page(name)
    assert isinstance(answer, FreshPage)
    assert len(answer.page.files) > 500
    assert answer.page.problems == ()
    assert all(file.sha256 and file.url for file in answer.page.files)
    assert isinstance(client.page(name, etag=answer.etag, content_hash=answer.content_hash), NotModified)
    wheel = next(file for file in answer.page.files if file.filename.endswith(".whl"))
    assert b"\nName: " in client.wheel_metadata(wheel.url)
