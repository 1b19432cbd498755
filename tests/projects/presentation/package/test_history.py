"""The lines of a package's history."""

from datetime import UTC, datetime, timedelta

import pytest

from projects.presentation.package.history import history_lines
from scanner.domain.releases.package_details import PackageEvent

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
MAC, WINDOWS, FLOOR = "cp313-macosx_14_0_x86_64", "cp313-win_amd64", "cp313-manylinux_2_26_x86_64"


def event(kind: str, version: str = "1.1", filename: str = "", detail: str = "", *targets: str) -> PackageEvent:
    return PackageEvent(kind, version, filename, detail, targets, NOON if filename else None, NOON)


@pytest.mark.parametrize(
    ("seen", "text", "own_targets"),
    [
        (
            event("regression", "1.1", "", "against 1.0", MAC, "cp39-win32"),
            "has no wheel for 2 targets that 1.0 supports, 1 of your 2",
            "Python 3.13 on macOS x86-64 (14+)",
        ),
        (
            event("release", "1.1", "", "", WINDOWS),
            "complete: wheels for 1 target of the catalogue, 1 of your 2",
            "Python 3.13 on Windows x64",
        ),
        (event("status", "", "", "active → archived"), "the package status changed from active to archived", ""),
        (event("first_poll", ""), "first poll; earlier changes are not known", ""),
        (event("added", "1.1", "demo-1.1.tar.gz"), "1 file added", ""),
        (event("yanked", "1.1", "demo-1.1.tar.gz", "broken"), "1 file yanked: broken", ""),
        (event("unyanked", "1.1", "demo-1.1.tar.gz"), "1 file no longer yanked", ""),
        (event("removed", "1.1", "demo-1.1.tar.gz"), "1 file removed from the index", ""),
    ],
)
def test_each_kind_has_a_text_and_names_the_users_targets(seen: PackageEvent, text: str, own_targets: str) -> None:
    (line,) = history_lines([seen], [MAC, WINDOWS, FLOOR], 10)
    assert (line.text, line.own_targets) == (text, own_targets)


def test_files_that_came_together_are_one_line() -> None:
    files = [event("added", "1.1", f"demo-1.1-{number}.whl") for number in range(5)]
    other = PackageEvent("added", "1.1", "late.whl", "", (), NOON, NOON + timedelta(hours=1))
    late, early = history_lines([other, *files], [], 10)
    assert (late.text, early.text) == ("1 file added", "5 files added")
    assert (len(early.files), early.more_files) == (3, 2)
    assert len(history_lines([other, *files], [], 1)) == 1
