"""What the search of one target found, and what is still missing of several."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import reduce
from operator import or_
from typing import Protocol

from msgspec import Struct
from packaging.utils import NormalizedName

from projects.domain.assessment.judgement import Judgement
from projects.domain.assessment.verdicts import Verdict
from scanner.domain.evidence.known_breaks import BreaksInSet
from scanner.domain.resolution.closure import Closure
from scanner.domain.resolution.explain.conflict import Relaxation
from scanner.domain.resolution.model.missing import Missing
from scanner.domain.resolution.model.plans import Plan
from scanner.domain.targets.target import Target


class ResolvedTarget(Struct, frozen=True):
    """One target, resolved: its closure, the judgement of each package, and a plan when the closure does not hold.

    `present` is the closure of the project's present target, where the judgements compare with it. `lacking` are the
    packages that install and are known to lack what the project demands of them.
    """

    target: Target
    closure: Closure
    judgements: Mapping[NormalizedName, Judgement]
    plan: Plan | None
    breaks: BreaksInSet
    ways_out: tuple[Relaxation, ...] = ()
    present: Closure | None = None
    lacking: frozenset[NormalizedName] = frozenset()

    @property
    def names(self) -> frozenset[NormalizedName]:
        """The packages on which the judgements rest."""
        return frozenset((*self.judgements, *(self.present.pins if self.present is not None else ())))

    @property
    def ignored(self) -> frozenset[NormalizedName]:
        """The packages that the team ignores here."""
        return frozenset(name for name, one in self.judgements.items() if one.verdict is Verdict.IGNORED)

    @property
    def holds(self) -> bool:
        """Whether a set holds as written and runs, but for what the team ignores."""
        found = self.closure
        is_held = found.holds or (
            self.ignored.issuperset(found.blockers) and not (found.conflict or found.missing or found.limit)
        )
        return is_held and self.ignored.issuperset((*self.breaks.found, *self.lacking))

    @property
    def missing(self) -> Missing:
        """What must be fetched before the result is known."""
        parts = (self.closure, self.plan, self.present)
        return reduce(or_, (part.missing for part in parts if part is not None))


class _Lacking(Protocol):
    @property
    def missing(self) -> Missing: ...


def missing_in(targets: Iterable[_Lacking]) -> Missing:
    """Return what must be fetched before the result of each of these targets is known."""
    missing = Missing()
    for one in targets:
        missing |= one.missing
    return missing
