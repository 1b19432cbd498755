"""How the projects of a user stand with packages: a row for each project on a package's page, and for each package."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from projects.domain.assessment.verdicts import Verdict
from projects.presentation.cell_summary import CellSummary
from projects.presentation.columns import column_of
from projects.presentation.portfolio.headlines import Headline, headline_of
from projects.presentation.risk_table.query import STATES
from projects.presentation.search import SearchResults

_RANK = {state.value: rank for rank, state in enumerate(STATES)}


class StoredUse(Struct, frozen=True):
    """One package of one project on one target."""

    project_slug: str
    project_name: str
    target: str
    cell: CellSummary


class PackageUses(Struct, frozen=True):
    """The uses of some packages by the projects of a user, by project, on the headline targets."""

    headlines: tuple[Headline, ...]
    uses: tuple[StoredUse, ...]


class UseCell(Struct, frozen=True):
    """The worst cell of a package on a headline, with the project and target that have it."""

    look: Verdict
    text: str
    reason: str
    project_slug: str
    target: str


class UseRow(Struct, frozen=True):
    """One project that uses the package: the versions in use, how it comes in, and a cell for each headline."""

    slug: str
    name: str
    version: str
    via: str
    cells: tuple[UseCell | None, ...]


def use_rows(found: PackageUses) -> tuple[UseRow, ...]:
    """Return a row for each project that has the package. `found` are the uses of one package."""
    by_project: dict[str, list[StoredUse]] = {}
    for use in found.uses:
        by_project.setdefault(use.project_slug, []).append(use)
    return tuple(
        UseRow(
            slug=slug,
            name=uses[0].project_name,
            version=", ".join(dict.fromkeys(use.cell.version for use in uses)),
            via=uses[0].cell.arrival,
            cells=worst_cells(uses, found.headlines),
        )
        for slug, uses in by_project.items()
    )


class FoundPackage(Struct, frozen=True):
    """A package in search results: the projects that use it, as (slug, name), and its worst cells."""

    name: str
    projects: tuple[tuple[str, str], ...]
    cells: tuple[UseCell | None, ...]


def found_packages(found: PackageUses, results: SearchResults) -> tuple[FoundPackage, ...]:
    """Return the packages of search results with who uses them, in their order."""
    by_name: dict[str, list[StoredUse]] = {}
    for use in found.uses:
        by_name.setdefault(use.cell.name, []).append(use)
    return tuple(
        FoundPackage(
            name,
            tuple(dict.fromkeys((use.project_slug, use.project_name) for use in by_name.get(name, ()))),
            worst_cells(by_name.get(name, ()), found.headlines),
        )
        for name in results.packages
    )


def worst_cells(uses: Sequence[StoredUse], headlines: Sequence[Headline]) -> tuple[UseCell | None, ...]:
    """Return the worst cell for each headline, None where none of the uses has it."""
    worst: dict[str, StoredUse] = {}
    for use in uses:
        key = headline_of(column_of(use.target)).key
        if key not in worst or _RANK[use.cell.verdict] < _RANK[worst[key].cell.verdict]:
            worst[key] = use
    return tuple(_cell(worst[one.key]) if one.key in worst else None for one in headlines)


def _cell(use: StoredUse) -> UseCell:
    return UseCell(Verdict(use.cell.verdict), use.cell.text, use.cell.reason, use.project_slug, use.target)
