"""The stored details of one package, for its page."""

from __future__ import annotations

from collections.abc import Sequence

from packaging.version import Version

from scanner.domain.files.filenames import FileKind
from scanner.domain.files.project_links import ProjectLink, is_web_address, links_from_json
from scanner.domain.index_faults import index_fault_text
from scanner.domain.index_page.page import PageProblem
from scanner.domain.releases.package_details import (
    ListedFile,
    PackageDetails,
    PackageEvent,
    ReleaseListing,
    ReleaseOffers,
)
from scanner.domain.releases.pooling import StoredRelease
from scanner.domain.targets.target import Target
from scanner.models import Package, Release, ReleaseFile, WheelEvent
from scanner.selectors.candidates import stored_packages
from scanner.selectors.profile_table import ProfileTable

# A release may have a hundred files, each with an event of its own.
_EVENTS = 400
_UNPARSED = 50


def package_details(index_id: int, name: str, targets: Sequence[Target], limit: int) -> PackageDetails | None:
    """Return the package with its newest `limit` releases on `targets`; None when it is not stored. Seven queries."""
    package = Package.objects.filter(index=index_id, name=name).first()
    if package is None:
        return None
    records = stored_packages((index_id,), [name])
    releases = list(reversed(records[name].releases)) if name in records else []
    unparsed = ReleaseFile.objects.filter(package=package, release=None).order_by("filename")
    return PackageDetails(
        name=package.name,
        state=package.state,
        status=package.status,
        status_reason=package.status_reason,
        checked_at=package.checked_at,
        changed_at=package.changed_at,
        due_at=package.due_at,
        due_reason=package.due_reason,
        last_error=index_fault_text(package.last_error),
        problems=tuple(
            PageProblem(str(row.get("place") or ""), str(row.get("text") or ""), str(row.get("message") or ""))
            for row in package.problems
        ),
        unparsed=tuple(unparsed.values_list("filename", flat=True)[:_UNPARSED]),
        release_count=len(releases),
        unread=tuple(
            (str(release.version), index_fault_text(release.metadata_error))
            for release in releases
            if release.metadata_id is None and release.metadata_error
        ),
        releases=_release_offers(releases[:limit], targets),
        events=_events(package),
        links=newest_links([package.pk]),
    )


def release_listing(index_id: int, name: str, version: str) -> ReleaseListing:
    """Return the files of a release, wheels first, each kind by its name, and what it requires. One query."""
    files = ReleaseFile.objects.filter(package__index=index_id, package__name=name, release__version=version)
    rows = list(files.select_related("package", "release__metadata"))
    found = [
        ListedFile(
            filename=row.filename,
            kind=FileKind(row.kind),
            url=row.url if is_web_address(row.url) else "",
            size=row.size,
            uploaded_at=row.uploaded_at,
            yanked=row.yanked,
        )
        for row in rows
    ]
    metadata = rows[0].release.metadata if rows and rows[0].release is not None else None
    return ReleaseListing(
        files=tuple(sorted(found, key=lambda file: (file.kind is not FileKind.WHEEL, file.filename))),
        requirements=tuple(map(str, metadata.requires_dist)) if metadata is not None else None,
    )


def newest_links(package_ids: Sequence[int], version: str = "") -> tuple[ProjectLink, ...]:
    """Return the links that a release of a package names, or else those of the newest release with any. One query.

    `package_ids` are the package on several indexes.
    """
    rows = Release.objects.filter(package__in=package_ids, links__isnull=False).values_list("version", "links")
    found = {Version(text): made for text, links in rows if (made := links_from_json(links or ()))}
    if not found:
        return ()
    own = next((links for one, links in found.items() if str(one) == version), None)
    return own or found[max(found)]


def _release_offers(releases: Sequence[StoredRelease], targets: Sequence[Target]) -> tuple[ReleaseOffers, ...]:
    profiles = ProfileTable({release.profile for release in releases}, targets)
    return tuple(
        ReleaseOffers(str(release.version), release.first_uploaded_at, profiles.offers(release.profile))
        for release in releases
    )


def _events(package: Package) -> tuple[PackageEvent, ...]:
    return tuple(
        PackageEvent(
            kind=event.kind,
            version=event.version,
            filename=event.filename,
            detail=event.detail,
            targets=tuple(event.targets),
            uploaded_at=event.uploaded_at,
            seen_at=event.seen_at,
        )
        for event in WheelEvent.objects.filter(package=package).order_by("-seen_at", "-pk")[:_EVENTS]
    )
