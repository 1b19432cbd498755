"""The names that both a private index and another index of a project have."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Exists, OuterRef, Q
from packaging.version import Version

from scanner.domain.releases.name_confusion import IndexListing, NameConfusion, newest_of
from scanner.index.index_set import IndexSet
from scanner.models import Package, PackageState, Release, ReleaseFile


def confusions(indexes: IndexSet, names: Collection[str]) -> list[NameConfusion]:
    """Return the names that a private index and another one of these have, sorted. Three queries at most.

    A private index whose files are all on another one, with the same digests, is a mirror and not reported. Files
    without a digest count as different.
    """
    private = {index.pk for index in indexes if index.is_private}
    if not private or len(indexes.keys) < 2:
        return []
    rows = Package.objects.filter(index__in=indexes.keys, name__in=names, state=PackageState.CURRENT)
    places: dict[str, dict[int, int]] = {}
    for name, index, pk in rows.values_list("name", "index_id", "pk"):
        places.setdefault(name, {})[index] = pk
    shared = {name: its for name, its in places.items() if len(its) > 1 and private & its.keys()}
    mine = [pk for its in shared.values() for index, pk in its.items() if index in private]
    theirs = _with_files_of_their_own(mine, indexes.keys)
    confused = {name: its for name, its in shared.items() if theirs & set(its.values())}
    newest = _newest([pk for its in confused.values() for pk in its.values()])
    return [
        NameConfusion(
            name,
            tuple(
                IndexListing(index.url, index.is_private, newest.get(its[index.pk]))
                for index in indexes
                if index.pk in its
            ),
        )
        for name, its in sorted(confused.items())
    ]


def _with_files_of_their_own(package_ids: Collection[int], index_ids: Collection[int]) -> set[int]:
    """Return those of these packages with a file that no other index has for the same name."""
    if not package_ids:
        return set()
    same = ReleaseFile.objects.filter(
        package__index__in=index_ids,
        package__name=OuterRef("package__name"),
        filename=OuterRef("filename"),
        sha256=OuterRef("sha256"),
    ).exclude(package=OuterRef("package"))
    own = ReleaseFile.objects.filter(Q(sha256="") | ~Exists(same), package=OuterRef("pk"))
    return set(Package.objects.filter(Exists(own), pk__in=package_ids).values_list("pk", flat=True))


def _newest(package_ids: Collection[int]) -> dict[int, Version | None]:
    if not package_ids:
        return {}
    usable = ReleaseFile.objects.filter(release=OuterRef("pk"), yanked=False)
    rows = Release.objects.filter(Exists(usable), package__in=package_ids).values_list("package_id", "version")
    versions: dict[int, list[Version]] = {}
    for package_id, version in rows:
        versions.setdefault(package_id, []).append(Version(version))
    return {package_id: newest_of(group) for package_id, group in versions.items()}
