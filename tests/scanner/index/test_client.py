"""The client against a real HTTP server: what it asks for, what it answers, what each fault becomes."""

import gzip
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from packaging.utils import InvalidName

from scanner.index.client import FreshPage, FreshRoot, IndexClient, NotModified, default_user_agent
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

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
SMALL = Limits(connect=PATIENCE, silence=PATIENCE, total=PATIENCE, wire=200_000, body=400_000)


@pytest.fixture
def index() -> Iterator[ReplayIndex]:
    with ReplayIndex(recorded=False) as index:
        index.add_package("demo", ["demo-1.0-py3-none-any.whl", "demo-1.0.tar.gz"])
        yield index


@pytest.fixture
def client(index: ReplayIndex) -> IndexClient:
    return IndexClient(index.url, contact="ops@team.example", limiter=HostLimiter(clock=lambda: NOW), limits=SMALL)


def fresh(client: IndexClient, name: str = "demo") -> FreshPage:
    answer = client.page(name)
    assert isinstance(answer, FreshPage)
    return answer


def test_a_page_comes_with_what_the_next_request_needs(client: IndexClient) -> None:
    answer = fresh(client)
    assert [file.filename for file in answer.page.files] == ["demo-1.0-py3-none-any.whl", "demo-1.0.tar.gz"]
    assert answer.etag
    assert len(answer.content_hash) == 64


def test_an_unchanged_page_costs_one_conditional_request_without_a_body(
    index: ReplayIndex, client: IndexClient
) -> None:
    answer = fresh(client)
    index.clear_log()
    assert client.page("demo", etag=answer.etag) == NotModified(answer.page.serial)
    (seen,) = index.requests
    assert (seen.status, seen.headers["if-none-match"]) == (304, answer.etag)


def test_one_connection_serves_page_after_page(index: ReplayIndex, client: IndexClient) -> None:
    answer = fresh(client)
    index.fail(faults.Redirect("/simple/demo/"), path="/simple/demo/", times=1)
    for _ in range(3):
        client.page("demo", etag=answer.etag)
    client.metadata(answer.page.files[0])
    client.wheel_metadata(answer.page.files[0].url)
    assert len(index.requests) == 7
    assert len({seen.connection for seen in index.requests}) == 1


def test_a_changed_page_is_fresh_although_the_request_was_conditional(index: ReplayIndex, client: IndexClient) -> None:
    before = fresh(client)
    index.add_files("demo", ["demo-1.1.tar.gz"])
    after = client.page("demo", etag=before.etag)
    assert isinstance(after, FreshPage)
    assert len(after.page.files) == 3
    assert after.page.serial > before.page.serial  # type: ignore[operator]  # the replay index has serials


def test_last_modified_serves_where_there_is_no_etag(index: ReplayIndex, client: IndexClient) -> None:
    index.style.validator = "last-modified"
    answer = fresh(client)
    assert (answer.etag, answer.last_modified) == (None, "Mon, 01 Jan 2024 00:00:00 GMT")
    assert isinstance(client.page("demo", last_modified=answer.last_modified), NotModified)


def test_the_content_hash_serves_where_there_is_no_validator_at_all(index: ReplayIndex, client: IndexClient) -> None:
    index.style.validator = "none"
    answer = fresh(client)
    assert isinstance(client.page("demo", content_hash=answer.content_hash), NotModified)


def test_every_request_names_the_product_its_version_and_whom_to_write_to(
    index: ReplayIndex, client: IndexClient
) -> None:
    page = fresh(client).page
    client.root()
    client.metadata(page.files[0])
    client.wheel_metadata(page.files[0].url)
    client.sdist_metadata(page.files[1].url)
    assert len(index.requests) == 5
    for seen in index.requests:
        assert seen.headers["user-agent"].startswith("Wheelway/")
        assert "(+ops@team.example)" in seen.headers["user-agent"]


def test_no_part_of_the_contact_can_start_a_new_header() -> None:
    assert "\n" not in default_user_agent("a\r\nX-Evil: 1")
    assert "python-requests" in default_user_agent()
    assert not default_user_agent().startswith("python-requests")


def test_json_is_asked_for_first_and_a_second_version_of_the_api_never(index: ReplayIndex, client: IndexClient) -> None:
    fresh(client)
    accept = index.requests[0].headers["accept"]
    assert accept.startswith("application/vnd.pypi.simple.v1+json,")
    assert "latest" not in accept
    assert "*/*" not in accept


@pytest.mark.parametrize("name", ["Demo", "DEMO", "demo"])
def test_a_name_is_normalised_before_it_is_asked_for(index: ReplayIndex, client: IndexClient, name: str) -> None:
    assert fresh(client, name).page.name == "demo"
    assert [seen.path for seen in index.requests] == ["/simple/demo/"]


@pytest.mark.parametrize("name", ["", "../x", "a b", "a/b", "-x", "naïve"])
def test_what_can_be_no_name_is_never_asked_for(index: ReplayIndex, client: IndexClient, name: str) -> None:
    with pytest.raises(InvalidName):
        client.page(name)
    assert index.requests == []


def test_an_unknown_package_is_a_fact_of_its_own(client: IndexClient) -> None:
    with pytest.raises(NoSuchPackage) as caught:
        client.page("nobody-has-this")
    assert caught.value.name == "nobody-has-this"


def test_html_is_read_where_there_is_no_json_with_the_serial_of_the_header(
    index: ReplayIndex, client: IndexClient
) -> None:
    index.style.json = False
    index.style.relative_urls = True
    page = fresh(client).page
    assert page.serial is not None
    assert page.files[0].url == f"{index.base_url}/files/demo/demo-1.0-py3-none-any.whl"


def test_the_root_gives_serials_and_is_conditional() -> None:
    with ReplayIndex(recorded=False) as small:
        small.add_package("demo", ["demo-1.0.tar.gz"], serial=5_000)
        client = IndexClient(small.url)
        answer = client.root()
        assert isinstance(answer, FreshRoot)
        assert answer.page().serials == {"demo": 5_001}
        assert isinstance(client.root(answer.etag), NotModified)
        assert isinstance(client.root(content_hash=answer.content_hash), NotModified)
        small.add_files("demo", ["demo-1.1.tar.gz"])
        assert isinstance(client.root(answer.etag), FreshRoot)


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


ADDRESSES: list[Callable[[str], str]] = [
    lambda url: url.replace("http://", "http://user:s3cret@"),
    lambda url: url.replace("http://", "http://s3cret@"),
    lambda url: url.replace("http://", "http://us%40er:s3cret%2F@"),
]


@pytest.mark.parametrize("with_credentials", ADDRESSES)
def test_credentials_are_sent_and_never_shown(
    index: ReplayIndex, with_credentials: Callable[[str], str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    client = IndexClient(with_credentials(index.url), limits=SMALL, limiter=HostLimiter(clock=lambda: NOW))
    shown = [repr(client), client.url, str(vars(client))]
    answer = fresh(client)
    assert index.requests[0].headers["authorization"].startswith("Basic ")
    shown += [file.url for file in answer.page.files]
    for fault in (faults.Status(500), faults.Status(401), faults.Reset(), faults.Replace(b"{"), faults.Status(503)):
        index.fail(fault, times=1)
        with pytest.raises(IndexFault) as caught:
            client.page("demo")
        shown += [str(caught.value), repr(caught.value), str(caught.value.args), caught.value.url]
    assert "s3cret" not in " ".join(shown) + caplog.text


def test_credentials_stay_with_the_index_when_a_redirect_or_a_file_leads_elsewhere(index: ReplayIndex) -> None:
    with ReplayIndex(recorded=False) as other:
        other.add_package("demo", ["demo-2.0-py3-none-any.whl"])
        client = IndexClient(index.url.replace("http://", "http://user:s3cret@"))
        index.fail(faults.Redirect(f"{other.url}/demo/"), path="/simple/demo/", times=1)
        page = fresh(client).page
        client.metadata(page.files[0])
        assert [file.filename for file in page.files] == ["demo-2.0-py3-none-any.whl"]
        assert "authorization" in index.requests[0].headers
        assert len(other.requests) == 2
        assert all("authorization" not in seen.headers for seen in other.requests)


def test_a_redirect_brings_no_credentials_of_its_own(index: ReplayIndex, client: IndexClient) -> None:
    index.fail(faults.Redirect(index.url.replace("http://", "http://evil:x@") + "/demo/"), times=1)
    assert fresh(client).page.files
    assert all("authorization" not in seen.headers for seen in index.requests)


@pytest.mark.parametrize("url", ["", "ftp://index.example/simple", "index.example/simple", "file:///tmp/simple"])
def test_an_address_that_is_none_is_refused_at_once_without_repeating_it(url: str) -> None:
    with pytest.raises(ValueError, match="an index address starts with"):
        IndexClient(url)


def test_no_cookie_is_kept(index: ReplayIndex, client: IndexClient) -> None:
    index.fail(faults.Redirect(f"{index.url}/demo/", cookie="track=1"), times=1)
    assert fresh(client).page.files
    assert all("cookie" not in seen.headers for seen in index.requests)
