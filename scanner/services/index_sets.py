"""Build the index sets of projects and commands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from django.db.models import Q, QuerySet

from scanner.domain.index_address import normalize_address, parse_address, without_credentials
from scanner.domain.translation import noop
from scanner.index.client import IndexClient
from scanner.index.default_index import default_ca_bundle, public_index_url
from scanner.index.index_set import IndexSet, IndexSource
from scanner.models import Index, Package
from scanner.services.indexes import client_for, client_of, configured_index_url, get_index

__all__ = [
    "IndexSet",
    "IndexSource",
    "asked_addresses",
    "command_set",
    "default_index_and",
    "one_index",
    "stop_command_polls",
]


def one_index(url: str | None = None, client: IndexClient | None = None) -> IndexSet:
    """Return the set of one shared index, the configured one by default. `client` replaces its own client."""
    return IndexSet((_source(get_index(url), client),))


def default_index_and(
    keys: QuerySet[Any, Any], client: IndexClient | None = None
) -> tuple[IndexSource, dict[int, IndexSource]]:
    """Return the configured shared index and the indexes with these keys, by key. One query once the first exists.

    client: replaces the client of the shared index.
    """
    address = without_credentials(configured_index_url())
    rows = {row.pk: row for row in Index.objects.filter(Q(url=address, scope="") | Q(pk__in=keys))}
    default = next((row for row in rows.values() if not row.scope and row.url == address), None) or get_index()
    return _source(default, client), {pk: _source(row) for pk, row in rows.items() if pk != default.pk}


def asked_addresses(indexes: IndexSet) -> frozenset[str]:
    """Return the addresses that a set stands for: its own, and the public index, whose place the first takes."""
    return frozenset((*(source.url for source in indexes), normalize_address(public_index_url())))


# The scope of indexes that a command names: their logins are never stored.
_COMMAND = "command"


def command_set(urls: Sequence[str]) -> IndexSet:
    """Return the set of indexes at these addresses for a command, the primary one first.

    The logins in the addresses are used and not stored. All but the configured index count as private. Raises
    ValueError for an invalid address.
    """
    configured = without_credentials(configured_index_url())
    # A client is made when something is fetched. Say here already what would prevent it.
    default_ca_bundle()
    found: dict[int, IndexSource] = {}
    for position, url in enumerate(urls):
        parse_address(url)
        address = without_credentials(url)
        if position == 0 or address == configured:
            row = get_index(url)
        else:
            # As a private index, it closes no release after 14 days.
            row, _ = Index.objects.get_or_create(url=address, scope=_COMMAND, defaults={"closes_releases": False})
        found.setdefault(
            row.pk, replace(_source(row), connect=partial(client_for, url), is_private=address != configured)
        )
    return IndexSet(tuple(found.values()))


def stop_command_polls(indexes: IndexSet) -> None:
    """Remove the command's indexes from the schedule: their logins are gone when the command ends."""
    mine = Package.objects.filter(index__in=indexes.keys, index__scope=_COMMAND)
    mine.update(due_at=None, due_reason=noop("polled by the next command that names its index"))


def _source(row: Index, client: IndexClient | None = None) -> IndexSource:
    connect = partial(client_of, row) if client is None else (lambda: client)
    return IndexSource(row.pk, row.url, row.closes_releases, bool(row.scope), connect)
