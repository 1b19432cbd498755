"""The indexes that answer together, as an installer pools them (pip's --index-url and --extra-index-url)."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from msgspec import Struct

from scanner.index.client import IndexClient


@dataclass(frozen=True, slots=True)
class IndexSource:
    """One index of a set.

    url: without credentials. is_private: it belongs to one project or command. connect: returns its client, with its
    own credentials; raises SealBroken or ValueError if the login or the address cannot be used.
    """

    pk: int
    url: str
    closes_releases: bool
    is_private: bool
    connect: Callable[[], IndexClient] = field(repr=False, compare=False)


class IndexSet(Struct, frozen=True):
    """One or more different indexes, the primary one first, in the order in which they are named.

    Equal sets read the same packages. scanner.domain.releases.pooling merges their versions and files.
    """

    indexes: tuple[IndexSource, ...]

    def __iter__(self) -> Iterator[IndexSource]:
        return iter(self.indexes)

    @property
    def keys(self) -> tuple[int, ...]:
        """Return the primary keys of the indexes, in order."""
        return tuple(index.pk for index in self.indexes)

    @property
    def url(self) -> str:
        """Return the address of the primary index."""
        return self.indexes[0].url

    @property
    def extra_urls(self) -> tuple[str, ...]:
        """Return the addresses of the other indexes."""
        return tuple(index.url for index in self.indexes[1:])

    def url_of(self, key: int) -> str:
        """Return the address of the index with this key."""
        return next(index.url for index in self.indexes if index.pk == key)

    def close_releases(self, keys: Iterable[int]) -> bool:
        """Return whether each of these indexes accepts files for a release only in its first 14 days."""
        wanted = set(keys)
        return all(index.closes_releases for index in self.indexes if index.pk in wanted)
