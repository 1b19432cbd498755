"""Read what the scanner has stored into the knowledge that an assessment rests on, as of now or of a past date."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache

from packaging.utils import canonicalize_name

from projects.domain.assessment.index_snapshot import Knowledge
from projects.domain.assessment.offers import FilesOf, PackageView, ReleaseView
from projects.domain.assessment.request import AssessmentRequest
from scanner.domain.files.builds import infer_build
from scanner.domain.matching.availability import ReleaseFileFacts, profile_of
from scanner.domain.matching.matcher import Matcher
from scanner.domain.releases.pooling import PackageRecord, ReleaseRecord, pool_files, taken
from scanner.domain.resolution.model.policy import BuildPolicy
from scanner.selectors.candidates import (
    ShapeTable,
    build_detail,
    package_records,
    package_revisions,
    release_files,
    requirements_of,
)
from scanner.services.index_sets import IndexSet
from scanner.services.storage.release_profiles import catalogue_matcher

_NAME = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)")
Needs = Mapping[int, tuple[str, ...]]


class Reading:
    """What is stored of everything that a wish's requirements can lead to, by the dependencies known so far.

    A few queries for each step away from them, however many packages and indexes there are. With `as_of`, files
    uploaded later are not there yet; yanks are not dated, so those of today hold. `again` reads only what came in.
    """

    def __init__(self, indexes: IndexSet, request: AssessmentRequest, *, as_of: datetime | None = None) -> None:
        self.as_of = as_of
        self.knowledge = Knowledge({}, request.targets, request.foreign)
        self.indexes = indexes
        self._request = request
        self._needs: dict[int, tuple[str, ...]] = {}
        self._shapes = ShapeTable((), request.targets)
        self._asked: set[str] = set()
        self._revisions: dict[str, tuple[tuple[int, int], ...]] = {}
        self.again(request.names)

    def again(self, names: Iterable[str]) -> None:
        """Read these packages anew, and what they lead to that was not read yet."""
        records: dict[str, PackageRecord] = {}
        wanted = set(names)
        while wanted:
            self._asked |= wanted
            found = package_records(self.indexes.keys, wanted)
            records.update(found)
            self._revisions.update((name, record.revisions) for name, record in found.items())
            releases = [release for record in found.values() for release in record.releases]
            keys = {release.needs for release in releases}
            keys.update(part.needs for release in releases for part in release.parts)
            fresh = requirements_of({key for key in keys if key is not None} - self._needs.keys())
            self._needs.update(fresh)
            texts = {text for listed in fresh.values() for text in listed}
            wanted = {str(_named(match[1])) for text in texts if (match := _NAME.match(text))} - self._asked
        self.knowledge.learn(self._views(records))

    def changed(self) -> frozenset[str]:
        """The packages that were stored anew since they were read. One query."""
        now = package_revisions(self.indexes.keys, self._asked)
        return frozenset(name for name in self._asked if now.get(name) != self._revisions.get(name))

    def _views(self, records: Mapping[str, PackageRecord]) -> dict[str, PackageView]:
        request, needs = self._request, self._needs
        if self.as_of is not None:
            return _views_as_of(records, needs, self.indexes, request, self.as_of)
        shapes = self._shapes
        shapes.add(release.shape for record in records.values() for release in record.releases)
        return {
            name: _view(
                record,
                [_release(release, shapes, needs, request.policy, request.now) for release in record.releases],
                self.indexes,
            )
            for name, record in records.items()
        }


_named = lru_cache(maxsize=16_384)(canonicalize_name)


def _view(record: PackageRecord, releases: Iterable[ReleaseView], indexes: IndexSet) -> PackageView:
    return PackageView(
        name=record.name,
        answered=record.was_answered,
        exists=record.exists,
        error=_waiting(record, indexes),
        status=record.status,
        checked_at=record.checked_at,
        releases=tuple(releases),
        stays_open=not indexes.close_releases(record.newest_on),
    )


def _waiting(record: PackageRecord, indexes: IndexSet) -> str:
    """What went wrong with the indexes that have not answered. Of several, each is named."""
    if len(indexes.keys) == 1:
        return "".join(fault for _, fault in record.waits_for)
    said = []
    for key, fault in record.waits_for:
        url = indexes.url_of(key)
        said.append(fault if url in fault else f"{url}: {fault or 'not asked yet'}")
    return "; ".join(said)


def _release(
    release: ReleaseRecord, shapes: ShapeTable, needs: Needs, policy: BuildPolicy, now: datetime
) -> ReleaseView:
    build = build_detail(release, shapes)
    spoken = release
    beside: tuple[int, ...] = ()
    if release.parts:
        spoken = taken(release, lambda part: shapes.offers(part.shape))
        beside = tuple(pk for pk in release.pks if pk != spoken.pk)
    return ReleaseView(
        version=release.version,
        offers=shapes.offers(release.shape),
        build=build,
        uploaded_at=release.first_uploaded_at,
        pk=spoken.pk,
        too_young=_too_young(release.first_uploaded_at, policy, now),
        kind=(release.shape, build),
        needs=needs[spoken.needs] if spoken.needs is not None else None,
        needs_error=spoken.needs_error,
        beside=beside,
    )


def _too_young(uploaded_at: datetime | None, policy: BuildPolicy, now: datetime) -> bool:
    """A release of unknown age counts as too young when an age is asked for."""
    if policy.minimum_age_days == 0:
        return False
    return uploaded_at is None or now - uploaded_at < timedelta(days=policy.minimum_age_days)


def files_reader(releases: Iterable[ReleaseView], *, as_of: datetime | None = None) -> FilesOf:
    """Read the files of these releases at once, and hand them out by release."""
    wanted = list(releases)
    files = release_files(pk for release in wanted for pk in release.pks)
    made: dict[tuple[int, ...], Sequence[ReleaseFileFacts]] = {}

    def files_of(release: ReleaseView) -> Sequence[ReleaseFileFacts]:
        pks = release.pks
        if pks not in made:
            made[pks] = _until(pool_files(files.get(pk, ()) for pk in pks), as_of)
        return made[pks]

    return files_of


def _until(files: Sequence[ReleaseFileFacts], as_of: datetime | None) -> Sequence[ReleaseFileFacts]:
    """The files that were there at `as_of`; one of unknown age counts as there."""
    if as_of is None:
        return files
    return [file for file in files if file.uploaded_at is None or file.uploaded_at <= as_of]


def _views_as_of(
    records: Mapping[str, PackageRecord], needs: Needs, indexes: IndexSet, request: AssessmentRequest, as_of: datetime
) -> dict[str, PackageView]:
    stored = release_files(pk for record in records.values() for release in record.releases for pk in release.pks)
    matcher = Matcher(request.targets)

    def past(release: ReleaseRecord) -> ReleaseView | None:
        there = _until(pool_files(stored.get(pk, ()) for pk in release.pks), as_of)
        if not there:
            return None
        shape = profile_of(there)
        whole = catalogue_matcher().offers(shape)
        build = release.build_detail or infer_build(offer.availability for offer in whole)
        spoken = taken(release, lambda part: matcher.offers(profile_of(stored.get(part.pk, ()))))
        return ReleaseView(
            version=release.version,
            offers=matcher.offers(shape),
            build=build,
            uploaded_at=release.first_uploaded_at,
            pk=spoken.pk,
            too_young=_too_young(release.first_uploaded_at, request.policy, as_of),
            kind=(shape, build),
            needs=needs[spoken.needs] if spoken.needs is not None else None,
            needs_error=spoken.needs_error,
            beside=tuple(pk for pk in release.pks if pk != spoken.pk),
        )

    return {
        name: _view(record, [view for release in record.releases if (view := past(release)) is not None], indexes)
        for name, record in records.items()
    }
