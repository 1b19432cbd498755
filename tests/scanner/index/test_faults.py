"""What the client makes of an index that fails: each fault has its error, and the next request works again."""

import gzip
from datetime import timedelta

import pytest

from scanner.index.client import IndexClient
from scanner.index.errors import (
    HostThrottled,
    IndexFault,
    IndexRefused,
    IndexUnavailable,
    InvalidIndexPage,
    NoSuchPackage,
)
from scanner.index.host_limiter import HostLimiter
from scanner.index.transport import Limits
from tests.patience import PATIENCE
from tests.replay import ReplayIndex, faults
from tests.scanner.index.small_index import NOW, SMALL, fresh


@pytest.mark.parametrize(
    ("fault", "error", "words"),
    [
        (faults.Status(500), IndexUnavailable, "status 500"),
        (faults.Status(502), IndexUnavailable, "status 502"),
        (faults.Status(400), IndexUnavailable, "status 400"),
        (faults.Status(401), IndexRefused, "status 401"),
        (faults.Status(403), IndexRefused, "status 403"),
        (faults.Status(404), NoSuchPackage, "not on the index"),
        (faults.Status(410), NoSuchPackage, "not on the index"),
        (faults.Status(304), InvalidIndexPage, "304 was not asked for"),
        (faults.Status(429), HostThrottled, "answered 429"),
        (faults.Replace(b"\x00\xff\xfe"), InvalidIndexPage, "not UTF-8"),
        (faults.Replace(b"{}"), InvalidIndexPage, "meta"),
        (faults.Replace(content_type="image/png"), InvalidIndexPage, "Content-Type"),
        (faults.Replace(b"<html>sign in</html>", "text/html"), InvalidIndexPage, "nothing that marks an index page"),
        (faults.Redirect("loop"), InvalidIndexPage, "more than 5 redirects"),
        (faults.Redirect("ftp://files.example/"), InvalidIndexPage, "not an http or https address"),
        (faults.Redirect("//["), InvalidIndexPage, "not an http or https address"),
        (faults.Truncated(), InvalidIndexPage, "cut off"),
        (faults.CutQuietly(), InvalidIndexPage, "gzip encoding ends early"),
        (faults.Reset(), IndexUnavailable, "connection failed"),
        (faults.Reset(after_bytes=20), IndexUnavailable, "connection failed"),
        (faults.Oversized(300_000), InvalidIndexPage, "no more than 200,000 bytes are read"),
        (faults.Oversized(300_000, announced=True), InvalidIndexPage, "no more than 200,000 bytes are read"),
        (faults.GzipBomb(20_000_000), InvalidIndexPage, "no more than 400,000 bytes are unpacked"),
    ],
    ids=repr,
)
def test_each_fault_of_an_index_has_its_error(
    index: ReplayIndex, client: IndexClient, fault: faults.Fault, error: type[IndexFault], words: str
) -> None:
    index.fail(fault)
    with pytest.raises(error) as caught:
        client.page("demo")
    assert type(caught.value) is error
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("fault", "limits", "words"),
    [
        (faults.Silence(), Limits(silence=0.3, total=PATIENCE), "silent for 0.3 s"),
        (faults.Silence(head=True), Limits(silence=0.3, total=PATIENCE), "silent for 0.3 s"),
        (faults.Drip(), Limits(silence=PATIENCE, total=1), "not complete after 1 s"),
    ],
    ids=["silent", "silent after its head", "a byte now and then"],
)
def test_an_index_that_is_too_slow_is_unavailable(
    index: ReplayIndex, fault: faults.Fault, limits: Limits, words: str
) -> None:
    index.fail(fault)
    with pytest.raises(IndexUnavailable, match=words):
        IndexClient(index.url, limits=limits).page("demo")


def test_after_a_fault_the_same_client_works_again(index: ReplayIndex, client: IndexClient) -> None:
    for fault in (faults.Truncated(), faults.Reset(), faults.GzipBomb(20_000_000), faults.Oversized(300_000)):
        index.fail(fault, times=1)
        with pytest.raises(IndexFault):
            client.page("demo")
        assert fresh(client).page.files


def test_a_truncated_page_without_compression_is_not_taken_for_a_shorter_one(
    index: ReplayIndex, client: IndexClient
) -> None:
    index.style.gzip = False
    index.style.json = False
    index.fail(faults.CutQuietly(share=0.8))
    with pytest.raises(InvalidIndexPage):
        client.page("demo")


def test_a_gzip_body_of_several_members_is_read_to_its_end(index: ReplayIndex, client: IndexClient) -> None:
    client_page = fresh(client).page
    index.style.gzip = False
    body = index.project("demo", "application/vnd.pypi.simple.v1+json", None)
    assert body is not None
    parts = gzip.compress(body.body[:100]) + gzip.compress(body.body[100:])
    index.fail(faults.Encoded(parts, "gzip"))
    assert fresh(client).page == client_page


@pytest.mark.parametrize(("body", "coding"), [(b"not gzip", "gzip"), (b"x", "br"), (b"x", "zstd")])
def test_an_encoding_that_is_broken_or_was_not_asked_for_is_refused(
    index: ReplayIndex, client: IndexClient, body: bytes, coding: str
) -> None:
    index.fail(faults.Encoded(body, coding))
    with pytest.raises(InvalidIndexPage):
        client.page("demo")


def test_nothing_listens_there() -> None:
    with ReplayIndex(recorded=False) as index:
        url = index.url
    with pytest.raises(IndexUnavailable, match="no connection"):
        IndexClient(url, limits=SMALL).page("demo")


@pytest.mark.parametrize("name", ["demo", "other"])
def test_retry_after_stops_every_request_to_the_host(index: ReplayIndex, client: IndexClient, name: str) -> None:
    index.fail(faults.Status(503, retry_after=40), times=1)
    with pytest.raises(HostThrottled) as caught:
        client.page("demo")
    assert caught.value.until == NOW + timedelta(seconds=40)
    with pytest.raises(HostThrottled) as again:
        client.page(name)
    assert again.value.until == caught.value.until
    assert len(index.requests) == 1


def test_a_throttled_host_gets_requests_again_after_the_wait(index: ReplayIndex) -> None:
    now = [NOW]
    client = IndexClient(index.url, limiter=HostLimiter(clock=lambda: now[0]))
    index.fail(faults.Status(429, retry_after="Sat, 21 Nov 2026 12:01:00 GMT"), times=1)
    with pytest.raises(HostThrottled):
        client.page("demo")
    assert client.limiter.closed_until(client.host) == NOW + timedelta(minutes=1)
    now[0] = NOW + timedelta(minutes=1)
    assert fresh(client).page.files
    assert client.limiter.closed_until(client.host) is None
