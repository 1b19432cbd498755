"""When a digest is due, in the zone of its reader."""

from datetime import UTC, datetime, timedelta

import pytest

from projects.domain.cadence import Cadence, next_digest

WINDOW = timedelta(hours=1)


@pytest.mark.parametrize(
    ("cadence", "zone", "since", "due"),
    [
        (Cadence.SOON, "", "2026-03-02 12:00", "2026-03-02 13:00"),
        # Eight in Zurich is seven in UTC, and six from the last Sunday of March on.
        (Cadence.DAILY, "Europe/Zurich", "2026-03-02 12:00", "2026-03-03 07:00"),
        (Cadence.DAILY, "Europe/Zurich", "2026-03-02 06:59", "2026-03-02 07:00"),
        (Cadence.DAILY, "Europe/Zurich", "2026-03-28 12:00", "2026-03-29 06:00"),
        (Cadence.WEEKLY, "UTC", "2026-03-02 07:00", "2026-03-02 08:00"),
        (Cadence.WEEKLY, "UTC", "2026-03-02 08:00", "2026-03-09 08:00"),
        (Cadence.MONTHLY, "Asia/Tokyo", "2026-03-31 22:00", "2026-03-31 23:00"),
        (Cadence.MONTHLY, "Asia/Tokyo", "2026-03-31 23:00", "2026-04-30 23:00"),
        (Cadence.DAILY, "Mars/Olympus", "2026-03-02 12:00", "2026-03-03 08:00"),
    ],
)
def test_a_digest_is_due_at_eight_in_the_readers_zone(cadence: Cadence, zone: str, since: str, due: str) -> None:
    begun = datetime.fromisoformat(since).replace(tzinfo=UTC)
    assert next_digest(cadence, zone, begun, WINDOW) == datetime.fromisoformat(due).replace(tzinfo=UTC)
