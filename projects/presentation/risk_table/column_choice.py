"""The choice of columns of the risk table: a box for each target, with links for whole rows and columns."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from msgspec import Struct

from projects.presentation.columns import Column
from projects.presentation.risk_table.query import RiskQuery


class ColumnBox(Struct, frozen=True):
    """The check box of one target."""

    column: Column
    checked: bool


class ColumnLine(Struct, frozen=True):
    """A Python, or a platform, of the project's targets. `query` shows all of its targets, and those alone."""

    label: str
    floor: str
    query: str
    boxes: tuple[ColumnBox | None, ...] = ()


class ColumnChoice(Struct, frozen=True):
    """All boxes: rows of Pythons under the platforms. `every` is the query that shows all targets."""

    platforms: tuple[ColumnLine, ...]
    pythons: tuple[ColumnLine, ...]
    every: str


def column_choice(columns: Sequence[Column], shown: Collection[Column], query: RiskQuery) -> ColumnChoice:
    """Return the choice among `columns`; `shown` are in the table; links keep the rest of the query."""
    at = {(column.python_slug, column.platform_slug): column for column in columns}
    pythons = {column.python_slug: column.python for column in columns}
    platforms = {column.platform_slug: column for column in columns}

    def line(label: str, floor: str, found: Sequence[Column | None], *, boxes: bool) -> ColumnLine:
        made = tuple(ColumnBox(one, one in shown) if one is not None else None for one in found) if boxes else ()
        return ColumnLine(label, floor, query.with_targets([one.slug for one in found if one is not None]), made)

    return ColumnChoice(
        platforms=tuple(
            line(one.platform, one.floor, [at.get((python, slug)) for python in pythons], boxes=False)
            for slug, one in platforms.items()
        ),
        pythons=tuple(
            line(label, "", [at.get((slug, platform)) for platform in platforms], boxes=True)
            for slug, label in pythons.items()
        ),
        every=query.with_targets([column.slug for column in columns]),
    )


def by_platform(columns: Sequence[Column]) -> tuple[Column, ...]:
    """Return the columns with those of a platform side by side, platforms in the order of their first column."""
    order = {slug: rank for rank, slug in enumerate(dict.fromkeys(column.platform_slug for column in columns))}
    return tuple(sorted(columns, key=lambda column: order[column.platform_slug]))
