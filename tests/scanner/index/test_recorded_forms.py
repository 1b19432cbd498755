"""Every recorded page, through the real client: the JSON and the HTML form give the same rows."""

import pytest

from scanner.domain.index_page.page import IndexFile, IndexPage
from scanner.index.answers import FreshPage
from scanner.index.client import IndexClient
from tests.replay import ReplayIndex, recorded_names

PAGES = ["email-validator", "hiredis", "zope-interface", "pytz", "cryptography", "setuptools", "psycopg2-binary"]


def fetch(index: ReplayIndex, name: str, *, json: bool) -> IndexPage:
    index.style.json = json
    answer = IndexClient(index.url).page(name)
    assert isinstance(answer, FreshPage)
    return answer.page


def as_html_can_tell(page: IndexPage) -> tuple[IndexFile, ...]:
    """Return the page's files without the values that HTML lacks."""
    announces = any(file.has_metadata for file in page.files)
    return tuple(
        file._replace(
            size=None,
            uploaded_at=None,
            has_metadata=file.has_metadata if announces else None,
        )
        for file in page.files
    )


@pytest.mark.parametrize("name", PAGES)
def test_json_and_html_of_a_recorded_page_give_the_same_rows(replay: ReplayIndex, name: str) -> None:
    json_page, html_page = fetch(replay, name, json=True), fetch(replay, name, json=False)
    assert json_page.files
    assert html_page.files == as_html_can_tell(json_page)
    assert (json_page.problems, html_page.problems) == ((), ())
    assert (html_page.serial, html_page.status) == (json_page.serial, json_page.status)


def test_html_with_upload_times_carries_those_too(replay: ReplayIndex) -> None:
    replay.style.html_upload_times = True
    json_page, html_page = fetch(replay, "hiredis", json=True), fetch(replay, "hiredis", json=False)
    assert [file.uploaded_at for file in html_page.files] == [file.uploaded_at for file in json_page.files]


def test_the_recorded_packages_hold_the_oddities_that_matching_must_survive() -> None:
    """What the data is for; a new recording that loses one should be noticed."""
    assert len(recorded_names()) >= 24
    with ReplayIndex() as index:
        names = [
            file.filename
            for name in (
                "cryptography",
                "aiohttp",
                "lxml",
                "zope-interface",
                "pytz",
                "pydantic-core",
                "psycopg2-binary",
            )
            for file in fetch(index, name, json=True).files
        ]
    for part in (
        ".egg",
        ".exe",
        "-abi3-",
        "-abi3.abi3t-",
        "-ios_",
        "-android_",
        "emscripten",
        "2004d",
        "-pp3",
        "win_arm64",
    ):
        assert any(part in name for name in names), part
