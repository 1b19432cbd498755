"""Read what the scanner has stored into the snapshot that an assessment uses, as of now or of a past date."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from packaging.version import Version

from projects.domain.assessment.foresight import Foresight
from projects.domain.assessment.index_snapshot import FilesOf, IndexSnapshot, PackageSnapshot
from projects.domain.assessment.request import AssessmentRequest
from projects.services.assessments.candidate_maker import CandidateMaker
from projects.services.assessments.file_matching import admitted, uploaded_by
from scanner.domain.files.sdist_metadata import ReleaseMetadata
from scanner.domain.index_faults import NOT_ASKED_YET
from scanner.domain.matching.availability import ReleaseFileFacts
from scanner.domain.releases.pooling import StoredPackage, pool_files
from scanner.domain.resolution.model.candidate_list import Candidate, CandidateList
from scanner.domain.resolution.model.missing import Missing
from scanner.selectors.candidates import (
    package_revisions,
    release_files,
    release_metadata,
    stored_packages,
)
from scanner.services.index_sets import IndexSet


class IndexReader:
    """Reads what is stored of the packages that searches ask for into `snapshot`.

    With `as_of`, files uploaded later are left out; yanks have no date, so those of today count.
    """

    def __init__(self, indexes: IndexSet, request: AssessmentRequest, *, as_of: datetime | None = None) -> None:
        self.as_of = as_of
        self.snapshot = IndexSnapshot({}, request.columns, request.foreign, request.waivers)
        self.indexes = indexes
        self._request = request
        self._maker = CandidateMaker(request, as_of)
        self._names: set[str] = set()
        self._revisions: dict[str, tuple[tuple[int, int], ...]] = {}

    @property
    def names(self) -> frozenset[str]:
        """The packages that were read, those that are in no result among them."""
        return frozenset(self._names)

    def read(self, names: Iterable[str]) -> None:
        """Read these packages, again if they were read before. Three queries for each 2,000."""
        wanted = set(names)
        self._names |= wanted
        packages = stored_packages(self.indexes.keys, wanted)
        self._revisions.update((name, package.revisions) for name, package in packages.items())
        candidates = self._maker.candidates(packages)
        self.snapshot.update(
            {name: _snapshot(package, candidates[name], self.indexes) for name, package in packages.items()}
        )

    def read_missing(self, missing: Missing) -> None:
        """Read the packages that a search needs, or will probably need, and that were not read before."""
        wanted = {*missing.packages, *missing.likely_packages} - self._names
        if wanted:
            self.read(wanted)

    def read_ahead(self) -> None:
        """Read what is stored of the packages that the searches will probably need, so that these stop less often."""
        foresight = Foresight(self._request, self.snapshot)
        likely = foresight.look()
        while names := {*likely.likely_packages} - self._names:
            self.read(names)
            likely = foresight.look(names)

    def read_metadata(self, releases: Iterable[tuple[str, Version]]) -> None:
        """Read the metadata, fetched since, of these releases of packages that were read before."""
        rows = {
            candidate.pk: (name, version)
            for name, version in releases
            if (candidate := self.snapshot.candidate(name, version)) is not None and candidate.requires_dist is None
        }
        found: dict[str, dict[Version, ReleaseMetadata]] = {}
        for pk, metadata in release_metadata(rows):
            name, version = rows[pk]
            found.setdefault(name, {})[version] = metadata
        for name, known in found.items():
            self.snapshot.learn_metadata(name, known)
        # Where one index cannot give the metadata of a version, that of another one counts.
        failed = {
            name
            for name, known in found.items()
            for version, metadata in known.items()
            if metadata.error and (one := self.snapshot.candidate(name, version)) is not None and one.other_pks
        }
        if failed:
            self.read(failed)

    def changed(self) -> frozenset[str]:
        """Return the packages that were stored again since they were read. One query if any were read."""
        now = package_revisions(self.indexes.keys, self._names)
        return frozenset(name for name in self._names if now.get(name) != self._revisions.get(name))


def _snapshot(package: StoredPackage, candidates: CandidateList, indexes: IndexSet) -> PackageSnapshot:
    return PackageSnapshot(
        name=package.name,
        answered=not package.unanswered,
        exists=package.exists,
        error=_unanswered_text(package, indexes),
        status=package.status,
        checked_at=package.checked_at,
        candidates=candidates,
        stays_open=not indexes.close_releases(package.newest_on),
    )


def _unanswered_text(package: StoredPackage, indexes: IndexSet) -> str:
    """Return the last errors of the indexes that have not answered, each with its URL if the project has several."""
    if len(indexes.keys) == 1:
        return "".join(error for _, error in package.unanswered)
    errors = []
    for key, error in package.unanswered:
        url = indexes.url_of(key)
        errors.append(error if url in error else f"{url}: {error or NOT_ASKED_YET}")
    return "; ".join(errors)


def read_files(candidates: Iterable[Candidate], *, as_of: datetime | None = None) -> FilesOf:
    """Read the files of these candidates at once. Return a function that gives those of one."""
    files = release_files(pk for candidate in candidates for pk in candidate.pks)
    made: dict[tuple[int, ...], Sequence[ReleaseFileFacts]] = {}

    def files_of(candidate: Candidate) -> Sequence[ReleaseFileFacts]:
        pks = candidate.pks
        if pks not in made:
            made[pks] = uploaded_by(pool_files(files.get(pk, ()) for pk in pks), as_of)
        return admitted(made[pks], candidate.admitted_files)

    return files_of
