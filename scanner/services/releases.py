"""Packages and their releases for callers that know only names and versions."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from packaging.utils import InvalidName, canonicalize_name

from scanner.domain.matching import ReleaseFileFacts
from scanner.models import Package, PackageState, Release
from scanner.selectors import release_files
from scanner.services.indexes import get_index


@dataclass(frozen=True, slots=True)
class KnownPackage:
    """A package that polls keep current. `state` is what its last poll ended in."""

    pk: int
    name: str
    state: PackageState


def find_package(name: str) -> KnownPackage | None:
    """The package of this name, however it is spelled, on the configured index; None when nobody has asked for it."""
    try:
        normalized = canonicalize_name(name, validate=True)
    except InvalidName:
        return None
    row = Package.objects.filter(index=get_index(), name=normalized).first()
    return KnownPackage(row.pk, row.name, PackageState(row.state)) if row is not None else None


def release_facts(package_id: int, versions: Collection[str] | None = None) -> dict[str, tuple[ReleaseFileFacts, ...]]:
    """The files of a package's releases by version, of all or of the given ones. Two queries.

    Versions are as stored; one without files or unknown is left out.
    """
    rows = Release.objects.filter(package_id=package_id)
    if versions is not None:
        rows = rows.filter(version__in=versions)
    names = dict(rows.values_list("pk", "version"))
    return {names[pk]: files for pk, files in release_files(names).items()}
