"""Whatever an index sends, a reader answers with values or InvalidIndexPage, and soon."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.utils import NormalizedName

from scanner.domain.index_page.page import IndexPage
from scanner.index.errors import InvalidIndexPage
from scanner.index.formats.read import JSON_TYPE, read_page, read_root
from tests.scanner.index.formats.test_read import html_body, html_link, json_body, json_row

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
