"""The view model of a package page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from projects.presentation.columns import Column
from projects.presentation.freshness import is_stale
from projects.presentation.package.history import HistoryLine, history_lines
from projects.presentation.package.matrix import MatrixRow, matrix_row
from scanner.domain.releases.package_details import PackageDetails

_HISTORY_LINES = 30


@dataclass(frozen=True, slots=True)
class PackagePage:
    """A package page. `columns` are the shown targets of `all_columns`, and `rows` the shown releases on them."""

    details: PackageDetails
    columns: tuple[Column, ...]
    all_columns: tuple[Column, ...]
    rows: tuple[MatrixRow, ...]
    history: tuple[HistoryLine, ...]
    is_stale: bool


def package_page(
    details: PackageDetails, columns: Sequence[Column], all_columns: Sequence[Column], now: datetime
) -> PackagePage:
    """Return the page of a package whose releases have offers for `columns`."""
    return PackagePage(
        details=details,
        columns=tuple(columns),
        all_columns=tuple(all_columns),
        rows=tuple(matrix_row(release) for release in details.releases),
        history=history_lines(details.events, [column.slug for column in all_columns], _HISTORY_LINES),
        is_stale=is_stale(details.checked_at, now),
    )
