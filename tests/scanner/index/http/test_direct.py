"""Requests that go straight to the pool: what is sent is what requests would send, and connections are used again."""

from __future__ import annotations

import os
from typing import Any

import pytest
import requests

from scanner.index.answers import FreshPage
from scanner.index.client import IndexClient
from scanner.index.errors import NoSuchPackage
from scanner.index.http.direct import DirectRequests, _sent_path
from scanner.index.limits import Limits
from scanner.index.sessions import trusting_session
from tests.replay import ReplayIndex, faults


@pytest.fixture
def index() -> Any:
    with ReplayIndex(recorded=False) as index:
        index.add_package("demo", ["demo-1.0-py3-none-any.whl"])
        yield index


@pytest.mark.parametrize(
    "tail",
    [
        *("", "/", "/simple/demo/", "/a/demo-1.0+cu1.whl.metadata", "/a//b", "/a/./b/../c", "/.a", "/a b", "/ä"),
        *("/a%2fb", "/a%zz", "/a?b=c d", "/a?", "/a;b", "/a#b", "/a'b", "/a\\b", "/~a/b-c_d.e"),
    ],
)
def test_a_path_is_sent_as_requests_sends_it(tail: str) -> None:
    url = f"http://index.example{tail}"
    place = requests.compat.urlsplit(url)
    expected = requests.Request("GET", url).prepare().path_url
    assert _sent_path(url, place.path, is_plain=not (place.query or place.fragment)) == expected


def test_the_login_of_netrc_is_sent_to_its_host(
    index: ReplayIndex, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login operator password s3cret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    assert isinstance(IndexClient(index.url).page("demo"), FreshPage)
    assert index.requests[0].headers["authorization"].startswith("Basic ")


def test_the_proxy_of_the_environment_is_asked(index: ReplayIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", index.base_url)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    assert isinstance(IndexClient("http://index.example/simple").page("demo"), FreshPage)
    assert [seen.headers["host"] for seen in index.requests] == ["index.example"]


def test_a_pool_that_was_closed_is_opened_again(index: ReplayIndex) -> None:
    session = trusting_session()
    sender = DirectRequests(session, Limits())
    for _ in range(2):
        with sender.open("GET", f"{index.url}/demo/", {}, None) as answer:
            assert answer.status == 200
        adapter: Any = session.get_adapter(index.url)
        adapter.poolmanager.clear()
    assert len(index.requests) == 2


def test_after_an_answer_that_nobody_reads_the_connection_serves_the_next_request(index: ReplayIndex) -> None:
    index.fail(faults.Status(404), path="/simple/demo/", times=2)
    client = IndexClient(index.url)
    for _ in range(2):
        with pytest.raises(NoSuchPackage):
            client.page("demo")
    assert isinstance(client.page("demo"), FreshPage)
    assert len({seen.connection for seen in index.requests}) == 1


def test_a_long_body_that_nobody_wants_is_not_read(index: ReplayIndex) -> None:
    index.fail(faults.Status(404, body=b" " * 100_000), path="/simple/demo/", times=1)
    client = IndexClient(index.url)
    with pytest.raises(NoSuchPackage):
        client.page("demo")
    assert isinstance(client.page("demo"), FreshPage)
    assert len({seen.connection for seen in index.requests}) == 2


def test_a_forked_process_sends_nothing_on_the_connections_of_its_parent(index: ReplayIndex) -> None:
    client = IndexClient(index.url)
    client.page("demo")
    child = os.fork()
    if not child:
        try:
            client.page("demo")
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    client.page("demo")
    first, theirs, last = [seen.connection for seen in index.requests]
    assert first == last != theirs
