"""The client against a real HTTP server: what it asks for, and what it answers."""

import pytest
from packaging.utils import InvalidName

from scanner.index.answers import FreshPage, FreshRoot, NotModified
from scanner.index.client import IndexClient, default_user_agent
from scanner.index.errors import (
    NoSuchPackage,
)
from tests.replay import ReplayIndex, faults
from tests.scanner.index.small_index import fresh


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


@pytest.mark.parametrize("url", ["", "ftp://index.example/simple", "index.example/simple", "file:///tmp/simple"])
def test_an_address_that_is_none_is_refused_at_once_without_repeating_it(url: str) -> None:
    with pytest.raises(ValueError, match="an index address starts with"):
        IndexClient(url)


def test_no_cookie_is_kept(index: ReplayIndex, client: IndexClient) -> None:
    index.fail(faults.Redirect(f"{index.url}/demo/", cookie="track=1"), times=1)
    assert fresh(client).page.files
    assert all("cookie" not in seen.headers for seen in index.requests)
