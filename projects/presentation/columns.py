"""How a target is named on a page: the parts of a column's heading."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from scanner.domain.targets.target import UnknownTarget, parse_target


@dataclass(frozen=True, slots=True)
class Column:
    """One target as pages show it. `floor` is "glibc 2.28" or empty; the slugs of its halves group columns."""

    slug: str
    python: str
    platform: str
    floor: str
    python_slug: str
    platform_slug: str

    @property
    def interpreter(self) -> str:
        """The Python in words: "Python 3.14t", "PyPy 3.11"."""
        return f"Python {self.python}" if self.python[:1].isdigit() else self.python

    @property
    def label(self) -> str:
        """The whole target in words: "Python 3.14 on Linux x86-64 (glibc 2.28)"."""
        if not self.platform:
            return self.interpreter
        floor = f" ({self.floor})" if self.floor else ""
        return f"{self.interpreter} on {self.platform}{floor}"

    @property
    def place(self) -> str:
        """The target after "on": "Python 3.14, Linux x86-64 (glibc 2.28)"."""
        return self.label.replace(" on ", ", ", 1)


def column_of(slug: str) -> Column:
    """The column of a target. A slug that no longer parses is shown as it is, so that stored answers stay readable."""
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
    """The columns of several targets, in their order."""
    return tuple(column_of(slug) for slug in slugs)
