"""The releases of a planned set that may still get files."""

from datetime import UTC, datetime, timedelta

from projects.domain.report.planned_set import PlannedSet

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def test_releases_are_open_for_14_days_and_always_where_the_index_never_closes_them() -> None:
    planned = PlannedSet(
        uploaded={("core", "2.0"): NOW - timedelta(days=3), ("shell", "2.0"): NOW - timedelta(days=30)},
        never_closed=frozenset({("aside", "1.1")}),
    )
    assert planned.open_releases(NOW) == {("aside", "1.1"): None, ("core", "2.0"): NOW + timedelta(days=11)}
