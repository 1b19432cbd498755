"""The paths by which a package is reached, shortest first, limited in number."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from packaging.utils import NormalizedName

from scanner.domain.resolution.graph import DependencyEdge

__all__ = ["Paths"]

_EXPLORED = 5_000


class Paths:
    """A finder of paths over the edges of one closure."""

    def __init__(self, edges: Iterable[DependencyEdge]) -> None:
        self._askers: dict[NormalizedName, dict[tuple[NormalizedName, NormalizedName | None] | None, None]] = {}
        for edge in edges:
            asker = None if edge.dependent is None else (edge.dependent, edge.extra)
            self._askers.setdefault(edge.requirement.name, {})[asker] = None
        self._direct = {name for name, askers in self._askers.items() if None in askers}

    def to(self, name: NormalizedName, limit: int = 20) -> tuple[tuple[str, ...], ...]:
        """Return up to `limit` paths, each from a direct requirement of the project to `name`, with no package twice.

        A step through an extra is written with the extra: ("sqlalchemy[asyncio]", "greenlet"). Paths are in order of
        length, then of the requirements. The search stops after a fixed number of steps, so a very large closure may
        return fewer.
        """
        found: list[tuple[str, ...]] = []
        # It grows while it is gone through; what is beyond the last step would be left over.
        reached: list[tuple[tuple[str, ...], tuple[NormalizedName, ...]]] = [((name,), (name,))]
        for labels, names in islice(reached, _EXPLORED):
            if len(found) == limit:
                break
            if names[0] in self._direct:
                found.append(labels)
            for asker in self._askers.get(names[0], ()) if len(reached) < _EXPLORED else ():
                if asker is not None and asker[0] not in names:
                    by, extra = asker
                    reached.append(((by if extra is None else f"{by}[{extra}]", *labels), (by, *names)))
        return tuple(sorted(found, key=len))
