"""The indexes that answer together, as an installer pools them: one value for every reading and asking."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from django.db.models import Q, QuerySet

from scanner.domain.index_address import without_credentials
from scanner.index.client import IndexClient
from scanner.models import Index, Package
from scanner.services.indexes import client_for, client_of, configured_index_url, get_index


@dataclass(frozen=True, slots=True)
class IndexSource:
    """One index. url: without credentials. is_private: its packages are somebody's own. connect: the client that
    asks it, with its own credentials and gate; raises SealBroken or ValueError when there can be none.
    """

    pk: int
    url: str
    closes_releases: bool
    is_private: bool
    connect: Callable[[], IndexClient] = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class IndexSet:
    """Indexes in the order in which they are named, the primary one first, each once; at least one.

    Equal sets read the same packages. How versions and files are pooled: scanner.domain.releases.pooling.
    """

    indexes: tuple[IndexSource, ...]

    def __iter__(self) -> Iterator[IndexSource]:
        return iter(self.indexes)

    @property
    def keys(self) -> tuple[int, ...]:
        """Their primary keys, in order."""
        return tuple(index.pk for index in self.indexes)

    @property
    def url(self) -> str:
        """The address of the primary one."""
        return self.indexes[0].url

    @property
    def extra_urls(self) -> tuple[str, ...]:
        """The addresses of the others."""
        return tuple(index.url for index in self.indexes[1:])

    def url_of(self, key: int) -> str:
        """The address of one of them."""
        return next(index.url for index in self.indexes if index.pk == key)

    def close_releases(self, keys: Iterable[int]) -> bool:
        """Whether every one of these indexes takes files for a release in its first 14 days only."""
        wanted = set(keys)
        return all(index.closes_releases for index in self.indexes if index.pk in wanted)


def one_index(url: str | None = None, client: IndexClient | None = None) -> IndexSet:
    """The index that everybody shares, or the shared one at this address; `client` asks in the place of its own."""
    return IndexSet((_asked(get_index(url), client),))


def default_index_and(
    keys: QuerySet[Any, Any], client: IndexClient | None = None
) -> tuple[IndexSource, dict[int, IndexSource]]:
    """The index that everybody shares, asked by `client` if one is given, and those that the keys name, by key.
    One query once the shared one is known.
    """
    address = without_credentials(configured_index_url())
    rows = {row.pk: row for row in Index.objects.filter(Q(url=address, scope="") | Q(pk__in=keys))}
    default = next((row for row in rows.values() if not row.scope and row.url == address), None) or get_index()
    return _asked(default, client), {pk: _asked(row) for pk, row in rows.items() if pk != default.pk}


# Whose indexes are those that only a command was told of: their logins are never stored.
_COMMAND = "command"


def command_set(urls: Sequence[str]) -> IndexSet:
    """The indexes at these addresses, the primary one first, for a command: asked with the logins in the addresses,
    which are not stored. All but the configured one count as private. Raises ValueError for what is no address.
    """
    configured = without_credentials(configured_index_url())
    found: dict[int, IndexSource] = {}
    for place, url in enumerate(urls):
        client, address = client_for(url), without_credentials(url)
        if place == 0 or address == configured:
            row = get_index(url)
        else:
            # As a private index, it closes no release after 14 days.
            row, _ = Index.objects.get_or_create(url=address, scope=_COMMAND, defaults={"closes_releases": False})
        found.setdefault(row.pk, replace(_asked(row, client), is_private=address != configured))
    return IndexSet(tuple(found.values()))


def stop_command_polls(indexes: IndexSet) -> None:
    """Leave nothing to the poller that it could not ask for: the logins end with the command."""
    mine = Package.objects.filter(index__in=indexes.keys, index__scope=_COMMAND)
    mine.update(due_at=None, due_reason="asked for again by the next command that names its index")


def _asked(row: Index, client: IndexClient | None = None) -> IndexSource:
    connect = partial(client_of, row) if client is None else (lambda: client)
    return IndexSource(row.pk, row.url, row.closes_releases, bool(row.scope), connect)
