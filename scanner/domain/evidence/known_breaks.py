"""Releases that install and are known not to run: recorded facts, each with its symptom and its source.

A fact is about releases of a package on some Pythons, or beside some releases of a partner. docs/known-breaks.md
describes the file; `scanner.domain.evidence.known_breaks_file` reads it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from msgspec import Struct
from packaging.specifiers import SpecifierSet
from packaging.utils import NormalizedName
from packaging.version import Version

from scanner.domain.targets.target import Target


class Partner(Struct, frozen=True):
    """Releases of another package, beside which the releases of a fact do not run."""

    name: NormalizedName
    versions: SpecifierSet

    def is_in(self, pins: Mapping[NormalizedName, Version]) -> bool:
        """Return whether a set of chosen versions has one of these releases."""
        beside = pins.get(self.name)
        return beside is not None and self.versions.contains(beside, prereleases=True)


class KnownBreak(Struct, frozen=True):
    """One recorded fact: these releases fail at `action`, with `symptom`, although they install.

    `pythons` is compared with the target's Python version (3.13) and admits all if it is empty; `free_threaded` limits
    the fact to the builds without the GIL. `first_good` is the first later release that runs, empty if there is none.
    `source` says where the fact was reported or measured. Any of `unless` in the set prevents it.
    """

    package: NormalizedName
    versions: SpecifierSet
    pythons: SpecifierSet
    action: str
    symptom: str
    source: str
    first_good: str = ""
    partner: Partner | None = None
    free_threaded: bool = False
    unless: tuple[Partner, ...] = ()

    @property
    def key(self) -> str:
        """What identifies the fact among others: a digest of what it is about and of what fails."""
        partner = "" if self.partner is None else f"{self.partner.name}{self.partner.versions}"
        about = (self.package, self.versions, self.pythons, partner, self.free_threaded, self.action, self.symptom)
        return hashlib.sha256("\n".join(map(str, about)).encode()).hexdigest()[:32]

    def is_on(self, target: Target) -> bool:
        """Return whether the fact is about this target, whatever its partner."""
        if self.free_threaded and not target.python.free_threaded:
            return False
        return self.pythons.contains(target.marker_environment["python_version"], prereleases=True)

    def concerns(self, version: Version) -> bool:
        """Return whether the fact is about this release of its package."""
        return self.versions.contains(version, prereleases=True)

    def happens(self, target: Target, version: Version, pins: Mapping[NormalizedName, Version]) -> bool:
        """Return whether this release breaks on the target in a set of chosen versions."""
        if not self.concerns(version) or not self.is_on(target):
            return False
        if any(one.is_in(pins) for one in self.unless):
            return False
        return self.partner is None or self.partner.is_in(pins)


@dataclass(frozen=True)
class KnownBreaks:
    """Facts by package. The order of the facts does not matter but for which of several explains a break."""

    facts: tuple[KnownBreak, ...] = ()
    _by_package: dict[NormalizedName, list[KnownBreak]] = field(init=False, repr=False, compare=False)
    _by_partner: dict[NormalizedName, list[KnownBreak]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_package: dict[NormalizedName, list[KnownBreak]] = {}
        by_partner: dict[NormalizedName, list[KnownBreak]] = {}
        for fact in self.facts:
            by_package.setdefault(fact.package, []).append(fact)
            if fact.partner is not None:
                by_partner.setdefault(fact.partner.name, []).append(fact)
        object.__setattr__(self, "_by_package", by_package)
        object.__setattr__(self, "_by_partner", by_partner)

    def __hash__(self) -> int:
        # They are many, and asked for with each question.
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash(self.facts)

    @cached_property
    def preventing(self) -> frozenset[NormalizedName]:
        """The packages that prevent a break, if the right release of them is in the set."""
        return frozenset(one.name for fact in self.facts for one in fact.unless)

    def of(self, package: NormalizedName, target: Target) -> Iterator[KnownBreak]:
        """Yield the facts about a package on a target."""
        return (fact for fact in self._by_package.get(package, ()) if fact.is_on(target))

    def beside(self, partner: NormalizedName, target: Target) -> Iterator[KnownBreak]:
        """Yield the facts about other packages beside a partner on a target."""
        return (fact for fact in self._by_partner.get(partner, ()) if fact.is_on(target))

    def alone(self, package: NormalizedName, version: Version, target: Target) -> KnownBreak | None:
        """Return the fact by which a release breaks on a target whatever is beside it; None if there is none."""
        return next((fact for fact in self.of(package, target) if not fact.partner and fact.concerns(version)), None)

    def in_set(self, target: Target, pins: Mapping[NormalizedName, Version]) -> dict[NormalizedName, KnownBreak]:
        """Return the packages of a set of chosen versions that break on a target, each with its first fact."""
        found: dict[NormalizedName, KnownBreak] = {}
        for name in self._by_package.keys() & pins.keys():
            for fact in self._by_package[name]:
                if fact.happens(target, pins[name], pins):
                    found.setdefault(name, fact)
        return {name: found[name] for name in pins if name in found}

    def joined(self, more: Iterable[KnownBreak]) -> KnownBreaks:
        """Return these facts and more."""
        return KnownBreaks((*self.facts, *more))

    def without(self, keys: Collection[str]) -> KnownBreaks:
        """Return these facts but those with one of these keys."""
        return KnownBreaks(tuple(fact for fact in self.facts if fact.key not in keys))


NO_KNOWN_BREAKS = KnownBreaks()


class BreaksInSet(Struct, frozen=True, dict=True):
    """What the known breaks say of one set of chosen versions on a target."""

    known: KnownBreaks
    target: Target
    pins: Mapping[NormalizedName, Version]

    @cached_property
    def found(self) -> dict[NormalizedName, KnownBreak]:
        """The packages that break in the set, each with its first fact."""
        return self.known.in_set(self.target, self.pins)

    def runs(self, name: NormalizedName, version: Version) -> bool:
        """Return whether no fact is against another version of one package in the same set."""
        return self.fact_against(name, version) is None

    def fact_against(self, name: NormalizedName, version: Version) -> KnownBreak | None:
        """Return the first fact against a version of one package in the same set."""
        pins = {**self.pins, name: version}
        return next((one for one in self.known.of(name, self.target) if one.happens(self.target, version, pins)), None)
