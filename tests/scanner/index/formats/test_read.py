"""Rows of both wire forms: what is read, what is skipped and reported, what makes a page unreadable."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from packaging.utils import NormalizedName

from scanner.domain.index_page.page import IndexFile, IndexPage, ProjectStatus
from scanner.index.errors import InvalidIndexPage
from scanner.index.formats.read import JSON_TYPE, read_page, read_root

NAME = NormalizedName("demo")
URL = "https://index.example/simple/demo/"
SHA = "ab" * 32
HTML = "text/html"


def json_body(*files: object, **changes: object) -> bytes:
    page: dict[str, object] = {"meta": {"api-version": "1.1"}, "name": "demo", "files": list(files), **changes}
    return json.dumps(page).encode()


def json_row(**changes: object) -> dict[str, Any]:
    return {"filename": "demo-1.0.tar.gz", "url": "/files/demo-1.0.tar.gz", "hashes": {"sha256": SHA}, **changes}


def html_body(*links: str, head: str = "") -> bytes:
    return f"<!DOCTYPE html><html><head>{head}</head><body>{'<br/>'.join(links)}</body></html>".encode()


def html_link(attributes: str = "", filename: str = "demo-1.0.tar.gz") -> str:
    return f'<a href="/files/{filename}#sha256={SHA}" {attributes}>{filename}</a>'


def from_json(*files: object, **changes: object) -> IndexPage:
    return read_page(JSON_TYPE, json_body(*files, **changes), NAME, URL)


def from_html(*links: str, head: str = "") -> IndexPage:
    return read_page(HTML, html_body(*links, head=head), NAME, URL)


PLAIN = IndexFile("demo-1.0.tar.gz", "https://index.example/files/demo-1.0.tar.gz", SHA)


def test_a_json_row_becomes_a_file_with_an_absolute_address() -> None:
    assert from_json(json_row()).files == (PLAIN,)


def test_an_html_link_becomes_the_same_file() -> None:
    assert from_html(html_link()).files == (PLAIN,)


def test_every_fact_of_a_json_row_is_read() -> None:
    row = json_row(
        **{
            "requires-python": " >=3.9 ",
            "size": 123,
            "upload-time": "2024-02-03T04:05:06.000007Z",
            "yanked": "broken  build\n",
            "core-metadata": {"sha256": SHA.upper()},
            "data-dist-info-metadata": False,
            "provenance": "https://index.example/provenance",
        }
    )
    page = from_json(row, versions=["1.0"], **{"project-status": {"status": "archived", "reason": "done"}})
    assert page == IndexPage(
        name=NAME,
        files=(
            IndexFile(
                "demo-1.0.tar.gz",
                "https://index.example/files/demo-1.0.tar.gz",
                sha256=SHA,
                size=123,
                requires_python=">=3.9",
                uploaded_at=datetime(2024, 2, 3, 4, 5, 6, 7, tzinfo=UTC),
                yanked=True,
                yanked_reason="broken build",
                has_metadata=True,
                metadata_sha256=SHA,
            ),
        ),
        status=ProjectStatus.ARCHIVED,
        status_reason="done",
    )


def test_every_fact_of_an_html_link_is_read() -> None:
    link = html_link(
        'data-requires-python="&gt;=3.9" data-yanked="broken build" data-upload-time="2024-02-03T06:05:06+02:00" '
        f'data-core-metadata="sha256={SHA}" data-dist-info-metadata="false" data-provenance="https://index.example/p"'
    )
    head = '<meta name="pypi:project-status" content="archived"><meta name="pypi:project-status-reason" content="done">'
    page = from_html(link, "<!--SERIAL 77-->", head=head)
    (file,) = page.files
    assert (file.requires_python, file.yanked, file.yanked_reason) == (">=3.9", True, "broken build")
    assert (file.has_metadata, file.metadata_sha256) == (True, SHA)
    assert file.uploaded_at == datetime(2024, 2, 3, 4, 5, 6, tzinfo=UTC)
    assert (page.status, page.status_reason, page.serial) == (ProjectStatus.ARCHIVED, "done", 77)


@pytest.mark.parametrize(
    ("yanked", "expected"),
    [
        (False, (False, None)),
        (None, (False, None)),
        ("", (False, None)),
        (True, (True, None)),
        ("why", (True, "why")),
        ("\x00", (True, None)),
    ],
)
def test_a_yank_in_json_is_a_flag_and_a_reason(yanked: object, expected: tuple[bool, str | None]) -> None:
    (file,) = from_json(json_row(yanked=yanked)).files
    assert (file.yanked, file.yanked_reason) == expected


@pytest.mark.parametrize("attribute", ["data-yanked", 'data-yanked=""'])
def test_a_yank_in_html_needs_no_reason(attribute: str) -> None:
    (file,) = from_html(html_link(attribute)).files
    assert (file.yanked, file.yanked_reason) == (True, None)


def test_what_an_index_does_not_announce_is_unknown_and_what_it_denies_is_known() -> None:
    assert from_json(json_row()).files[0].has_metadata is None
    assert from_json(json_row(**{"core-metadata": False})).files[0].has_metadata is False
    assert from_html(html_link()).files[0].has_metadata is None
    marked = html_link('data-core-metadata="true"', "demo-1.0-py3-none-any.whl")
    assert [file.has_metadata for file in from_html(html_link(), marked).files] == [False, True]


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"filename": None}, "files[0].filename"),
        ({"filename": 7}, "files[0].filename"),
        ({"filename": "a/../../b.whl"}, "files[0].filename"),
        ({"filename": "x" * 301}, "files[0].filename"),
        ({"filename": "demo\x00.whl"}, "files[0].filename"),
        ({"filename": "demo-\ud800.whl"}, "files[0].filename"),
        ({"url": None}, "files[0].url"),
        ({"url": "javascript:alert(1)"}, "files[0].url"),
        ({"url": "file:///etc/passwd"}, "files[0].url"),
        ({"url": "https://[bad/x.whl"}, "files[0].url"),
        ({"url": "https://" + "x" * 2000}, "files[0].url"),
        ({"hashes": ["sha256"]}, "files[0].hashes"),
        ({"hashes": {"sha256": "short"}}, "files[0].hashes"),
        ({"requires-python": [">=3"]}, "files[0].requires-python"),
        ({"requires-python": ">" * 201}, "files[0].requires-python"),
        ({"yanked": 3}, "files[0].yanked"),
    ],
)
def test_a_malformed_json_row_is_skipped_and_reported_with_its_place(changes: dict[str, Any], place: str) -> None:
    page = from_json(json_row(**changes), json_row(filename="demo-2.0.tar.gz"))
    assert [file.filename for file in page.files] == ["demo-2.0.tar.gz"]
    assert [problem.place for problem in page.problems] == [place]


@pytest.mark.parametrize("row", [None, [], "demo-1.0.tar.gz", 5])
def test_a_json_row_that_is_no_mapping_is_skipped(row: object) -> None:
    page = from_json(row, json_row())
    assert len(page.files) == len(page.problems) == 1


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"size": "big"}, "files[0].size"),
        ({"size": -1}, "files[0].size"),
        ({"size": True}, "files[0].size"),
        ({"size": 2**63}, "files[0].size"),
        ({"upload-time": "yesterday"}, "files[0].upload-time"),
        ({"upload-time": 5}, "files[0].upload-time"),
        ({"upload-time": "0001-01-01T00:00:00+23:00"}, "files[0].upload-time"),
        ({"core-metadata": "yes"}, "files[0].core-metadata"),
        ({"core-metadata": {"sha256": "no"}}, "files[0].core-metadata"),
    ],
)
def test_a_malformed_side_fact_is_dropped_and_its_row_kept(changes: dict[str, Any], place: str) -> None:
    page = from_json(json_row(**changes))
    assert [file.filename for file in page.files] == ["demo-1.0.tar.gz"]
    assert [problem.place for problem in page.problems] == [place]


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


def test_another_major_api_version_in_html_is_refused() -> None:
    with pytest.raises(InvalidIndexPage, match=r"pypi:repository-version.*API version 2\.0"):
        from_html(html_link(), head='<meta name="pypi:repository-version" content="2.0">')


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (b"", "line 1 column 1"),
        (b'{"meta": {"api-version": "1.0"}, "name": "demo", "fil', "line 1 column 50"),
        (b"\xff\xfe{}", "byte 0"),
        (b"[]", "page"),
        (b"{}", "meta"),
        (json_body(name="other"), "name"),
        (json_body(name=None), "name"),
        (json_body(files={}), "files"),
        (json_body(meta=[]), "meta"),
        (json_body(meta={}), "meta.api-version"),
        (json_body({"filename": 1}), "files[0].filename"),
        (b"[" * 100_000, "page"),
        (b'{"meta": ' + b"9" * 5_000 + b"}", "page"),
    ],
)
def test_what_is_no_json_page_is_refused_with_the_place(body: bytes, place: str) -> None:
    with pytest.raises(InvalidIndexPage) as caught:
        read_page(JSON_TYPE, body, NAME, URL)
    assert caught.value.place == place


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><body><form>sign in</form></body></html>",
        b'<html><body><a href="/login">Sign in</a></body></html>',
        html_body(html_link(), html_link(filename="demo-2.0.tar.gz"))[:-30],
        html_body(html_link())[:80],
        b"<!-- never ended",
        b'<a href="/files/demo-1.0.tar.gz',
        b'<a href="/files/demo-1.0.tar.gz">demo',
        b"<script>var x = 1;",
    ],
)
def test_what_is_no_whole_html_page_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidIndexPage):
        read_page(HTML, body, NAME, URL)


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


@pytest.mark.parametrize(
    ("link", "filename", "url"),
    [
        ('<A HREF="demo-1.0.tar.gz">x</A>', "demo-1.0.tar.gz", URL + "demo-1.0.tar.gz"),
        ("<a href=../../p/demo-1.0.zip>x</a>", "demo-1.0.zip", "https://index.example/p/demo-1.0.zip"),
        (
            "<a class='x' href='//files.example/demo-1.0.zip'>x</a>",
            "demo-1.0.zip",
            "https://files.example/demo-1.0.zip",
        ),
        ('<a href="demo-1.0%2Bl-py3-none-any.whl">x</a>', "demo-1.0+l-py3-none-any.whl", None),
        ('<a href="get?id=5">demo-1.0.tar.gz</a>', "demo-1.0.tar.gz", URL + "get?id=5"),
        ('<a href="a&amp;b/demo-1.0.egg">x</a>', "demo-1.0.egg", URL + "a&b/demo-1.0.egg"),
        ('<a href="../">..</a><a href="demo-1.0.exe">x</a>', "demo-1.0.exe", URL + "demo-1.0.exe"),
        (
            '<base href="https://b.example/"><a href="demo-1.0.zip">x</a>',
            "demo-1.0.zip",
            "https://b.example/demo-1.0.zip",
        ),
    ],
)
def test_addresses_in_html_may_be_written_in_many_ways(link: str, filename: str, url: str | None) -> None:
    (file,) = from_html(link).files
    assert file.filename == filename
    assert url is None or file.url == url


def test_a_link_that_is_no_file_is_reported_and_the_rest_counts() -> None:
    page = from_html('<a href="https://project.example/home">home</a>', html_link())
    assert page.files == (PLAIN,)
    assert [problem.place for problem in page.problems] == ["link 1.href"]


def test_links_in_comments_scripts_and_titles_are_not_links() -> None:
    hidden = html_link(filename="demo-9.tar.gz")
    page = from_html(f"<!-- {hidden} --><script>'{hidden}'</script>", html_link(), head=f"<title>{hidden}</title>")
    assert page.files == (PLAIN,)


def test_a_page_of_more_files_than_the_bound_is_refused() -> None:
    with pytest.raises(InvalidIndexPage, match="no more than 2"):
        read_page(JSON_TYPE, json_body(*[json_row(filename=f"d-{i}.zip") for i in range(3)]), NAME, URL, max_files=2)
    with pytest.raises(InvalidIndexPage, match="no more than 2"):
        read_page(HTML, html_body(*[html_link(filename=f"d-{i}.zip") for i in range(3)]), NAME, URL, max_files=2)


@pytest.mark.parametrize("content_type", ["", "image/png", "application/json", "application/vnd.pypi.simple.v2+json"])
def test_another_content_type_is_refused(content_type: str) -> None:
    with pytest.raises(InvalidIndexPage, match="Content-Type"):
        read_page(content_type, json_body(json_row()), NAME, URL)


def test_the_character_set_of_an_html_page_is_kept() -> None:
    body = html_body(html_link('data-yanked="größer"')).decode().encode("latin-1")
    assert read_page("text/html; charset=latin-1", body, NAME, URL).files[0].yanked_reason == "größer"
    with pytest.raises(InvalidIndexPage, match="character set"):
        read_page("text/html; charset=nonsense", body, NAME, URL)


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
