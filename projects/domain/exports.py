"""What an export of the project page holds: the rows and columns that the page shows, in its order. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from projects.domain.project_page import ProjectPage, pending_rows
from projects.domain.risk import StoredRow
from projects.domain.spreadsheet import Judged
from projects.domain.stored import ProjectState
from projects.domain.verdicts import ProjectVerdict


def export_lines(state: ProjectState, page: ProjectPage) -> Iterator[Judged]:
    """One line for each package and target that the page shows, in its order."""
    rows = _rows_by_target(state, page)
    judged = state.assessment.targets if state.assessment else {}
    for shown in page.table.rows:
        for column in page.table.columns:
            stored = rows[column.slug].get(shown.name)
            if stored is not None:
                target = judged.get(column.slug)
                yield Judged(column.slug, target.verdict if target else ProjectVerdict.UNKNOWN.value, stored)


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
