"""A package on the replay index, polled by hand."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from scanner.index.client import IndexClient
from scanner.models import Package, WheelEvent
from scanner.services import fetch_process
from scanner.services.index_sets import IndexSet, one_index
from scanner.services.indexes import get_index
from scanner.services.polling.poll import poll_package
from scanner.services.polling.results import PollResult
from tests.replay import ReplayIndex

NOON = datetime(2024, 9, 11, 12, tzinfo=UTC)
Poll = Callable[..., PollResult]


@pytest.fixture
def demo(db: None) -> Package:
    return Package.objects.create(index=get_index(), name="demo", due_at=NOON)


@pytest.fixture
def poll(replay: ReplayIndex, demo: Package) -> Poll:
    client = IndexClient(replay.url)

    def poll(now: datetime = NOON, package: Package = demo) -> PollResult:
        outcome = poll_package(package.pk, client, now)
        package.refresh_from_db()
        return outcome

    return poll


@pytest.fixture
def events() -> Callable[[], list[tuple[str, str]]]:
    """(kind, file name or version) of every event, oldest first."""

    def read() -> list[tuple[str, str]]:
        rows = WheelEvent.objects.order_by("pk").values_list("kind", "filename", "version")
        return [(kind, filename or version) for kind, filename, version in rows]

    return read


@pytest.fixture
def indexes(replay: ReplayIndex) -> IndexSet:
    """The replay index alone."""
    return one_index(replay.url, IndexClient(replay.url))


@pytest.fixture
def nothing_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch_process, "fresh_names", lambda *_: set())
    monkeypatch.setattr(fetch_process, "settled_releases", lambda *_: set())
