"""The stored files of releases as the facts that matching judges, for callers that know only names and numbers."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from packaging.utils import NormalizedName, canonicalize_name

from scanner.domain.files import Kind, ParsedName, parse_filename
from scanner.domain.matching import ReleaseFileFacts
from scanner.models import Package, PackageState, ReleaseFile
from scanner.services.indexes import get_index


@dataclass(frozen=True, slots=True)
class KnownPackage:
    """A package that polls keep current. `was_read`: the index has answered for it at least once."""

    pk: int
    name: str
    was_read: bool


def find_package(name: str) -> KnownPackage | None:
    """The package of this name, however it is spelled, on the configured index; None when nobody has asked for it."""
    row = Package.objects.filter(index=get_index(), name=canonicalize_name(name)).first()
    if row is None:
        return None
    return KnownPackage(row.pk, row.name, row.state != PackageState.PENDING)


def release_facts(package_id: int, versions: Collection[str] | None = None) -> dict[str, tuple[ReleaseFileFacts, ...]]:
    """The files of a package's releases by version, of all or of the given ones. One query.

    Versions are as stored; one without files or unknown is left out.
    """
    rows = ReleaseFile.objects.filter(package_id=package_id, release__isnull=False).select_related("release", "package")
    if versions is not None:
        rows = rows.filter(release__version__in=versions)
    found: dict[str, list[ReleaseFileFacts]] = {}
    for row in rows.order_by("pk"):
        assert row.release is not None
        found.setdefault(row.release.version, []).append(_facts(row))
    return {version: tuple(files) for version, files in found.items()}


def _facts(row: ReleaseFile) -> ReleaseFileFacts:
    parsed = parse_filename(row.filename, NormalizedName(row.package.name))
    return ReleaseFileFacts(
        filename=row.filename,
        kind=Kind(row.kind),
        tag_set=row.tag_set or None,
        build=parsed.build if isinstance(parsed, ParsedName) else (),
        requires_python=row.requires_python or None,
        yanked=row.yanked,
        uploaded_at=row.uploaded_at,
    )
