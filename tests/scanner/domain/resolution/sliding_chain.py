"""A chain of packages whose ranges slide: hard for a resolver that does not learn."""

from __future__ import annotations

from tests.scanner.domain.resolution.small_index import Row


def sliding_chain(packages: int = 150, versions: int = 60, *, solvable: bool = True) -> dict[str, dict[str, Row]]:
    """Release v of each package needs a few releases of the next around v, or, when unsolvable, only later ones.

    In the unsolvable form the last packages have run out of later releases, which shows at the far end only.
    """
    index: dict[str, dict[str, Row]] = {}
    for place in range(packages):
        rows = index[f"p{place}"] = {}
        for version in range(1, versions + 1):
            low, high = (max(1, version - 3), version + 2) if solvable else (version + 1, version + 8)
            needs = [f"p{place + 1}>={low},<={high}"] if place + 1 < packages else []
            rows[str(version)] = Row(needs=needs)
    return index
