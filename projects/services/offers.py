"""Fill the project's view of packages from what the scanner has stored, as of now or of a date in the past."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from projects.domain.offers import FilesOf, PackageView, ReleaseView
from projects.domain.verdicts import Policy
from scanner.domain.availability import ReleaseFileFacts, shape_of
from scanner.domain.builds import infer_build
from scanner.domain.matching import Matcher
from scanner.domain.targets import Target
from scanner.selectors import PackageRecord, ReleaseRecord, ShapeTable, build_detail, package_records, release_files
from scanner.services.shapes import catalogue_matcher


def package_views(
    index_id: int,
    names: Iterable[str],
    targets: Sequence[Target],
    policy: Policy,
    now: datetime,
    *,
    as_of: datetime | None = None,
) -> dict[str, PackageView]:
    """The packages that are known at all, by name; a fixed number of queries.

    With `as_of`, files uploaded later are not there yet; yanks are not dated, so those of today hold.
    """
    records = package_records(index_id, names)
    if as_of is not None:
        return _views_as_of(records, targets, policy, as_of)
    shapes = ShapeTable((release.shape for record in records.values() for release in record.releases), targets)
    return {
        name: _view(record, [_release(release, shapes, policy, now) for release in record.releases])
        for name, record in records.items()
    }


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


def _release(release: ReleaseRecord, shapes: ShapeTable, policy: Policy, now: datetime) -> ReleaseView:
    return ReleaseView(
        version=release.version,
        offers=shapes.offers(release.shape),
        build=build_detail(release, shapes),
        uploaded_at=release.first_uploaded_at,
        pk=release.pk,
        too_young=_too_young(release.first_uploaded_at, policy, now),
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
    records: Mapping[str, PackageRecord], targets: Sequence[Target], policy: Policy, as_of: datetime
) -> dict[str, PackageView]:
    files = _until(release_files(release.pk for record in records.values() for release in record.releases), as_of)
    matcher = Matcher(targets)
    return {
        name: _view(
            record,
            [_past(release, files[release.pk], matcher, policy, as_of) for release in record.releases if release.pk in files],
        )
        for name, record in records.items()
    }


def _past(
    release: ReleaseRecord, files: Sequence[ReleaseFileFacts], matcher: Matcher, policy: Policy, as_of: datetime
) -> ReleaseView:
    shape = shape_of(files)
    whole = catalogue_matcher().offers(shape)
    return ReleaseView(
        version=release.version,
        offers=matcher.offers(shape),
        build=release.build_detail or infer_build(offer.availability for offer in whole),
        uploaded_at=release.first_uploaded_at,
        pk=release.pk,
        too_young=_too_young(release.first_uploaded_at, policy, as_of),
    )
