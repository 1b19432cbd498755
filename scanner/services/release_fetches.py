"""The part of a fetcher that asks for the metadata of releases: each once, from the index that has it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial

from django.utils import timezone
from msgspec import Struct

from scanner.index.client import IndexClient
from scanner.selectors.lacking_metadata import FileToRead, files_to_read, lacking_metadata
from scanner.services.index_sets import IndexSet, IndexSource
from scanner.services.metadata import MetadataAnswer, is_large_sdist, read_metadata
from scanner.services.shutdown import stop_requested

__all__ = ["ReleaseFetches", "WantedReleases"]


class WantedReleases(Struct, frozen=True):
    """What became of releases that were not wanted before: the reads to begin, and what no read would change."""

    begun: Mapping[int, Callable[[], MetadataAnswer]]
    settled: set[int]


class ReleaseFetches:
    """The releases that were wanted of the indexes of one question. `connect` gives the client of an index, if any."""

    def __init__(self, indexes: IndexSet, connect: Callable[[IndexSource], IndexClient | None]) -> None:
        self._indexes, self._connect = indexes, connect
        self._shown: dict[int, str] = {}
        self._reads: dict[int, Callable[[], MetadataAnswer]] = {}

    def known(self, release_ids: Collection[int]) -> set[int]:
        """Return those of these releases that were wanted before."""
        return self._shown.keys() & set(release_ids)

    def left_out(self, release_ids: Collection[int]) -> set[int]:
        """Return those of these wanted releases that are not fetched until they are urgent."""
        return set(release_ids) - self._shown.keys()

    def want(self, release_ids: Collection[int], *, urgent: bool) -> WantedReleases:
        """Return what is to be done for these releases: large sdists wait until they are urgent."""
        wanted = set(release_ids) - self._shown.keys()
        if not wanted:
            return WantedReleases({}, wanted)
        lacking = lacking_metadata(wanted, timezone.now())
        self._shown.update(dict.fromkeys(wanted, ""))
        begun: dict[int, Callable[[], MetadataAnswer]] = {}
        for index in self._indexes:
            mine = lacking.get(index.pk, {})
            client = self._connect(index) if mine else None
            if client is not None:
                reads = self._read_all(mine, client, urgent=urgent)
                begun |= reads
                wanted -= mine.keys() - reads.keys()
        return WantedReleases(begun, wanted - begun.keys())

    def ended(self, release_id: int) -> Callable[[], MetadataAnswer] | None:
        """Note that a read has ended. Return what would read the release again, once."""
        return self._reads.pop(release_id, None)

    def shown(self, release_id: int) -> str:
        """Return name and version of a release whose read was begun."""
        return self._shown[release_id]

    def _read_all(
        self, releases: Mapping[int, str], client: IndexClient, *, urgent: bool
    ) -> dict[int, Callable[[], MetadataAnswer]]:
        files = files_to_read(releases)
        begun: dict[int, Callable[[], MetadataAnswer]] = {}
        for pk, shown in releases.items():
            mine = files.get(pk, ())
            if urgent or not is_large_sdist(mine):
                self._shown[pk] = shown
                begun[pk] = self._reads[pk] = partial(_read, pk, mine, client)
            else:
                del self._shown[pk]
        return begun


def _read(release_id: int, files: Sequence[FileToRead], client: IndexClient) -> MetadataAnswer:
    return MetadataAnswer(release_id) if stop_requested() else read_metadata(release_id, files, client)
