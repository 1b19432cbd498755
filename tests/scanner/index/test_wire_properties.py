"""Whatever an index sends, a reader answers with values or InvalidIndexPage, and soon."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.utils import NormalizedName

from scanner.domain.index_page.page import IndexPage
from scanner.index.errors import InvalidIndexPage
from scanner.index.formats import json_page, usual_rows
from scanner.index.formats.read import JSON_TYPE, read_page, read_root
from tests.scanner.index.formats.small_pages import html_body, html_link, json_body, json_row

NAME = NormalizedName("demo")
URL = "https://index.example/simple/demo/"

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
ROW_KEYS = [
    "filename",
    "url",
    "hashes",
    "requires-python",
    "size",
    "upload-time",
    "yanked",
    "core-metadata",
    "provenance",
]
PAGE_KEYS = ["meta", "name", "files", "versions", "project-status"]
rows = st.dictionaries(st.sampled_from(ROW_KEYS), anything, max_size=5).map(lambda changes: json_row(**changes))
markup = st.lists(
    st.sampled_from(
        ["<a", " href=", '"', "'", ">", "</a>", "<!--", "-->", "<", "demo-1.0.zip", "<html>", "</html>", "data-yanked",
         "<script>", "</script>", "&amp;", "&#x110000;", "#sha256=", "\x00", "\n", "=", "/", "<base href='//['>"]
    )
    | st.text(max_size=8),
    max_size=40,
).map("".join)  # fmt: skip


def read_or_refuse(content_type: str, body: bytes) -> IndexPage | None:
    try:
        return read_page(content_type, body, NAME, URL)
    except InvalidIndexPage:
        return None


def check(page: IndexPage | None) -> None:
    """Check what every caller relies on."""
    if page is None:
        return
    names = [file.filename for file in page.files]
    assert len(names) == len(set(names))
    for file in page.files:
        assert file.url.startswith(("http://", "https://"))
        assert "#" not in file.url
        assert file.uploaded_at is None or file.uploaded_at.utcoffset() is not None
        for text in (file.filename, file.url, file.requires_python, file.yanked_reason):
            assert "\x00" not in (text or "")
            (text or "").encode()


@given(st.binary(max_size=300), st.sampled_from([JSON_TYPE, "text/html", "text/html; charset=utf-16", ""]))
def test_any_bytes_give_a_page_or_a_refusal(body: bytes, content_type: str) -> None:
    check(read_or_refuse(content_type, body))


@given(anything)
def test_any_json_gives_a_page_or_a_refusal(document: Any) -> None:
    check(read_or_refuse(JSON_TYPE, json.dumps(document).encode()))


@given(st.dictionaries(st.sampled_from(PAGE_KEYS), anything, max_size=3), st.lists(rows | anything, max_size=4))
def test_a_json_page_with_anything_in_any_place_gives_a_page_or_a_refusal(changes: Any, files: Any) -> None:
    check(read_or_refuse(JSON_TYPE, json_body(**{"files": files, **changes})))


DIGEST = st.sampled_from(["0a" * 32, "AB" * 32, f"{'0a' * 31} 0", f" {'0a' * 32} ", "0a", None])
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "filename": st.sampled_from(
        ["demo-2.0.zip", "demo-3.0-py3-none-any.whl", "a/b", "a\\b", "\x00", "\x7f", " ", "", "ä.zip", "x" * 301]
    ),
    "url": st.sampled_from(
        ["https://files.example/a.zip", "https://files.example/a.zip#sha256=1", "../a.zip", "https://a b/", "ftp://a/b",
         "https://ä.example/a.zip", "//", "", f"https://files.example/{'x' * 2000}", "https://files.example\\a"]
    ),
    "hashes": st.none() | st.fixed_dictionaries({}, optional={"sha256": DIGEST, "md5": st.just("x")}),
    "size": st.sampled_from([0, 12, -1, 2**63 - 1, 2**63, 10**30, 1.0, True, None, "1"]),
    "requires-python": st.sampled_from([">=3.9", " >=3.9 ", "", " ", "x" * 201, "\x00", "é", None]),
    "upload-time": st.sampled_from(
        ["2026-01-02T03:04:05Z", "2026-01-02T03:04:05.678901Z", "2026-01-02T03:04:05.1234567Z", "2026-01-02", "Z", "",
         "2026-01-02T03:04:05+02:00", "2026-01-02T03:04:05", "0001-01-01T00:00:00+14:00", "2026-13-02T03:04:05Z", None]
    ),
    "yanked": st.sampled_from([False, True, None, "", "why", "a\nb", "é\x00"]),
    "core-metadata": st.none() | st.booleans() | st.fixed_dictionaries({}, optional={"sha256": DIGEST}),
    "data-dist-info-metadata": st.booleans(),
    "provenance": anything,
}  # fmt: skip
usual = {
    **json_row(url="https://files.example/demo-1.0.tar.gz", size=1, yanked=False),
    "requires-python": ">=3.8",
    "upload-time": "2026-01-02T03:04:05.678901Z",
    "core-metadata": {"sha256": "cd" * 32},
}
nearly_usual = st.fixed_dictionaries({}, optional=VALUES).map(lambda changes: {**usual, **changes})


@given(
    st.lists(nearly_usual, max_size=2), st.dictionaries(st.sampled_from(PAGE_KEYS), anything, max_size=1), st.booleans()
)
def test_reading_by_columns_gives_what_reading_row_by_row_gives(files: Any, changes: Any, as_ascii: bool) -> None:
    page = {"meta": {"api-version": "1.4"}, "name": "demo", "files": [usual, *files], **changes}
    body = json.dumps(page, ensure_ascii=as_ascii).encode("utf-8", "surrogatepass")
    assert outcome(json_page.read_page, body) == outcome(row_by_row, body)


def row_by_row(body: bytes, name: NormalizedName, url: str, most: int) -> IndexPage:
    return json_page.read_document(json_page.read_any(body, url), name, url, most)


def outcome(read: Callable[[bytes, NormalizedName, str, int], IndexPage], body: bytes) -> object:
    """Return the page with the types of its values, or the refusal."""
    try:
        page = read(body, NAME, URL, 2)
    except InvalidIndexPage as error:
        return str(error)
    return page, [tuple(map(type, file)) for file in page.files]


def test_the_usual_page_is_read_by_columns() -> None:
    rows_read = [usual, {**usual, "filename": "demo-2.0.zip", "yanked": 'a "reason"', "core-metadata": False}]
    document = usual_rows.decode(json_body(*rows_read))
    assert document is not None
    assert usual_rows.read_files(document.files, URL) is not None


@given(st.lists(rows, max_size=5))
def test_a_good_row_survives_any_bad_rows_beside_it(bad: Any) -> None:
    page = read_or_refuse(JSON_TYPE, json_body(json_row(filename="kept-1.0.zip"), *bad))
    assert page is not None
    assert "kept-1.0.zip" in [file.filename for file in page.files]
    check(page)


@given(markup)
def test_any_markup_gives_a_page_or_a_refusal(text: str) -> None:
    check(read_or_refuse("text/html", text.encode("utf-8", "surrogatepass")))


@given(st.lists(markup, max_size=3))
def test_any_attributes_of_a_link_give_a_page_or_a_refusal(attributes: list[str]) -> None:
    check(read_or_refuse("text/html", html_body(*[html_link(text) for text in attributes])))


@given(st.binary(max_size=200) | markup.map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_root_page_gives_names_or_a_refusal(body: bytes) -> None:
    for content_type in (JSON_TYPE, "text/html"):
        try:
            root = read_root(content_type, body, URL)
        except InvalidIndexPage:
            continue
        assert all(name == name.lower() for name in root.serials)


@pytest.mark.parametrize(
    "piece",
    ["<", "<a ", "<!--", "<!", "</", '<a href="', "<a href='x", "<script>", "a=", "<a/", "&", "&#", "<title>", "< a"],
)
def test_hostile_repetition_is_read_in_one_pass(piece: str) -> None:
    """2 MB of each: a reader that goes back would not end within the suite's time limit."""
    body = (piece * (2_000_000 // len(piece))).encode()
    read_or_refuse("text/html", body)
    read_or_refuse("text/html", b"<html><body>" + body + b"</body></html>")
