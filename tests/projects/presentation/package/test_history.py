"""What polls saw of a package, in words."""

from datetime import UTC, datetime, timedelta

import pytest

from projects.presentation.package.history import history_lines
from scanner.domain.releases.history import PackageEvent

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
MAC, WINDOWS, FLOOR = "cp313-macosx_14_0_x86_64", "cp313-win_amd64", "cp313-manylinux_2_26_x86_64"


def event(kind: str, version: str = "1.1", filename: str = "", detail: str = "", *targets: str) -> PackageEvent:
    return PackageEvent(kind, version, filename, detail, targets, NOON if filename else None, NOON)


@pytest.mark.parametrize(
    ("seen", "words", "where"),
    [
        (
            event("regression", "1.1", "", "against 1.0", MAC, "cp39-win32"),
            "has no wheel for 2 targets that 1.0 served, 1 of your 2",
            "Python 3.13 on macOS x86-64 (14+)",
        ),
        (
            event("release", "1.1", "", "", WINDOWS),
            "complete: wheels for 1 of the targets that are looked at, 1 of your 2",
            "Python 3.13 on Windows x64",
        ),
        (event("status", "", "", "active → archived"), "the package went from active to archived", ""),
        (event("first_poll", ""), "first read; what was there then is no news", ""),
        (event("added", "1.1", "demo-1.1.tar.gz"), "1 file added", ""),
        (event("yanked", "1.1", "demo-1.1.tar.gz", "broken"), "1 file withdrawn (yanked): broken", ""),
        (event("unyanked", "1.1", "demo-1.1.tar.gz"), "the yank of 1 file taken back", ""),
        (event("removed", "1.1", "demo-1.1.tar.gz"), "1 file removed from the index", ""),
    ],
)
def test_each_kind_is_told_with_the_readers_own_targets(seen: PackageEvent, words: str, where: str) -> None:
    (line,) = history_lines([seen], [MAC, WINDOWS, FLOOR], 10)
    assert (line.words, line.where) == (words, where)


def test_files_that_came_together_are_one_line() -> None:
    files = [event("added", "1.1", f"demo-1.1-{number}.whl") for number in range(5)]
    other = PackageEvent("added", "1.1", "late.whl", "", (), NOON, NOON + timedelta(hours=1))
    late, early = history_lines([other, *files], [], 10)
    assert (late.words, early.words) == ("1 file added", "5 files added")
    assert (len(early.files), early.more) == (3, 2)
    assert len(history_lines([other, *files], [], 1)) == 1
