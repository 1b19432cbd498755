"""Three packages from 2023 to today in monthly steps; each wheel event is written exactly once."""

from datetime import UTC, datetime

import pytest

from scanner.index.client import IndexClient
from scanner.models import Package, ReleaseFile, WheelEvent, WheelEventKind
from scanner.services.indexes import get_index
from scanner.services.packages import ensure_packages
from scanner.services.polling.poll import poll_package
from scanner.services.polling.results import PollResult
from tests.flows.test_watch_to_email import months
from tests.replay import ReplayIndex

pytestmark = pytest.mark.django_db

FIRST, LAST = datetime(2023, 1, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)


@pytest.mark.parametrize("name", ["greenlet", "numpy", "cryptography"])
def test_each_wheel_event_is_written_exactly_once(replay: ReplayIndex, name: str) -> None:
    client = IndexClient(replay.url)
    package = ensure_packages(get_index().pk, [name], FIRST)[name]
    before: set[str] = set()
    for now in months(FIRST, LAST):
        replay.as_of = now
        poll_package(package.pk, client, now)
        assert poll_package(package.pk, client, now) is PollResult.UNCHANGED
        if now == FIRST:
            before = set(ReleaseFile.objects.values_list("filename", flat=True))
    added = list(WheelEvent.objects.filter(kind=WheelEventKind.ADDED).values_list("filename", flat=True))
    recorded = replay.package(name)
    assert recorded is not None
    offered = {file.row.filename for file in recorded.files(replay.as_of)}
    assert sorted(added) == sorted(offered - before)
    assert set(ReleaseFile.objects.values_list("filename", flat=True)) == offered
    others = WheelEvent.objects.exclude(kind=WheelEventKind.ADDED).values_list("kind", flat=True)
    assert list(others) == ["first_poll"]
    assert Package.objects.get().serial == recorded.serial(replay.as_of)
