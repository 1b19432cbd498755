"""Read what the scanner has stored into the knowledge that an assessment rests on, as of now or of a past date."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache

from packaging.utils import canonicalize_name

from projects.domain.assessing import Wish
from projects.domain.knowledge import Knowledge
from projects.domain.offers import FilesOf, PackageView, ReleaseView
from projects.domain.verdicts import Policy
from scanner.domain.availability import ReleaseFileFacts, shape_of
from scanner.domain.builds import infer_build
from scanner.domain.matching import Matcher
from scanner.domain.targets import Target
from scanner.selectors import (
    PackageRecord,
    ReleaseRecord,
    ShapeTable,
    build_detail,
    package_records,
    package_revisions,
    release_files,
    requirements_of,
)
from scanner.services.shapes import catalogue_matcher

_NAME = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)")
Needs = Mapping[int, tuple[str, ...]]


class Reading:
    """What is stored of everything that a wish's requirements can lead to, by the dependencies known so far.

    A few queries for each step away from them, however many packages there are. With `as_of`, files uploaded
    later are not there yet; yanks are not dated, so those of today hold. `again` reads only what came in.
    """

    def __init__(self, index_id: int, wish: Wish, *, as_of: datetime | None = None) -> None:
        self.as_of = as_of
        self.knowledge = Knowledge({}, wish.targets, wish.foreign)
        self._index_id = index_id
        self._wish = wish
        self._needs: dict[int, tuple[str, ...]] = {}
        self._shapes = ShapeTable((), wish.targets)
        self._asked: set[str] = set()
        self._revisions: dict[str, int] = {}
        self.again(wish.names)

    def again(self, names: Iterable[str]) -> None:
        """Read these packages anew, and what they lead to that was not read yet."""
        records: dict[str, PackageRecord] = {}
        wanted = set(names)
        while wanted:
            self._asked |= wanted
            found = package_records(self._index_id, wanted)
            records.update(found)
            self._revisions.update((name, record.revision) for name, record in found.items())
            releases = (release for record in found.values() for release in record.releases)
            keys = {release.needs for release in releases if release.needs is not None}
            fresh = requirements_of(keys - self._needs.keys())
            self._needs.update(fresh)
            texts = {text for listed in fresh.values() for text in listed}
            wanted = {str(_named(match[1])) for text in texts if (match := _NAME.match(text))} - self._asked
        self.knowledge.learn(self._views(records))

    def changed(self) -> frozenset[str]:
        """The packages that were stored anew since they were read. One query."""
        now = package_revisions(self._index_id, self._asked)
        return frozenset(name for name in self._asked if now.get(name) != self._revisions.get(name))

    def _views(self, records: Mapping[str, PackageRecord]) -> dict[str, PackageView]:
        wish, needs = self._wish, self._needs
        if self.as_of is not None:
            return _views_as_of(records, needs, wish.targets, wish.policy, self.as_of)
        shapes = self._shapes
        shapes.add(release.shape for record in records.values() for release in record.releases)
        return {
            name: _view(
                record, [_release(release, shapes, needs, wish.policy, wish.now) for release in record.releases]
            )
            for name, record in records.items()
        }


_named = lru_cache(maxsize=16_384)(canonicalize_name)


def _view(record: PackageRecord, releases: Iterable[ReleaseView]) -> PackageView:
    return PackageView(
        name=record.name,
        answered=record.was_answered,
        exists=record.exists,
        error=record.last_error,
        status=record.status,
        checked_at=record.checked_at,
        releases=tuple(releases),
    )


def _release(release: ReleaseRecord, shapes: ShapeTable, needs: Needs, policy: Policy, now: datetime) -> ReleaseView:
    build = build_detail(release, shapes)
    return ReleaseView(
        version=release.version,
        offers=shapes.offers(release.shape),
        build=build,
        uploaded_at=release.first_uploaded_at,
        pk=release.pk,
        too_young=_too_young(release.first_uploaded_at, policy, now),
        kind=(release.shape, build),
        needs=needs[release.needs] if release.needs is not None else None,
        needs_error=release.needs_error,
    )


def _too_young(uploaded_at: datetime | None, policy: Policy, now: datetime) -> bool:
    """A release of unknown age counts as too young when an age is asked for."""
    if policy.minimum_age_days == 0:
        return False
    return uploaded_at is None or now - uploaded_at < timedelta(days=policy.minimum_age_days)


def files_reader(releases: Iterable[ReleaseView], *, as_of: datetime | None = None) -> FilesOf:
    """Read the files of these releases at once, and hand them out by release."""
    files = _until(release_files(release.pk for release in releases), as_of)

    def files_of(release: ReleaseView) -> Sequence[ReleaseFileFacts]:
        return files.get(release.pk, ())

    return files_of


Files = Mapping[int, tuple[ReleaseFileFacts, ...]]


def _until(files: Files, as_of: datetime | None) -> Files:
    """The files that were there at `as_of`; one of unknown age counts as there."""
    if as_of is None:
        return files
    found = {
        pk: tuple(file for file in group if file.uploaded_at is None or file.uploaded_at <= as_of)
        for pk, group in files.items()
    }
    return {pk: group for pk, group in found.items() if group}


def _views_as_of(
    records: Mapping[str, PackageRecord],
    needs: Needs,
    targets: Sequence[Target],
    policy: Policy,
    as_of: datetime,
) -> dict[str, PackageView]:
    files = _until(release_files(release.pk for record in records.values() for release in record.releases), as_of)
    matcher = Matcher(targets)

    def past(release: ReleaseRecord) -> ReleaseView:
        shape = shape_of(files[release.pk])
        whole = catalogue_matcher().offers(shape)
        build = release.build_detail or infer_build(offer.availability for offer in whole)
        return ReleaseView(
            version=release.version,
            offers=matcher.offers(shape),
            build=build,
            uploaded_at=release.first_uploaded_at,
            pk=release.pk,
            too_young=_too_young(release.first_uploaded_at, policy, as_of),
            kind=(shape, build),
            needs=needs[release.needs] if release.needs is not None else None,
            needs_error=release.needs_error,
        )

    return {
        name: _view(record, [past(release) for release in record.releases if release.pk in files])
        for name, record in records.items()
    }
