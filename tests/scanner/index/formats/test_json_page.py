"""Rows of JSON pages: what is read, what is skipped and reported, what makes a page unreadable."""

from datetime import UTC, datetime
from typing import Any

import pytest

from scanner.domain.index_page.page import IndexFile, IndexPage, ProjectStatus
from scanner.index.errors import InvalidIndexPage
from scanner.index.formats.read import JSON_TYPE, read_page
from tests.scanner.index.formats.small_pages import NAME, PLAIN, SHA, URL, from_json, json_body, json_row


def test_a_json_row_becomes_a_file_with_an_absolute_address() -> None:
    assert from_json(json_row()).files == (PLAIN,)


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
