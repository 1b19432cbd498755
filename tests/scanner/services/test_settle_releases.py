"""Releases that have become quiet, and targets that a release lost."""

from datetime import timedelta

import pytest

from scanner.models import Release, WheelEvent
from scanner.services.settle_releases import settle_releases
from tests.projects.watching import NOON, polled, sdist, wheel

pytestmark = pytest.mark.django_db

QUIET = timedelta(minutes=30)
MAC, WINDOWS = "cp313-cp313-macosx_11_0_x86_64", "cp313-cp313-win_amd64"


def told() -> list[tuple[str, str]]:
    rows = WheelEvent.objects.filter(kind__in=["release", "regression"]).order_by("pk")
    return list(rows.values_list("kind", "version"))


def test_a_release_is_one_event_with_all_it_serves_when_it_is_quiet() -> None:
    polled("demo", wheel("demo", "1.0", WINDOWS), seen_at=NOON)
    files = [wheel("demo", "1.0", WINDOWS), wheel("demo", "1.1", WINDOWS, at=NOON)]
    polled("demo", *files, seen_at=NOON)
    assert settle_releases(NOON + timedelta(minutes=20)) == 0
    files.append(wheel("demo", "1.1", MAC, at=NOON + timedelta(minutes=25)))
    polled("demo", *files, seen_at=NOON + timedelta(minutes=26))
    assert settle_releases(NOON + QUIET) == 0
    assert settle_releases(NOON + timedelta(minutes=55)) == 1
    assert told() == [("release", "1.1")]
    targets = WheelEvent.objects.get(kind="release").targets
    assert {"cp313-win_amd64"} <= set(targets)
    assert any(slug.startswith("cp313-macosx") and slug.endswith("x86_64") for slug in targets)
    assert settle_releases(NOON + timedelta(days=9)) == 0


def test_a_release_that_drops_a_target_is_a_regression_told_once() -> None:
    first = [wheel("demo", "1.0", WINDOWS), wheel("demo", "1.0", MAC)]
    polled("demo", *first)
    polled("demo", *first, wheel("demo", "1.1", WINDOWS), seen_at=NOON + timedelta(hours=1))
    assert settle_releases(NOON + timedelta(hours=1)) == 1
    assert told() == [("release", "1.1"), ("regression", "1.1")]
    event = WheelEvent.objects.get(kind="regression")
    assert event.detail == "against 1.0"
    assert event.targets
    assert all("macosx" in slug for slug in event.targets)
    Release.objects.filter(version="1.1").update(unsettled_since=NOON)
    settle_releases(NOON + timedelta(days=1))
    assert len(told()) == 2


def test_a_backport_is_held_against_the_release_below_it_and_a_final_one_against_a_final_one() -> None:
    old = [wheel("demo", "1.0", WINDOWS), wheel("demo", "2.0", WINDOWS), wheel("demo", "2.0", MAC)]
    polled("demo", *old)
    polled("demo", *old, wheel("demo", "1.0.1", WINDOWS), sdist("demo", "2.1rc1"), wheel("demo", "2.1", MAC))
    settle_releases(NOON + QUIET)
    regressions = WheelEvent.objects.filter(kind="regression").order_by("version")
    assert [(event.version, event.detail) for event in regressions] == [
        ("2.1", "against 2.0"),
        ("2.1rc1", "against 2.0"),
    ]


def test_what_the_first_poll_finds_is_no_news() -> None:
    polled("demo", wheel("demo", "1.0", WINDOWS), wheel("demo", "1.1", MAC))
    assert settle_releases(NOON + QUIET) == 0
    assert told() == []
