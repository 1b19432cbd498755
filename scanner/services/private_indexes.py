"""Indexes that belong to somebody: their rows, their sealed credentials, and names that stand on several of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from scanner.index.default import without_credentials
from scanner.models import Index, Package, PackageState
from scanner.sealed import Sealed
from scanner.services.watching import watch_packages


class BadIndexAddress(Exception):
    """An address that no client could ask. The text never holds what stood in it."""


@dataclass(frozen=True, slots=True)
class Confusion:
    """A name that several indexes have, one of them private: an installer may take either one's files.

    urls: without credentials, in the order in which the indexes were given.
    """

    name: str
    urls: tuple[str, ...]


def make_private_index(address: str, scope: str, *, closes_releases: bool = False) -> int:
    """The row of an index that only `scope` sees, made or given its new credentials. Returns its key.

    Credentials in the address are sealed and never shown again. A private index closes no release after 14 days
    unless that is said. Raises BadIndexAddress.
    """
    if not scope:
        raise ValueError("a private index belongs to somebody")
    try:
        parts = urlsplit(address.strip())
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    if not usable:
        raise BadIndexAddress("an index address starts with http:// or https:// and names a host")
    login, _, _ = parts.netloc.rpartition("@")
    url = without_credentials(parts._replace(query="", fragment="").geturl()).rstrip("/")
    if len(url) > 500:
        raise BadIndexAddress("an index address has no more than 500 characters")
    facts = {"login": Sealed.of(login), "closes_releases": closes_releases}
    index, _ = Index.objects.update_or_create(url=url, scope=scope, defaults=facts)
    return index.pk


def forget_index(index_id: int, scope: str) -> None:
    """Delete an index of this scope with its credentials and everything that was stored of it."""
    Package.objects.filter(index=index_id, index__scope=scope).exclude(index__scope="").delete()
    Index.objects.filter(pk=index_id, scope=scope).exclude(scope="").delete()


def watch_everywhere(index_ids: Iterable[int], names: Collection[str], now: datetime) -> dict[int, list[int]]:
    """Have these names polled on each of these indexes. Returns the packages of each."""
    return {index: [package.pk for package in watch_packages(index, names, now).values()] for index in index_ids}


def places_of(index_ids: Collection[int], names: Collection[str]) -> dict[str, list[int]]:
    """The indexes among these that have each name, in the order given. One query."""
    rows = Package.objects.filter(index__in=index_ids, name__in=names, state=PackageState.CURRENT)
    found: dict[str, set[int]] = {}
    for name, index in rows.values_list("name", "index_id"):
        found.setdefault(name, set()).add(index)
    return {name: [index for index in index_ids if index in its] for name, its in found.items()}


def confusions(index_ids: Collection[int], names: Collection[str]) -> list[Confusion]:
    """The names that stand on a private index and on another one of these, in order. Two queries."""
    rows: Mapping[int, tuple[str, str]] = {
        pk: (url, scope) for pk, url, scope in Index.objects.filter(pk__in=index_ids).values_list("pk", "url", "scope")
    }
    found = []
    for name, places in sorted(places_of(index_ids, names).items()):
        if len(places) > 1 and any(rows[place][1] for place in places):
            found.append(Confusion(name, tuple(rows[place][0] for place in places)))
    return found
