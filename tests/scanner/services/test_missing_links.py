"""Links of packages whose metadata was stored before links were kept are read once more."""

import pytest

from scanner.models import Package, Release
from scanner.selectors.lacking_metadata import files_to_read
from scanner.services.indexes import client_of
from scanner.services.metadata import read_metadata
from scanner.services.missing_links import fill_links
from scanner.services.storage.metadata import store_metadata
from tests.replay import ReplayIndex, a_file
from tests.scanner.services.conftest import NOON, Poll

pytestmark = pytest.mark.django_db

WHEEL, URL = "demo-1.0-py3-none-any.whl", "https://example.org/demo"


def forget_links(replay: ReplayIndex, poll: Poll, demo: Package) -> None:
    """Store a release as it was stored before links were kept."""
    lines = [("Metadata-Version", "2.4"), ("Name", "demo"), ("Version", "1.0"), ("Project-URL", f"Source, {URL}")]
    replay.add_package("demo", [a_file(WHEEL, metadata=tuple(lines))])
    poll()
    release = Release.objects.get()
    store_metadata([read_metadata(release.pk, files_to_read([release.pk])[release.pk], client_of(demo.index))], NOON)
    Release.objects.update(links=None)
    replay.clear_log()


def test_links_that_were_not_kept_are_read_once(replay: ReplayIndex, demo: Package, poll: Poll) -> None:
    forget_links(replay, poll, demo)
    assert fill_links() == 1
    assert Release.objects.get().links == [["source", "Source", URL]]
    assert fill_links() == 0
    assert len(replay.requests) == 1


def test_metadata_that_are_gone_are_asked_for_once(replay: ReplayIndex, demo: Package, poll: Poll) -> None:
    forget_links(replay, poll, demo)
    replay.remove_file("demo", WHEEL)
    assert fill_links() == 1
    assert Release.objects.get().links == []
    assert fill_links() == 0
