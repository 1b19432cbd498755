"""The page of all packages, read in slices."""

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from packaging.utils import NormalizedName

from scanner.domain.index_page.page import RootPage
from scanner.index.errors import InvalidIndexPage
from scanner.index.formats import root_page
from scanner.index.formats.read import JSON_TYPE, read_root

URL = "https://index.example/simple/"
SPACES = ((",", ":"), (", ", ": "))


def body(*rows: object, separators: tuple[str, str] = (",", ":"), **more: object) -> bytes:
    document = {"meta": {"api-version": "1.4"}, "projects": rows, **more}
    return json.dumps(document, separators=separators).encode()


def row(name: object, serial: object) -> dict[str, object]:
    return {"_last-serial": serial, "name": name}


def root(page: bytes, above: int | None = None, among: set[str] | None = None) -> RootPage:
    names = None if among is None else {NormalizedName(name) for name in among}
    return read_root(JSON_TYPE, page, URL, above=above, among=names)


PAGE = body(row("Alpha.One", 5), row("beta", 7), row("gamma__Ray", 9), row("delta", None))


def test_rows_above_a_serial_and_those_without_one_are_read() -> None:
    assert root(PAGE, above=7) == RootPage({"gamma-ray": 9, "delta": None}, 4, 9)  # type: ignore[dict-item]  # names


def test_rows_of_some_names_are_told_however_they_are_written() -> None:
    page = root(PAGE, among={"alpha-one", "gamma-ray", "elsewhere"})
    assert page == RootPage({"alpha-one": 5, "gamma-ray": 9}, 4, 9)  # type: ignore[dict-item]  # names


def test_of_a_name_listed_twice_the_higher_serial_counts() -> None:
    twice = body(row("demo", 9), row("Demo", 3), row("demo", None))
    for page in (root(twice), root(twice, above=1), root(twice, among={"demo"})):
        assert dict(page.serials) == {"demo": 9}


TEXTS = ["a", "A_b", "a--b", "a.b", "b", "x},{", "},{", "}, {", '"projects":[', "]", '\\"', "\n", "", "é"]
names = st.sampled_from(TEXTS) | st.integers() | st.none()
serials: st.SearchStrategy[object] = st.integers(-1, 20) | st.sampled_from(["7", True, None, 2.5, [], 2**70])
entries = st.builds(row, names, serials) | st.sampled_from([{}, [], "text", 5, {"name": "b"}, {"_last-serial": 3}])


@given(
    st.lists(entries, max_size=12),
    st.none() | st.integers(0, 20),
    st.none() | st.sets(st.sampled_from(["a", "a-b", "b"])),
    st.sampled_from(SPACES),
    st.integers(1, 60),
)
@example([row("b", True), row("a", "7"), row("A", -1)], 1, None, SPACES[0], 1)
@example([row("a", 1), row("x},{", 2), row("b", 3)], None, None, SPACES[0], 1)
@example([row("a", 1), {"name": "b", "of": [{"c": 1}, {"d": 2}]}, row("b", 3)], None, None, SPACES[1], 1)
def test_slices_tell_what_the_whole_page_tells(
    rows: list[Any], above: int | None, among: set[str] | None, separators: tuple[str, str], size: int
) -> None:
    page = body(*rows, separators=separators)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(root_page, "_SLICE", 10**9)
        whole = root(page, above, among)
        patch.setattr(root_page, "_SLICE", size)
        assert root(page, above, among).serials == whole.serials
        assert root(page, above, among).names == len(rows)
        if above is None and among is None:
            told = {NormalizedName(name): serial for name, serial in whole.serials.items() if name in ("a", "a-b", "b")}
            assert root(page, None, {"a", "a-b", "b"}) == RootPage(told, len(rows), whole.newest)


def test_a_page_cut_off_anywhere_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(root_page, "_SLICE", 1)
    for position in range(len(PAGE)):
        with pytest.raises(InvalidIndexPage):
            root(PAGE[:position])


@pytest.mark.parametrize(
    "page",
    [
        body(row("a", 1), other=[1, 2]),
        b'{"projects": [{"name": "a", "_last-serial": 1}], "meta": {"api-version": "1.0"}}',
        b'{"meta":{"api-version":"1.0","projects":[{"name":"no"}]},"projects":[{"name":"a","_last-serial":1}]}',
        '\ufeff{"meta":{"api-version":"1.0"},"projects":[{"name":"a","_last-serial":1}]}'.encode(),
        b'{"meta":{"api-version":"1.0"},\n"projects" : [\n{"name":"a","_last-serial":1}\n]}',
    ],
)
def test_a_page_written_in_another_way_is_read_all_the_same(page: bytes) -> None:
    assert root(page) == RootPage({NormalizedName("a"): 1}, 1, 1)
