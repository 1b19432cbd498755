"""What an export of the project page holds: the packages and targets that the page shows, in its order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from packaging.utils import NormalizedName

from projects.domain.assessment.package_result import PackageResult
from projects.domain.assessment.verdicts import ProjectVerdict
from projects.presentation.formats.csv_table import CsvLine
from projects.presentation.project_page import ProjectPage, pending_results
from projects.presentation.stored import ProjectState


def export_lines(
    state: ProjectState, page: ProjectPage, packages: Mapping[str, Sequence[PackageResult]]
) -> Iterator[CsvLine]:
    """Yield a line for each package and target that the page shows.

    `packages` are the stored results by target; a target without any is not judged yet.
    """
    pending = pending_results(state.requirements)
    by_name = {
        column.slug: {package.name: package for package in packages.get(column.slug, pending)}
        for column in page.table.columns
    }
    judged = state.assessment.targets if state.assessment else {}
    for row in page.table.rows:
        for column in page.table.columns:
            package = by_name[column.slug].get(NormalizedName(row.name))
            if package is not None:
                target = judged.get(column.slug)
                yield CsvLine(column.slug, target.verdict if target else ProjectVerdict.UNKNOWN, package)


def export_names(state: ProjectState, page: ProjectPage) -> dict[str, list[str]]:
    """Return the packages that the page shows, by target: what an export of the assessment keeps."""
    judged = state.assessment.targets if state.assessment else {}
    pending = {package.name for package in pending_results(state.requirements)}
    names: dict[str, list[str]] = {}
    for column in page.table.columns:
        target = judged.get(column.slug)
        there = {cell.name for cell in target.cells} if target else pending
        names[column.slug] = [row.name for row in page.table.rows if row.name in there]
    return names
