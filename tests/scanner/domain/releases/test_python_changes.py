"""The table of what Pythons removed, and what it says about packages."""

import sys

import pytest

from scanner.domain.releases.python_changes import (
    BACKPORT_PACKAGES,
    REMOVED_MODULES,
    changes_since,
    removed_since,
    standard_library_flags,
)
from scanner.domain.targets.pythons import PYTHON_BRANCHES


def test_the_python_that_runs_this_has_no_module_that_it_removed() -> None:
    gone = {module.name for module in REMOVED_MODULES if module.removed_in <= sys.version_info[:2]}
    assert not gone & sys.stdlib_module_names


def test_the_python_that_runs_this_still_has_those_that_go_later() -> None:
    later = {module.name for module in REMOVED_MODULES if module.removed_in > sys.version_info[:2]}
    assert {name.partition(".")[0] for name in later} <= sys.stdlib_module_names


def test_every_row_names_a_known_python_and_a_source() -> None:
    assert {module.removed_in for module in REMOVED_MODULES} <= PYTHON_BRANCHES.keys()
    assert all(row.source and row.instead for row in REMOVED_MODULES)
    assert len({module.name for module in REMOVED_MODULES}) == len(REMOVED_MODULES)
    assert len({row.package for row in BACKPORT_PACKAGES}) == len(BACKPORT_PACKAGES)


def test_what_goes_on_the_way_counts_and_nothing_else() -> None:
    assert {module.name for module in removed_since((3, 13), (3, 15))} == {"sre_compile", "sre_constants", "sre_parse"}
    assert removed_since((3, 13), (3, 13)) == ()
    assert removed_since((3, 14), (3, 12)) == ()
    assert {change.python for change in changes_since((3, 13), (3, 15))} == {(3, 14), (3, 15)}


@pytest.mark.parametrize(
    ("package", "python", "count"),
    [("enum34", (3, 9), 1), ("tomli", (3, 10), 0), ("tomli", (3, 11), 1), ("requests", (3, 15), 0)],
)
def test_a_backport_is_flagged_on_the_pythons_that_do_without_it(
    package: str, python: tuple[int, int], count: int
) -> None:
    assert len(standard_library_flags(package, python)) == count
