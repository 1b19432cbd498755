"""The risk table as a file: the rows and columns that a page shows, for spreadsheets and programs. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from projects.domain.project_page import ProjectPage, pending_rows
from projects.domain.risk import StoredRow, version_of
from projects.domain.spreadsheet import harmless
from projects.domain.stored import ProjectState

CSV_FIELDS = (
    "package",
    "version",
    "direct",
    "target",
    "verdict",
    "severity",
    "availability",
    "reason",
    "first_available",
    "latest_available",
    "file",
)


def export_lines(state: ProjectState, page: ProjectPage) -> Iterator[tuple[str, ...]]:
    """One line for each package and target that the page shows, in its order, with the fields of CSV_FIELDS."""
    rows = _rows_by_target(state, page)
    for shown in page.table.rows:
        for column in page.table.columns:
            stored = rows[column.slug].get(shown.name)
            if stored is not None:
                yield tuple(harmless(value) for value in _fields(stored, column.slug))


def export_names(state: ProjectState, page: ProjectPage) -> dict[str, list[str]]:
    """The packages that the page shows, by target, in its order: what an export of the assessment keeps."""
    rows = _rows_by_target(state, page)
    return {
        column.slug: [shown.name for shown in page.table.rows if shown.name in rows[column.slug]]
        for column in page.table.columns
    }


def _rows_by_target(state: ProjectState, page: ProjectPage) -> dict[str, Mapping[str, StoredRow]]:
    judged = state.assessment.targets if state.assessment else {}
    pending = pending_rows(state.requirements)
    return {
        column.slug: _by_name(judged[column.slug].packages if column.slug in judged else pending)
        for column in page.table.columns
    }


def _by_name(rows: Sequence[StoredRow]) -> dict[str, StoredRow]:
    return {row["name"]: row for row in rows}


def _fields(stored: StoredRow, target: str) -> tuple[str, ...]:
    return (
        stored["name"],
        stored["version"] or "",
        "yes" if stored.get("direct") else "no",
        target,
        stored["verdict"],
        stored.get("severity") or "none",
        stored.get("availability") or "unknown",
        stored.get("reason") or "",
        version_of(stored.get("first_available")),
        version_of(stored.get("latest_available")),
        stored.get("file") or "",
    )
