"""What an export of the project page holds: the rows and columns that the page shows, in its order. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from projects.domain.assessment.verdicts import ProjectVerdict
from projects.presentation.cell_summary import StoredRow
from projects.presentation.formats.csv_table import Judged
from projects.presentation.project_page import ProjectPage, pending_results
from projects.presentation.stored import ProjectState


def export_lines(
    state: ProjectState, page: ProjectPage, packages: Mapping[str, Sequence[StoredRow]]
) -> Iterator[Judged]:
    """One line for each package and target that the page shows, in its order. `packages` are the stored rows by target;
    a target that none are stored for is not judged yet."""
    pending = pending_results(state.requirements)
    rows = {
        column.slug: {row["name"]: row for row in packages.get(column.slug, pending)} for column in page.table.columns
    }
    judged = state.assessment.targets if state.assessment else {}
    for shown in page.table.rows:
        for column in page.table.columns:
            stored = rows[column.slug].get(shown.name)
            if stored is not None:
                target = judged.get(column.slug)
                yield Judged(column.slug, target.verdict if target else ProjectVerdict.UNKNOWN.value, stored)


def export_names(state: ProjectState, page: ProjectPage) -> dict[str, list[str]]:
    """The packages that the page shows, by target, in its order: what an export of the assessment keeps."""
    judged = state.assessment.targets if state.assessment else {}
    pending = {row["name"] for row in pending_results(state.requirements)}
    names: dict[str, list[str]] = {}
    for column in page.table.columns:
        target = judged.get(column.slug)
        there = {row.name for row in target.rows} if target else pending
        names[column.slug] = [shown.name for shown in page.table.rows if shown.name in there]
    return names
