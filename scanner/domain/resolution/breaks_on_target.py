"""The known breaks that are about one target, as sets over the releases of packages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from packaging.utils import NormalizedName

from scanner.domain.evidence.known_breaks import KnownBreak, KnownBreaks, Partner
from scanner.domain.resolution.explain.reasons import BreaksBeside
from scanner.domain.resolution.model.cache import ResolutionCache
from scanner.domain.resolution.model.candidates import CandidateSet
from scanner.domain.resolution.model.versions import PackageVersions
from scanner.domain.targets.target import Target

__all__ = ["BreaksOnTarget"]

_Pair = tuple[tuple[str, int], tuple[str, int]]


class BreaksOnTarget:
    """What breaks on a target: releases whatever is beside them, and pairs of releases of two packages."""

    def __init__(self, known: KnownBreaks, target: Target) -> None:
        self._known = known
        self._alone: dict[NormalizedName, list[KnownBreak]] = {}
        self._pairs: dict[NormalizedName, list[tuple[KnownBreak, Partner]]] = {}
        self._broken: dict[NormalizedName, int] = {}
        for fact in known.facts:
            if not fact.is_on(target):
                continue
            if fact.partner is None:
                self._alone.setdefault(fact.package, []).append(fact)
                continue
            for name in {fact.package, fact.partner.name}:
                self._pairs.setdefault(name, []).append((fact, fact.partner))

    @classmethod
    def of(cls, cache: ResolutionCache, known: KnownBreaks, target: Target) -> BreaksOnTarget:
        """Return the value of a cache for these facts and this target, the same for all platforms of a Python."""
        # It keeps the facts, so their identity is a key.
        return cache.shared((cls, id(known), target.python.slug), lambda: cls(known, target))

    def alone(self, package: PackageVersions) -> int:
        """Return the releases that break whatever is beside them."""
        if package.name not in self._alone:
            return 0
        mask = self._broken.get(package.name)
        if mask is None:
            mask = 0
            for fact in self._alone[package.name]:
                mask |= package.admitted(str(fact.versions))
            self._broken[package.name] = mask
        return mask

    def beside(
        self, name: NormalizedName, choice: int, seen: Mapping[NormalizedName, CandidateSet]
    ) -> Iterator[tuple[_Pair, BreaksBeside]]:
        """Yield pairs of releases that break together and include the chosen release.

        Only packages that the search has seen count: of two packages of a set, one is decided when the other has been
        seen.
        """
        for fact, partner in self._pairs.get(name, ()):
            mine, its = seen.get(fact.package), seen.get(partner.name)
            if mine is None or its is None:
                continue
            broken, beside = mine.package.admitted(str(fact.versions)), its.package.admitted(str(partner.versions))
            if choice & (broken if name == fact.package else beside) and broken and beside:
                pair = ((fact.package, broken), (partner.name, beside))
                yield pair, BreaksBeside(fact.package, broken, partner.name, str(partner.versions))
