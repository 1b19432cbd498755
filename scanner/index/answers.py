"""What a client of an index answers: a page or root page that is new to the caller, or that nothing changed."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from msgspec import Struct
from packaging.utils import NormalizedName

from scanner.domain.index_page.page import IndexPage, RootPage
from scanner.index.formats import read as formats

__all__ = ["FreshPage", "FreshRoot", "NotModified"]


@dataclass(frozen=True, slots=True)
class FreshPage:
    """A page that is new to the caller.

    etag, last_modified, checksums: for the next request. content_hash: identifies the body, so that an unchanged page
    of an index without validators is not parsed either. size: bytes of the body. vanished: None if `page` is the whole
    page; else `page` has only the rows that may be new or changed, which replace so many rows of the page before.
    whole: parses the whole page, or raises InvalidIndexPage.
    """

    page: IndexPage
    etag: str | None
    last_modified: str | None
    content_hash: str
    size: int
    vanished: int | None
    checksums: bytes
    whole: Callable[[], IndexPage] = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class FreshRoot:
    """A root page that is new to the caller and not parsed yet. Fields as in FreshPage."""

    etag: str | None
    last_modified: str | None
    content_hash: str
    size: int
    body: bytes = field(repr=False)
    content_type: str
    url: str

    def page(self, *, above: int | None = None, among: Collection[NormalizedName] | None = None) -> RootPage:
        """Return the parsed page, with the arguments of `formats.read.read_root`. Raises InvalidIndexPage."""
        return formats.read_root(self.content_type, self.body, self.url, above=above, among=among)


class NotModified(Struct, frozen=True):
    """An answer that nothing changed since the validators were given, or a body with the same content_hash."""

    serial: int | None = None
