"""Pages and root pages of both wire forms: which form it is, and what is read and refused in either."""

import json

import pytest

from scanner.domain.index_page.page import ProjectStatus
from scanner.index.errors import InvalidIndexPage
from scanner.index.formats.read import JSON_TYPE, read_page, read_root
from tests.scanner.index.formats.small_pages import (
    HTML,
    NAME,
    PLAIN,
    URL,
    from_html,
    from_json,
    html_body,
    html_link,
    json_body,
    json_row,
)


def test_what_an_index_does_not_announce_is_unknown_and_what_it_denies_is_known() -> None:
    assert from_json(json_row()).files[0].has_metadata is None
    assert from_json(json_row(**{"core-metadata": False})).files[0].has_metadata is False
    assert from_html(html_link()).files[0].has_metadata is None
    marked = html_link('data-core-metadata="true"', "demo-1.0-py3-none-any.whl")
    assert [file.has_metadata for file in from_html(html_link(), marked).files] == [False, True]


def test_a_skipped_row_tells_which_file_it_was() -> None:
    page = from_json(json_row(yanked=3), json_row(filename="demo-2.0.tar.gz"))
    assert page.problems[0].filename == "demo-1.0.tar.gz"


def test_a_file_that_is_listed_twice_counts_once() -> None:
    page = from_json(json_row(), json_row(size=5))
    assert page.files == (PLAIN,)
    assert [problem.place for problem in page.problems] == ["files[1].filename"]


def test_an_unknown_status_counts_as_active_and_is_reported() -> None:
    page = from_json(json_row(), **{"project-status": {"status": "asleep"}})
    assert page.status is ProjectStatus.ACTIVE
    assert [problem.place for problem in page.problems] == ["project-status"]


@pytest.mark.parametrize(("version", "fine"), [("1.0", True), ("1.99", True), ("2.0", False), (1.0, False)])
def test_only_another_major_api_version_is_refused(version: object, fine: bool) -> None:
    if fine:
        assert from_json(json_row(), meta={"api-version": version}).files
        assert from_html(html_link(), head=f'<meta name="pypi:repository-version" content="{version}">').files
    else:
        with pytest.raises(InvalidIndexPage):
            from_json(json_row(), meta={"api-version": version})


@pytest.mark.parametrize(
    "body",
    [
        b"<html><body><h1>Links for demo</h1></body></html>",
        b"<title>Links for Demo</title>",
        html_body(head='<meta name="pypi:repository-version" content="1.0">'),
    ],
)
def test_a_page_without_files_is_believed_when_it_says_what_it_is(body: bytes) -> None:
    assert read_page(HTML, body, NAME, URL).files == ()


def test_a_page_of_more_files_than_the_bound_is_refused() -> None:
    with pytest.raises(InvalidIndexPage, match="no more than 2"):
        read_page(JSON_TYPE, json_body(*[json_row(filename=f"d-{i}.zip") for i in range(3)]), NAME, URL, max_files=2)
    with pytest.raises(InvalidIndexPage, match="no more than 2"):
        read_page(HTML, html_body(*[html_link(filename=f"d-{i}.zip") for i in range(3)]), NAME, URL, max_files=2)


@pytest.mark.parametrize("content_type", ["", "image/png", "application/json", "application/vnd.pypi.simple.v2+json"])
def test_another_content_type_is_refused(content_type: str) -> None:
    with pytest.raises(InvalidIndexPage, match="Content-Type"):
        read_page(content_type, json_body(json_row()), NAME, URL)


def test_thousands_of_bad_rows_are_counted_and_not_all_listed() -> None:
    page = from_json(json_row(), *[{"filename": None}] * 500)
    assert len(page.problems) == 101
    assert page.problems[-1].message == "400 more problems are not listed"


def test_the_json_root_gives_each_package_its_serial() -> None:
    body = {
        "meta": {"api-version": "1.4", "_last-serial": 9},
        "projects": [
            {"name": "Demo_X", "_last-serial": 5},
            {"name": "other"},
            {"name": "../evil"},
            {"name": 5},
            "no mapping",
            {"name": "odd", "_last-serial": "many"},
        ],
    }
    root = read_root(JSON_TYPE, json.dumps(body).encode(), URL)
    assert (root.serials, root.names, root.newest) == ({"demo-x": 5, "other": None, "odd": None}, 6, 5)


def test_the_html_root_gives_names_without_serials() -> None:
    body = b'<html><body><a href="/simple/demo-x/">Demo_X</a>\n<a>%%</a></body></html><!--SERIAL 9-->'
    root = read_root(HTML, body, URL)
    assert (root.serials, root.names, root.newest) == ({"demo-x": None}, 2, None)


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        (JSON_TYPE, b'{"meta": {"api-version": "1.0"}}'),
        (HTML, b"<html><body>sign in</body></html>"),
        (HTML, b'<html><body><a href="x/">x</a>'),
        ("text/plain", b""),
    ],
)
def test_what_is_no_root_page_is_refused(content_type: str, body: bytes) -> None:
    with pytest.raises(InvalidIndexPage):
        read_root(content_type, body, URL)


def test_a_root_page_of_more_names_than_the_bound_is_refused() -> None:
    body = json.dumps({"meta": {"api-version": "1.0"}, "projects": [{"name": "a"}, {"name": "b"}]}).encode()
    with pytest.raises(InvalidIndexPage, match="no more than 1"):
        read_root(JSON_TYPE, body, URL, max_names=1)
    with pytest.raises(InvalidIndexPage, match="no more than 1"):
        read_root(HTML, b"<a href=a>a</a><a href=b>b</a>", URL, max_names=1)
