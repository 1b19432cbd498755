"""The cells of targets whose stored ones do not serve: of another language, or of another version of Wheelway.

They are made from the full rows, and kept in the cache for the pages that come after.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.core.cache import cache

from projects.domain.assessment.package_result import PackageResult
from projects.models import PackageRows, TargetAssessment
from projects.presentation.cell_summary import (
    VERSION,
    WORK,
    CellSummary,
    cells_to_list,
    read_cells,
    summarise_cell,
)
from scanner.domain.translation import language

_DAY = 24 * 3600
_READ_AT_ONCE = 40


def made_cells(pks: Collection[int], *, only_work: bool = False) -> dict[int, tuple[CellSummary, ...]]:
    """Return the cells of rows by their number, all of them or those that need work. One query at most per 40 rows."""
    kind = "work" if only_work else "all"
    keys = {f"cells:{VERSION}:{language()}:{kind}:{pk}": pk for pk in pks}
    found = {keys[key]: read_cells(kept) for key, kept in cache.get_many(keys).items()} if keys else {}
    missing = [pk for pk in pks if pk not in found]
    names = {pk: key for key, pk in keys.items()}
    for start in range(0, len(missing), _READ_AT_ONCE):
        made = _made(missing[start : start + _READ_AT_ONCE], WORK if only_work else None)
        cache.set_many({names[pk]: cells_to_list(cells) for pk, cells in made.items()}, _DAY)
        found.update(made)
    return found


def made_cells_of(pks: Collection[int], packages: Iterable[str]) -> dict[int, tuple[CellSummary, ...]]:
    """Return the cells of these packages. One query, none without rows."""
    if not pks:
        return {}
    rows = TargetAssessment.objects.filter(pk__in=pks).annotate(found=PackageRows(packages))
    return {pk: _summaries(found) for pk, found in rows.values_list("pk", "found")}


def _made(pks: Collection[int], verdicts: Iterable[str] | None) -> dict[int, tuple[CellSummary, ...]]:
    rows = TargetAssessment.objects.filter(pk__in=pks)
    if verdicts is None:
        return {pk: _summaries(packages) for pk, packages in rows.values_list("pk", "packages")}
    needing = rows.annotate(found=PackageRows(verdicts, "verdict"))
    return {pk: _summaries(packages) for pk, packages in needing.values_list("pk", "found")}


def _summaries(packages: Iterable[dict[str, object]] | None) -> tuple[CellSummary, ...]:
    return tuple(summarise_cell(PackageResult.from_json(row)) for row in packages or ())
