"""Fill the project's view of packages from what the scanner has stored."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from projects.domain.offers import FilesOf, PackageView, ReleaseView
from projects.domain.verdicts import Policy
from scanner.domain.availability import ReleaseFileFacts
from scanner.domain.targets import Target
from scanner.selectors import PackageRecord, ReleaseRecord, ShapeTable, build_detail, package_records, release_files


def package_views(
    index_id: int, names: Iterable[str], targets: Sequence[Target], policy: Policy, now: datetime
) -> dict[str, PackageView]:
    """The packages that are known at all, by name; three queries in all."""
    records = package_records(index_id, names)
    shapes = ShapeTable((release.shape for record in records.values() for release in record.releases), targets)
    return {name: _view(record, shapes, policy, now) for name, record in records.items()}


def _view(record: PackageRecord, shapes: ShapeTable, policy: Policy, now: datetime) -> PackageView:
    return PackageView(
        name=record.name,
        answered=record.was_answered,
        exists=record.exists,
        error=record.last_error,
        status=record.status,
        checked_at=record.checked_at,
        releases=tuple(_release(release, shapes, policy, now) for release in record.releases),
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


def files_reader(releases: Iterable[ReleaseView]) -> FilesOf:
    """Read the files of these releases at once, and hand them out by release."""
    files = release_files(release.pk for release in releases)

    def files_of(release: ReleaseView) -> Sequence[ReleaseFileFacts]:
        return files.get(release.pk, ())

    return files_of


