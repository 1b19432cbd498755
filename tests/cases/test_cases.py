"""Real files, and what is right of them, end to end through the assess command on recorded pages."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django import DjangoDbBlocker

from tests.cases import known_breaks, locks, misjudged_files, misread_files, platforms, real_sets
from tests.cases.case import Case, differences
from tests.replay import ReplayIndex

pytestmark = pytest.mark.long

TABLES = (real_sets, locks, misread_files, platforms, misjudged_files, known_breaks)
CASES = [case for table in TABLES for case in table.CASES]


@pytest.fixture(scope="module", autouse=True)
def _one_store(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Keep what was fetched from one case to the next, as a user's store does: most ask for the same large pages."""
    with django_db_blocker.unblock():
        yield
        call_command("flush", interactive=False, verbosity=0)


@pytest.fixture(scope="module")
def recorded() -> Iterator[ReplayIndex]:
    with ReplayIndex() as index:
        yield index


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(
            case,
            id=case.name,
            marks=pytest.mark.xfail(strict=True, reason=case.wrong_today) if case.wrong_today else (),
        )
        for case in CASES
    ],
)
def test_a_real_file_is_judged_rightly(case: Case, recorded: ReplayIndex, tmp_path: Path) -> None:
    if not case.index:
        assert differences(case, recorded, tmp_path) == []
        return
    # Packages of its own are on an index of its own.
    with ReplayIndex() as own:
        assert differences(case, own, tmp_path) == []
