"""Supply the searches of a request with facts: read what has been fetched, and fetch what is needed and likely."""

from __future__ import annotations

from packaging.utils import NormalizedName
from packaging.version import Version

from projects.domain.assessment.foresight import Foresight
from projects.domain.assessment.request import AssessmentRequest
from projects.services.assessments.read_index import IndexReader
from scanner.domain.resolution.model.missing import Missing
from scanner.services.refresh import Fetcher, FetchProcesses

# Names that are not stored yet are asked for so many at a time.
MOST_NEW_NAMES = 100


class FactSupply:
    """Reads what has been fetched into the snapshot, and keeps the fetcher busy with what is needed and likely."""

    def __init__(self, request: AssessmentRequest, reader: IndexReader, fetcher: Fetcher | FetchProcesses) -> None:
        self._reader, self._fetcher = reader, fetcher
        self._foresight = Foresight(request, reader.snapshot)
        self._releases: dict[int, tuple[NormalizedName, Version]] = {}
        self._here: set[str] = set()
        self._read: set[int] = set()
        self._looked = False

    def provide(self, missing: Missing, seconds: float) -> Missing:
        """Wait until some of what is missing has come in. Return what cannot be had, to be given up."""
        self._want(missing)
        if not self._looked:
            # Only now: where all is stored, nothing is fetched in advance.
            self._looked = True
            self._want(self._foresight.look(map(NormalizedName, self._reader.snapshot.packages)))
        hopeless = self._hopeless(missing)
        if hopeless:
            return hopeless
        if not self._fetcher.busy:
            return self._reader.snapshot.unknown(missing)
        self._take(seconds)
        while self._fetcher.at_hand:
            # What is stored and fresh takes no time: the searches go on when all of it has been read.
            self._take(0)
        return self._hopeless(missing)

    def _take(self, seconds: float) -> None:
        """Read what has come in into the snapshot, and begin to fetch what is likely after it."""
        arrival = self._fetcher.wait(seconds)
        self._here |= arrival.names
        self._read |= arrival.releases
        if arrival.names:
            self._reader.read(arrival.names)
        releases = [self._releases[pk] for pk in arrival.releases if pk in self._releases]
        if releases:
            self._reader.read_metadata(releases)
        changed = [*map(NormalizedName, arrival.names), *(name for name, _ in releases)]
        self._want(self._foresight.look(changed))

    def _want(self, missing: Missing) -> None:
        """Begin to fetch what is needed, and after it what is likely."""
        fetcher, snapshot = self._fetcher, self._reader.snapshot
        for packages, releases, urgent in (
            (missing.packages, missing.releases, True),
            (missing.likely_packages, missing.likely, False),
        ):
            # A few at a time: those that follow may be beyond the budget, or as made up as the first ones.
            new = [name for name in packages if snapshot.package(name) is None and name not in self._here]
            fetcher.want_packages(new[:MOST_NEW_NAMES], urgent=urgent)
            pks = {}
            for one in releases:
                candidate = snapshot.candidate(*one)
                if candidate is not None and snapshot.requires_dist(*one) is None:
                    pks[candidate.pk] = one
            self._releases.update(pks)
            fetcher.want_metadata(pks.keys(), urgent=urgent)

    def _hopeless(self, missing: Missing) -> Missing:
        """Return those of the needed facts that are fetched and still not known."""
        unknown = self._reader.snapshot.unknown(missing)
        return Missing(
            tuple(name for name in unknown.packages if name in self._here),
            tuple(one for one in unknown.releases if self._is_read(*one)),
        )

    def _is_read(self, name: NormalizedName, version: Version) -> bool:
        # Where another index has the same version and the first one could not give its metadata, that one is asked.
        candidate = self._reader.snapshot.candidate(name, version)
        return candidate is None or candidate.pk in self._read
