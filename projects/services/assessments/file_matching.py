"""Match releases from their files again, where not all of them count: on a past date, or by the project's own files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from projects.domain.assessment.file_choices import Exclusion
from projects.domain.assessment.request import AssessmentRequest
from scanner.domain.files.builds import infer_build
from scanner.domain.files.release_profile import ReleaseProfile
from scanner.domain.matching.availability import Offer, ReleaseFileFacts, profile_of
from scanner.domain.matching.matcher import Matcher
from scanner.domain.matching.packed_offers import catalogue_matcher
from scanner.domain.releases.pooling import StoredRelease, metadata_source, pool_files
from scanner.selectors.candidates import release_files


class MatchedRelease(NamedTuple):
    """A release with the files that count.

    `admitted` are their names, None if all that exist count; `excluded_by` says what excludes the others.
    `renewed` are the offers if no hash left out a file; empty where none does.
    """

    profile: ReleaseProfile
    offers: tuple[Offer, ...]
    build: str
    source: StoredRelease
    admitted: frozenset[str] | None
    excluded_by: str
    renewed: tuple[Offer, ...]


class FileMatcher:
    """Matches releases from their files, which it reads at once.

    A file counts if it was uploaded until `as_of` and the request's choices admit it; one without a time counts.
    """

    def __init__(
        self,
        request: AssessmentRequest,
        releases: Iterable[tuple[str, StoredRelease]],
        *,
        as_of: datetime | None = None,
    ) -> None:
        self._choices, self._as_of = request.files, as_of
        wanted = [(name, release) for name, release in releases if self.concerns(request, name, release, as_of)]
        self._files = release_files(pk for _, release in wanted for pk in release.pks)
        self._matcher = Matcher(request.columns)

    @staticmethod
    def concerns_package(request: AssessmentRequest, name: str, as_of: datetime | None) -> bool:
        """Return whether some files of some of its releases may not count."""
        return as_of is not None or request.files.limits_package(name)

    @staticmethod
    def concerns(request: AssessmentRequest, name: str, release: StoredRelease, as_of: datetime | None) -> bool:
        """Return whether some files of a release may not count."""
        return as_of is not None or request.files.limits(name, release.version)

    def match(self, name: str, release: StoredRelease) -> MatchedRelease | None:
        """Match a release; None if it did not exist at `as_of`."""
        existing = uploaded_by(pool_files(self._files.get(pk, ()) for pk in release.pks), self._as_of)
        if not existing and self._as_of is not None:
            return None
        excluded = {file.filename: self._choices.exclusion(name, release.version, file) for file in existing}
        counting = [file for file in existing if excluded[file.filename] is None]
        profile = profile_of(counting)
        by_hash = [file for file in existing if excluded[file.filename] in {None, Exclusion.HASHES}]
        renewed = self._matcher.offers(profile_of(by_hash)) if len(by_hash) > len(counting) else ()
        return MatchedRelease(
            profile,
            self._matcher.offers(profile),
            release.build_detail or _build(existing),
            metadata_source(release, lambda part: self._matcher.offers(profile_of(self._files.get(part.pk, ())))),
            frozenset(file.filename for file in counting) if len(counting) < len(existing) else None,
            next((why.value for why in excluded.values() if why is not None), ""),
            renewed,
        )


def uploaded_by(files: Sequence[ReleaseFileFacts], as_of: datetime | None) -> Sequence[ReleaseFileFacts]:
    """Return the files uploaded until `as_of`; one without a time counts."""
    if as_of is None:
        return files
    return [file for file in files if file.uploaded_at is None or file.uploaded_at <= as_of]


def admitted(files: Sequence[ReleaseFileFacts], names: frozenset[str] | None) -> Sequence[ReleaseFileFacts]:
    """Return the files with these names; all of them if there are none."""
    return files if names is None else [file for file in files if file.filename in names]


def _build(files: Iterable[ReleaseFileFacts]) -> str:
    return infer_build(offer.availability for offer in catalogue_matcher().offers(profile_of(files)))
