"""A target as the column of a table: its names for headings and sentences."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from msgspec import Struct

from scanner.domain.phrases import join_words
from scanner.domain.targets.pythons import PYTHONS
from scanner.domain.targets.target import UnknownTarget, parse_target
from scanner.domain.translation import gettext


class Column(Struct, frozen=True):
    """A target on a page. `floor` is "glibc 2.28" or empty. Columns group by `python_slug` and `platform_slug`."""

    slug: str
    python: str
    platform: str
    floor: str
    python_slug: str
    platform_slug: str

    @property
    def interpreter(self) -> str:
        """The name of the interpreter: "Python 3.14t", "PyPy 3.11"."""
        return f"Python {self.python}" if self.python[:1].isdigit() else self.python

    @property
    def label(self) -> str:
        """The name of the target: "Python 3.14 on Linux x86-64 (glibc 2.28)"."""
        if not self.platform:
            return self.interpreter
        return gettext("{python} on {platform}").format(python=self.interpreter, platform=self._whole_platform)

    @property
    def inline_label(self) -> str:
        """The name of the target after "on": "Python 3.14, Linux x86-64 (glibc 2.28)"."""
        return f"{self.interpreter}, {self._whole_platform}" if self.platform else self.interpreter

    @property
    def _whole_platform(self) -> str:
        return f"{self.platform} ({self.floor})" if self.floor else self.platform


def column_of(slug: str) -> Column:
    """Return the column of a target. A stored slug that no longer parses is shown as it is."""
    try:
        target = parse_target(slug)
    except UnknownTarget:
        return Column(slug, slug, "", "", slug, "")
    return Column(
        slug=slug,
        python=target.python.label,
        platform=target.platform.label,
        floor=target.platform.floor_label,
        python_slug=target.python.slug,
        platform_slug=target.platform.slug,
    )


def columns_of(slugs: Iterable[str]) -> tuple[Column, ...]:
    """Return the columns of targets, in their order."""
    return tuple(column_of(slug) for slug in slugs)


def in_order(columns: Iterable[Column]) -> tuple[Column, ...]:
    """Return columns by platform, in the order of their first one, and by Python within each."""
    given = tuple(columns)
    platforms = list(dict.fromkeys(column.platform_slug for column in given))
    ranks = {python.slug: rank for rank, python in enumerate(PYTHONS)}
    return tuple(
        sorted(given, key=lambda one: (platforms.index(one.platform_slug), ranks.get(one.python_slug, len(ranks))))
    )


def place_text(columns: Sequence[Column]) -> str:
    """Name targets, Pythons of one platform together: "Python 3.11 and 3.13 on Linux x86-64"."""
    parts = []
    for platform, group in groupby(columns, key=lambda column: column.platform):
        pythons = [column.python if at else column.interpreter for at, column in enumerate(group)]
        named = join_words(pythons)
        parts.append(gettext("{python} on {platform}").format(python=named, platform=platform) if platform else named)
    return join_words(parts)
