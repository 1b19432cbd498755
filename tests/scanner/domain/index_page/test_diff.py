"""Comparing what is stored with a page."""

import random
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.utils import NormalizedName

from scanner.domain.index_page.diff import PageDiff, diff_page
from scanner.domain.index_page.page import IndexFile, IndexPage, PageProblem

NOW = datetime(2026, 11, 21, tzinfo=UTC)
SHA, OTHER = "a" * 64, "b" * 64


def a_row(filename: str = "demo-1.0.zip", **facts: Any) -> IndexFile:
    return IndexFile(filename, f"https://index.example/{filename}")._replace(**facts)


def stored(*files: IndexFile) -> dict[str, IndexFile]:
    return {file.filename: file for file in files}


def page(*files: IndexFile, problems: tuple[PageProblem, ...] = ()) -> IndexPage:
    return IndexPage(NormalizedName("demo"), files, problems=problems)


def applied(before: Mapping[str, IndexFile], changes: PageDiff) -> dict[str, IndexFile]:
    """What is stored once the changes are."""
    after = {name: file for name, file in before.items() if name not in changes.removed}
    return after | stored(*changes.added, *changes.changed)


def test_a_file_that_is_not_stored_is_added() -> None:
    assert diff_page({}, page(a_row())) == PageDiff(added=(a_row(),))


def test_a_file_that_left_the_page_is_removed() -> None:
    assert diff_page(stored(a_row()), page()) == PageDiff(removed=("demo-1.0.zip",))


def test_nothing_changed_is_nothing_and_false() -> None:
    assert not diff_page(stored(a_row()), page(a_row()))


@pytest.mark.parametrize(
    "facts",
    [
        {"url": "https://elsewhere.example/demo-1.0.zip"},
        {"requires_python": ">=3.9"},
        {"size": 5},
        {"uploaded_at": NOW},
        {"sha256": SHA},
        {"has_metadata": True, "metadata_sha256": SHA},
    ],
)
def test_another_fact_makes_a_file_changed(facts: dict[str, Any]) -> None:
    assert diff_page(stored(a_row()), page(a_row(**facts))) == PageDiff(changed=(a_row(**facts),))


def test_a_yank_and_its_end_are_changes_of_their_own() -> None:
    yanked = a_row(yanked=True, yanked_reason="broken")
    assert diff_page(stored(a_row()), page(yanked)) == PageDiff(changed=(yanked,), yanked=(yanked,))
    assert diff_page(stored(yanked), page(a_row())) == PageDiff(changed=(a_row(),), unyanked=(a_row(),))


def test_another_reason_for_a_yank_is_no_new_yank() -> None:
    before, after = a_row(yanked=True, yanked_reason="a"), a_row(yanked=True, yanked_reason="b")
    assert diff_page(stored(before), page(after)) == PageDiff(changed=(after,))


def test_a_requires_python_that_was_taken_back_is_a_change() -> None:
    assert diff_page(stored(a_row(requires_python=">=3")), page(a_row())).changed == (a_row(),)


def test_a_poorer_form_of_the_same_page_erases_nothing() -> None:
    rich = a_row(sha256=SHA, size=5, uploaded_at=NOW, has_metadata=True, metadata_sha256=OTHER)
    assert not diff_page(stored(rich), page(a_row()))


def test_a_poorer_form_with_a_real_change_keeps_the_other_facts() -> None:
    rich = a_row(sha256=SHA, size=5, uploaded_at=NOW)
    changes = diff_page(stored(rich), page(a_row(sha256=SHA, yanked=True)))
    assert changes.changed == (rich._replace(yanked=True),)


def test_a_file_with_another_digest_is_another_file_and_inherits_nothing() -> None:
    before, after = a_row(sha256=SHA, size=5, uploaded_at=NOW), a_row(sha256=OTHER)
    assert diff_page(stored(before), page(after)).changed == (after,)


def test_metadata_that_the_index_takes_back_is_a_change() -> None:
    before, after = a_row(has_metadata=True, metadata_sha256=SHA), a_row(has_metadata=False)
    assert diff_page(stored(before), page(after)).changed == (after,)


def test_a_row_that_could_not_be_read_is_not_a_file_that_is_gone() -> None:
    skipped = PageProblem("files[0].yanked", "3", "neither true, false nor a reason", "demo-1.0.zip")
    assert not diff_page(stored(a_row()), page(problems=(skipped,)))


def test_every_field_but_the_name_is_compared() -> None:
    values: dict[str, object] = {
        "url": "https://x.example/demo-1.0.zip", "sha256": SHA, "size": 1, "requires_python": ">=3", "uploaded_at": NOW,
        "yanked": True, "yanked_reason": "x", "has_metadata": False, "metadata_sha256": SHA,
    }  # fmt: skip
    assert set(IndexFile._fields) == {"filename", *values}
    for name, value in values.items():
        facts: dict[str, Any] = {name: value} | ({"has_metadata": True} if name == "metadata_sha256" else {})
        assert diff_page(stored(a_row()), page(a_row(**facts))), name


names = st.sampled_from([f"demo-{number}.zip" for number in range(6)])
rows = st.builds(
    a_row,
    names,
    sha256=st.sampled_from([None, SHA, OTHER]),
    size=st.sampled_from([None, 1, 2]),
    requires_python=st.sampled_from([None, ">=3.9"]),
    uploaded_at=st.sampled_from([None, NOW, NOW + timedelta(days=1)]),
    yanked=st.booleans(),
    yanked_reason=st.sampled_from([None, "why"]),
    has_metadata=st.sampled_from([None, True, False]),
    metadata_sha256=st.sampled_from([None, SHA]),
)
some_rows = st.lists(rows, max_size=6, unique_by=lambda row: row.filename)


def shuffled(files: Iterable[IndexFile], seed: int) -> list[IndexFile]:
    mixed = list(files)
    random.Random(seed).shuffle(mixed)
    return mixed


@given(some_rows, some_rows)
def test_once_applied_the_same_page_changes_nothing_more(before: list[IndexFile], now: list[IndexFile]) -> None:
    after = applied(stored(*before), diff_page(stored(*before), page(*now)))
    assert not diff_page(after, page(*now))
    assert set(after) == {row.filename for row in now}


@given(some_rows, some_rows, st.integers())
def test_the_order_of_neither_side_matters(before: list[IndexFile], now: list[IndexFile], seed: int) -> None:
    expected = diff_page(stored(*before), page(*now))
    assert diff_page(stored(*shuffled(before, seed)), page(*shuffled(now, seed + 1))) == expected


@given(some_rows, some_rows)
def test_each_file_is_in_one_list_and_the_yank_lists_are_within_the_changed(
    before: list[IndexFile], now: list[IndexFile]
) -> None:
    changes = diff_page(stored(*before), page(*now))
    listed = [file.filename for file in (*changes.added, *changes.changed)] + list(changes.removed)
    assert len(listed) == len(set(listed))
    assert set(changes.yanked) | set(changes.unyanked) <= set(changes.changed)
    assert not set(changes.yanked) & set(changes.unyanked)
    assert bool(changes) == bool(listed)


@given(some_rows, some_rows)
def test_a_first_page_adds_all_and_an_empty_one_removes_all(before: list[IndexFile], now: list[IndexFile]) -> None:
    assert {file.filename for file in diff_page({}, page(*now)).added} == {row.filename for row in now}
    assert set(diff_page(stored(*before), page()).removed) == {row.filename for row in before}
