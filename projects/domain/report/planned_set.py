"""The set of versions that a report rests on, with the files that an installer takes for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct, field

from scanner.domain.next_poll import RELEASE_OPEN_FOR

ReleaseKey = tuple[str, str]


class PinnedFile(Struct, frozen=True):
    """The file of a pinned version that an installer takes on the target.

    `uploaded` is an ISO date; file and date are empty where the index has none. `declared` is what the
    release says of the target's Python (scanner.domain.evidence.declared), empty where it was not read;
    `free_threading` is the level of its free-threading classifier.
    """

    name: str
    version: str
    file: str
    uploaded: str
    availability: str
    declared: str = ""
    free_threading: int | None = None


class PlannedSet(Struct, frozen=True):
    """What was read for the pinned releases, each given as (package, version).

    `uploaded` is the first upload of each release, `checked_at` the oldest answer of the index, `never_closed` the
    releases on an index that accepts new files for a release at any time.
    """

    files: Sequence[PinnedFile] = ()
    uploaded: Mapping[ReleaseKey, datetime] = field(default_factory=dict)
    checked_at: datetime | None = None
    never_closed: frozenset[ReleaseKey] = frozenset()

    def open_releases(self, now: datetime) -> dict[ReleaseKey, datetime | None]:
        """Return until when each release may still get files, None for always; closed releases are left out."""
        ends: dict[ReleaseKey, datetime | None] = {
            key: at + RELEASE_OPEN_FOR for key, at in self.uploaded.items() if now - at < RELEASE_OPEN_FOR
        }
        return dict(sorted({**ends, **dict.fromkeys(self.never_closed)}.items()))
