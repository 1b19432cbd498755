"""The list of packages: its query, its pages, and a line for each package."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Self
from urllib.parse import urlencode

from msgspec import Struct
from msgspec.structs import replace

from projects.presentation.package.status import state_word, status_word
from projects.presentation.package.uses import UseCell
from projects.presentation.portfolio.headlines import Headline
from scanner.domain.phrases import count
from scanner.domain.translation import gettext, ngettext, noop

PAGE_SIZE = 50
SORTS = {
    "projects": noop("In most projects"),
    "way": noop("Most in the way"),
    "name": noop("Name"),
    "checked": noop("Checked longest ago"),
}
_NAME_LIMIT = 100
_PAGE_DIGITS = 6


class PackageListQuery(Struct, frozen=True):
    """A query of the list, as in the URL: a part of the name, an order and a page."""

    name: str = ""
    sort: str = "projects"
    page: int = 1

    @classmethod
    def parse(cls, parameters: Mapping[str, Sequence[str]]) -> Self:
        """Read `q`, `sort` and `page` forgivingly: what is not understood is as if not given."""
        name, sort, page = ((list(parameters.get(key, ())) or [""])[-1] for key in ("q", "sort", "page"))
        return cls(
            name=name.replace("\0", "").strip().lower()[:_NAME_LIMIT],
            sort=sort if sort in SORTS else "projects",
            page=max(1, int(page)) if page.isascii() and page.isdecimal() and len(page) <= _PAGE_DIGITS else 1,
        )

    def encode(self) -> str:
        """Return the query string without defaults."""
        pairs = {"q": self.name, "sort": self.sort if self.sort != "projects" else "", "page": self.page}
        return urlencode({key: value for key, value in pairs.items() if value and value != 1})


class PackageLine(Struct, frozen=True):
    """One package with the user's projects that use it, as (slug, name), and its worst cell for each headline.

    `index_url` is empty for the shared index. Any other index belongs to one project.
    """

    name: str
    state: str
    status: str
    checked_at: datetime | None
    is_stale: bool
    last_error: str
    projects: tuple[tuple[str, str], ...]
    index_url: str
    cells: tuple[UseCell | None, ...]

    @property
    def status_text(self) -> str:
        """The status on the index as a word."""
        return status_word(self.status)

    @property
    def state_text(self) -> str:
        """The state of its polls as a word."""
        return state_word(self.state)


class PackageListPage(Struct, frozen=True):
    """One page of the list. `total` is the number of packages that the query finds."""

    query: PackageListQuery
    page: int
    total: int
    headlines: tuple[Headline, ...]
    rows: tuple[PackageLine, ...]

    @property
    def pages(self) -> int:
        """The number of pages."""
        return max(1, -(-self.total // PAGE_SIZE))

    @property
    def count_text(self) -> str:
        """The shown packages of all: "51 to 100 of 230 packages"."""
        if self.pages == 1:
            return count(self.total, "package")
        first = (self.page - 1) * PAGE_SIZE + 1
        text = ngettext("{first} to {last} of {total} package", "{first} to {last} of {total} packages", self.total)
        return text.format(first=first, last=first + len(self.rows) - 1, total=self.total)

    @property
    def previous(self) -> str:
        """The query of the page before, "" for none."""
        return f"?{replace(self.query, page=self.page - 1).encode()}" if self.page > 1 else ""

    @property
    def next(self) -> str:
        """The query of the page after, "" for none."""
        return f"?{replace(self.query, page=self.page + 1).encode()}" if self.page < self.pages else ""

    @property
    def sorts(self) -> tuple[tuple[str, str, bool], ...]:
        """The orders: value, text, and whether it is the chosen one."""
        return tuple((value, gettext(text), value == self.query.sort) for value, text in SORTS.items())
