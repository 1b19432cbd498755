"""The known breaks that are about one target, as sets over the releases of packages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct
from packaging.utils import NormalizedName
from packaging.version import Version

from scanner.domain.evidence.known_breaks import KnownBreak, KnownBreaks
from scanner.domain.resolution.explain.reasons import BreaksBeside
from scanner.domain.resolution.model.cache import ResolutionCache
from scanner.domain.resolution.model.candidate_set import CandidateSet
from scanner.domain.resolution.model.versions import PackageVersions
from scanner.domain.targets.target import Target

__all__ = ["BreaksOnTarget"]

_Pair = tuple[tuple[str, int], tuple[str, int]]


class _Pairing(Struct, frozen=True):
    """A fact that happens beside releases of another package: those that `versions` admits, or those outside of it."""

    fact: KnownBreak
    partner: NormalizedName
    versions: str
    is_outside: bool = False

    def beside(self, package: PackageVersions) -> int:
        admitted = package.admitted(self.versions)
        return package.all & ~admitted if self.is_outside else admitted

    @property
    def described(self) -> str:
        return f" outside {self.versions}" if self.is_outside else self.versions


class BreaksOnTarget:
    """What breaks on a target: releases whatever is beside them, and pairs of releases of two packages.

    A break that releases of a package prevent is one beside its other releases, if that package is `required`: then it
    is in every set. If two of them are, only the finished set shows whether it happens. So it is with the facts that
    are `assumed_prevented`, by what another package may bring. `open` are the facts that the finished set decides.
    """

    def __init__(
        self,
        known: KnownBreaks,
        target: Target,
        required: frozenset[NormalizedName] = frozenset(),
        assumed_prevented: frozenset[KnownBreak] = frozenset(),
    ) -> None:
        self._known, self._target = known, target
        self.open: list[KnownBreak] = []
        self._alone: dict[NormalizedName, list[KnownBreak]] = {}
        self._pairs: dict[NormalizedName, list[_Pairing]] = {}
        self._broken: dict[NormalizedName, int] = {}
        for fact in known.facts:
            if not fact.is_on(target):
                continue
            preventing = [one for one in fact.unless if one.name in required]
            if fact.unless and not preventing and fact in assumed_prevented:
                self.open.append(fact)
            elif fact.partner is None and not preventing:
                self._alone.setdefault(fact.package, []).append(fact)
            elif fact.partner is not None and not preventing:
                self._pair(_Pairing(fact, fact.partner.name, str(fact.partner.versions)))
            elif fact.partner is None and len(preventing) == 1:
                (one,) = preventing
                self._pair(_Pairing(fact, one.name, str(one.versions), is_outside=True))
            else:
                self.open.append(fact)

    def _pair(self, pairing: _Pairing) -> None:
        for name in {pairing.fact.package, pairing.partner}:
            self._pairs.setdefault(name, []).append(pairing)

    @classmethod
    def of(
        cls,
        cache: ResolutionCache,
        known: KnownBreaks,
        target: Target,
        required: Iterable[NormalizedName],
        assumed_prevented: frozenset[KnownBreak] = frozenset(),
    ) -> BreaksOnTarget:
        """Return the value of a cache for these facts and this target, the same for all platforms of a Python."""
        preventing = known.preventing & set(required)
        # It keeps the facts, so their identity is a key.
        return cache.shared(
            (cls, id(known), target.python.slug, preventing, assumed_prevented),
            lambda: cls(known, target, preventing, assumed_prevented),
        )

    def open_in(self, members: Mapping[NormalizedName, Version | None]) -> Iterator[NormalizedName]:
        """Yield the packages of a finished set that break by the facts which it decides."""
        if self.open:
            pins = {name: version for name, version in members.items() if version is not None}
            for fact in self.open:
                version = pins.get(fact.package)
                if version is not None and fact.happens(self._target, version, pins):
                    yield fact.package

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
        for pairing in self._pairs.get(name, ()):
            fact, partner = pairing.fact, pairing.partner
            mine, its = seen.get(fact.package), seen.get(partner)
            if mine is None or its is None:
                continue
            broken, beside = mine.package.admitted(str(fact.versions)), pairing.beside(its.package)
            if choice & (broken if name == fact.package else beside) and broken and beside:
                pair = ((fact.package, broken), (partner, beside))
                yield pair, BreaksBeside(fact.package, broken, partner, pairing.described)
