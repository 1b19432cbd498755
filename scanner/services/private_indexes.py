"""Indexes that belong to somebody: their rows, their sealed credentials, and names that stand on several of them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import Exists, OuterRef, Q
from packaging.version import Version

from scanner.domain.index_address import InvalidAddress, normalize_address, parse_address, without_credentials
from scanner.domain.releases.name_confusion import IndexListing, NameConfusion, newest_of
from scanner.models import Index, Package, PackageState, Release, ReleaseFile
from scanner.sealed import Sealed
from scanner.services.index_sets import IndexSet
from scanner.services.indexes import configured_index_url


class InvalidIndexAddress(Exception):
    """An address that no client could ask. The text never holds what stood in it."""


def make_private_index(address: str, scope: str, *, closes_releases: bool = False) -> int:
    """The row of an index that only `scope` sees, made or given its new credentials. Returns its key.

    Credentials in the address are sealed and never shown again. A private index closes no release after 14 days
    unless that is said. Raises InvalidIndexAddress.
    """
    if not scope:
        raise ValueError("a private index belongs to somebody")
    try:
        login = parse_address(address.strip()).netloc.rpartition("@")[0]
        url = normalize_address(address.strip())
    except InvalidAddress as error:
        raise InvalidIndexAddress(str(error)) from None
    if len(url) > 500:
        raise InvalidIndexAddress("an index address has no more than 500 characters")
    facts = {"login": Sealed.of(login), "closes_releases": closes_releases}
    index, _ = Index.objects.update_or_create(url=url, scope=scope, defaults=facts)
    return index.pk


def is_shared(address: str) -> bool:
    """Whether the address is that of the index that everybody shares, and brings no credentials of its own."""
    has_login = "@" in address.partition("://")[2].partition("/")[0]
    return not has_login and without_credentials(address.strip()) == without_credentials(configured_index_url())


def repoll_failed(index_id: int, scope: str, now: datetime) -> None:
    """Have what an index of this scope failed to answer, or said not to have, asked for at once.

    An index may hide from one login what it shows to another.
    """
    failed = Package.objects.filter(index=index_id, index__scope=scope).filter(
        Q(failures__gt=0) | Q(state=PackageState.MISSING)
    )
    failed.update(due_at=now, due_reason="the index has other credentials")


def delete_index(index_id: int, scope: str) -> None:
    """Delete an index of this scope with its credentials and everything that was stored of it."""
    Package.objects.filter(index=index_id, index__scope=scope).exclude(index__scope="").delete()
    Index.objects.filter(pk=index_id, scope=scope).exclude(scope="").delete()


def confusions(indexes: IndexSet, names: Collection[str]) -> list[NameConfusion]:
    """The names that stand on a private index and on another one of these, by name. Three queries at most.

    A private index that serves the very files of another one (the same names and digests) has no name of its own
    there: a mirror confuses nobody. Where a digest is not told the files count as different.
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
    """Those of these packages that have a file which the same name on no other of these indexes has."""
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
