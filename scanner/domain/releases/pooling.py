"""Stored packages, and how those of one name on several indexes are pooled.

pip asks every index of `--index-url` and `--extra-index-url` for a name and pools what they list, with no order among
them (PackageFinder.find_all_candidates, CandidateEvaluator._sort_key and FoundCandidates of pip 26.3):

- The best version wins, whichever index has it. The files of one version count together: one that is not yanked before
  a yanked one, then the wheel with the better tag, then an sdist.
- A yank counts for the link that has it (PEP 592). The same file, not yanked elsewhere, is taken from there; a version
  is yanked if it is yanked on every index.
- Of files of equal rank, as the same name on two indexes, pip takes that of the index named last: its sort is stable
  and it reads the result backwards.
- With hashes in the requirements, each link is checked on its own: any index may have the file that matches.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace
from packaging.version import Version

from scanner.domain.files.sdist_metadata import MetadataGrade
from scanner.domain.matching.availability import Availability, Offer, ReleaseFileFacts

# The key of a stored profile, or those of several whose files count together, in order.
ProfileKey = int | tuple[int, ...]


class ReleaseFindings(NamedTuple):
    """What was read in the files of a release, as `StoredRelease` has it."""

    build_detail: str
    metadata_id: int | None
    metadata_error: str
    metadata_grade: MetadataGrade
    declared: str


NOTHING_READ = ReleaseFindings("", None, "", MetadataGrade.CERTAIN, "")


class StoredRelease(NamedTuple):
    """A stored release. `profile` is its key in a ProfileTable.

    `metadata_id` is the key of its dependencies in `requires_dist_of`, None while they are not known; `metadata_error`
    says why they cannot be read, `metadata_grade` how far they are known, `declared` which Pythons it names
    (scanner.domain.evidence.declared), empty while that is not read. `parts` are the releases of a version that
    several indexes have, in the order of the indexes; empty if one index has it.
    """

    pk: int
    version: Version
    profile: ProfileKey
    first_uploaded_at: datetime | None
    build_detail: str
    metadata_id: int | None
    metadata_error: str
    metadata_grade: MetadataGrade = MetadataGrade.CERTAIN
    declared: str = ""
    parts: tuple[StoredRelease, ...] = ()

    @property
    def pks(self) -> tuple[int, ...]:
        """The keys of its rows."""
        return tuple(part.pk for part in self.parts) or (self.pk,)

    @property
    def findings(self) -> ReleaseFindings:
        """What was read in its files."""
        return ReleaseFindings(
            self.build_detail, self.metadata_id, self.metadata_error, self.metadata_grade, self.declared
        )


class StoredPackage(Struct, frozen=True):
    """A stored package with its releases in ascending order.

    `exists` is False if no index has it or ever had it; what is stored of a package that vanished is kept.
    `unanswered` are the indexes that have never answered for it, each with its last error or "". `newest_on` are the
    indexes that have its highest version. `revisions` change whenever anything of it is stored.
    """

    name: str
    exists: bool
    status: str
    status_reason: str
    checked_at: datetime | None
    changed_at: datetime | None
    revisions: tuple[tuple[int, int], ...]
    releases: Sequence[StoredRelease]
    newest_on: tuple[int, ...]
    unanswered: tuple[tuple[int, str], ...] = ()


def pool(by_index: Mapping[int, StoredPackage], index_ids: Sequence[int]) -> StoredPackage:
    """Return one package from what these indexes have under one name, at least one of them something.

    An index without a package was not asked yet. The oldest check counts. The status is that of the first index that
    has one other than active, because an index without status markers (PEP 792) says nothing.
    """
    if len(index_ids) == 1:
        return by_index[index_ids[0]]
    parts = [by_index[index] for index in index_ids if index in by_index]
    marked = next((part for part in parts if part.status != "active"), parts[0])
    unanswered = tuple(
        pair for index in index_ids for pair in (by_index[index].unanswered if index in by_index else ((index, ""),))
    )
    checks = [part.checked_at for part in parts]
    return StoredPackage(
        name=parts[0].name,
        exists=any(part.exists for part in parts),
        status=marked.status,
        status_reason=marked.status_reason,
        checked_at=None if None in checks or len(parts) < len(index_ids) else min(filter(None, checks), default=None),
        changed_at=max((part.changed_at for part in parts if part.changed_at is not None), default=None),
        revisions=tuple(sorted(revision for part in parts for revision in part.revisions)),
        releases=_pooled_releases([part.releases for part in parts if part.releases]),
        newest_on=_newest_on(parts),
        unanswered=unanswered,
    )


def _newest_on(parts: Sequence[StoredPackage]) -> tuple[int, ...]:
    newest = max((part.releases[-1].version for part in parts if part.releases), default=None)
    return tuple(
        index for part in parts if part.releases and part.releases[-1].version == newest for index in part.newest_on
    )


def _pooled_releases(groups: Sequence[Sequence[StoredRelease]]) -> Sequence[StoredRelease]:
    if len(groups) < 2:
        return groups[0] if groups else ()
    versions: dict[Version, list[StoredRelease]] = {}
    for group in groups:
        for release in group:
            versions.setdefault(release.version, []).append(release)
    return tuple(
        same[0] if len(same) == 1 else _pooled(tuple(same))
        for _, same in sorted(versions.items(), key=lambda item: item[0])
    )


def _pooled(parts: tuple[StoredRelease, ...]) -> StoredRelease:
    last = parts[-1]
    uploads = [part.first_uploaded_at for part in parts if part.first_uploaded_at is not None]
    return last._replace(
        profile=pooled_profile(part.profile for part in parts if isinstance(part.profile, int)),
        first_uploaded_at=min(uploads, default=None),
        build_detail=next((part.build_detail for part in reversed(parts) if part.build_detail), ""),
        parts=parts,
    )


def pooled_profile(profiles: Iterable[int]) -> ProfileKey:
    """Return the key of a version whose files on several indexes have these profiles."""
    distinct = sorted(set(profiles))
    return distinct[0] if len(distinct) == 1 else tuple(distinct)


def metadata_source(release: StoredRelease, offers_of: Callable[[StoredRelease], Iterable[Offer]]) -> StoredRelease:
    """Return the part whose metadata counts for the release: that of the file which pip would take.

    `offers_of` returns a part's own offers on the targets. A release has one set of dependencies for all targets. If
    they would take different parts, the best offer on any target decides, and of equal ones the index named last. A
    part without readable metadata comes last.
    """
    if not release.parts:
        return release
    ranked = [
        (
            part.metadata_id is not None or not part.metadata_error,
            max(map(_worth, offers_of(part)), default=(False, 0)),
            place,
        )
        for place, part in enumerate(release.parts)
    ]
    return release.parts[max(ranked)[2]]


_WORTH = (Availability.SOURCE, Availability.FALLBACK, Availability.PURE, Availability.ABI3, Availability.NATIVE)


def _worth(offer: Offer) -> tuple[bool, int]:
    """Rank an offer as pip does: not yanked first, then the better wheel."""
    rank = _WORTH.index(offer.availability) + 1 if offer.availability in _WORTH else 0
    return (rank > 0 and not offer.yanked, rank)


def pool_files(groups: Iterable[Sequence[ReleaseFileFacts]]) -> tuple[ReleaseFileFacts, ...]:
    """Return the files of one version on several indexes, in the order of the indexes.

    The same name is one file, of the earliest upload time. Where the indexes disagree about a yank or a
    Requires-Python, each variant is kept, because each link is judged on its own.
    """
    rows = list(groups)
    if len(rows) == 1:
        return tuple(rows[0])
    uploads: dict[str, datetime] = {}
    files: dict[tuple[str, str | None, bool], ReleaseFileFacts] = {}
    for group in rows:
        for file in group:
            files[file.filename, file.requires_python, file.yanked] = file
            if file.uploaded_at is not None:
                known = uploads.get(file.filename, file.uploaded_at)
                uploads[file.filename] = min(known, file.uploaded_at)
    return tuple(replace(file, uploaded_at=uploads.get(file.filename)) for file in files.values())
