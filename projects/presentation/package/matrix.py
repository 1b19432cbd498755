"""One package's releases by target as cells that a page shows. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from projects.domain.assessment.verdicts import Verdict
from projects.presentation.columns import Column
from scanner.domain.matching.availability import Availability, Offer

_CELLS = {
    Availability.NATIVE: (Verdict.READY, "wheel"),
    Availability.ABI3: (Verdict.READY, "abi3"),
    Availability.PURE: (Verdict.READY, "pure"),
    Availability.FALLBACK: (Verdict.DEGRADED, "pure"),
    Availability.SOURCE: (Verdict.UPGRADE, "sdist only"),
    Availability.EXCLUDED: (Verdict.BLOCKED, "refuses it"),
    Availability.NONE: (Verdict.BLOCKED, "no wheel"),
}


@dataclass(frozen=True, slots=True)
class MatrixCell:
    """What one release offers one target: a look and a few words, without any project's policy."""

    look: Verdict
    text: str
    yanked: bool


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One release over the columns."""

    version: str
    uploaded_at: datetime | None
    cells: tuple[MatrixCell, ...]


def matrix_row(version: str, uploaded_at: datetime | None, offers: Sequence[Offer]) -> MatrixRow:
    """The row of a release; `offers` follow the columns."""
    return MatrixRow(version, uploaded_at, tuple(_cell(offer) for offer in offers))


def _cell(offer: Offer) -> MatrixCell:
    look, text = _CELLS.get(offer.availability, (Verdict.UNKNOWN, "not known"))
    return MatrixCell(look, text, offer.yanked)


def matrix_columns(columns: Sequence[Column], asked: Sequence[str], limit: int) -> tuple[Column, ...]:
    """The columns that are asked for; else all when they are few; else a cross of them, at most `limit`.

    The cross is every Python on the first platform, and every platform of the last Python there.
    """
    chosen = tuple(column for column in columns if column.slug in asked)
    if chosen or len(columns) <= limit:
        return chosen or tuple(columns)
    first = [column for column in columns if column.platform_slug == columns[0].platform_slug]
    across = [column for column in columns if column.python_slug == first[-1].python_slug and column not in first]
    return tuple([*first, *across][:limit])
