"""The export of the portfolio: the cells of its table, as CSV and JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC

from projects.presentation.formats.csv_table import safe_cell
from projects.presentation.portfolio.page import PortfolioPage

PORTFOLIO_COLUMNS = ("project", "name", "tags", "checked_at", "headline", "target", "verdict", "text", "rest")


def portfolio_csv(page: PortfolioPage) -> str:
    """Return PORTFOLIO_COLUMNS and a line for each project and headline.

    Cells that a spreadsheet would run become text.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(PORTFOLIO_COLUMNS)
    for line in _lines(page):
        tags = ", ".join(line["tags"] or ())
        writer.writerow([safe_cell(value) for value in {**line, "tags": tags}.values()])
    return out.getvalue()


def portfolio_json(page: PortfolioPage) -> str:
    """Return the same lines as JSON."""
    return json.dumps([*_lines(page)], indent=1) + "\n"


def _lines(page: PortfolioPage) -> Iterator[dict[str, str | list[str] | None]]:
    """Yield the values of PORTFOLIO_COLUMNS. A project without the headline's target has no verdict there."""
    for row in page.rows:
        at = f"{row.checked_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if row.checked_at else None
        for headline, cell in zip(page.headlines, row.cells, strict=True):
            seen = (
                (cell.column.slug, cell.verdict.value, cell.text, cell.rest) if cell else (None, None, "not chosen", "")
            )
            values = (row.slug, row.name, list(row.tags), at, headline.label, *seen)
            yield dict(zip(PORTFOLIO_COLUMNS, values, strict=True))
