"""The table of a package page: releases by target."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from projects.domain.assessment.verdicts import Verdict
from projects.presentation.columns import Column
from scanner.domain.matching.availability import Availability, Offer
from scanner.domain.releases.package_details import ReleaseOffers
from scanner.domain.translation import gettext, noop

_CELLS = {
    Availability.NATIVE: (Verdict.READY, noop("wheel")),
    Availability.ABI3: (Verdict.READY, "abi3"),
    Availability.PURE: (Verdict.READY, noop("pure")),
    Availability.FALLBACK: (Verdict.DEGRADED, noop("pure")),
    Availability.SOURCE: (Verdict.UPGRADE, noop("sdist only")),
    Availability.EXCLUDED: (Verdict.BLOCKED, noop("Python excluded")),
    Availability.NONE: (Verdict.BLOCKED, noop("no wheel")),
}


class MatrixCell(Struct, frozen=True):
    """The availability of a release on a target, whatever the policy of a project. `look` is the style of the cell."""

    look: Verdict
    text: str
    yanked: bool


class MatrixRow(Struct, frozen=True):
    """A release with one cell for each column."""

    version: str
    uploaded_at: datetime | None
    cells: tuple[MatrixCell, ...]


def matrix_row(release: ReleaseOffers) -> MatrixRow:
    """Return the row of a release, whose offers follow the columns."""
    return MatrixRow(release.version, release.uploaded_at, tuple(_cell(offer) for offer in release.offers))


def _cell(offer: Offer) -> MatrixCell:
    look, text = _CELLS.get(offer.availability, (Verdict.UNKNOWN, noop("unknown")))
    return MatrixCell(look, gettext(text), offer.yanked)


def matrix_columns(columns: Sequence[Column], chosen: Sequence[str], limit: int) -> tuple[Column, ...]:
    """Return the columns with the chosen slugs; without any all when they are few, else a cross of at most `limit`.

    The cross is every Python on the first platform, and every platform of the last Python there.
    """
    found = tuple(column for column in columns if column.slug in chosen)
    if found or len(columns) <= limit:
        return found or tuple(columns)
    first = [column for column in columns if column.platform_slug == columns[0].platform_slug]
    across = [column for column in columns if column.python_slug == first[-1].python_slug and column not in first]
    return tuple([*first, *across][:limit])
