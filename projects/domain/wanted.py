"""What a set of requirements asks for on one target: one entry a package, markers evaluated. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from packaging.markers import InvalidMarker, Marker
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import NormalizedName
from packaging.version import InvalidVersion, Version

from projects.domain.intake.values import Origin, ParsedRequirement
from scanner.domain.targets import Target


@dataclass(slots=True)
class Wanted:
    """What is asked of one package on one target.

    `admits` are sets of alternatives: a version must satisfy one of each. `active` is whether any requirement of it
    holds there; `asked` is the requirement whose place is shown.
    """

    name: NormalizedName
    asked: ParsedRequirement
    active: bool = False
    admits: list[tuple[SpecifierSet, ...]] = field(default_factory=list)
    foreign: ParsedRequirement | None = None

    @property
    def specifier(self) -> str:
        """The limits as text, in the order of the files."""
        return ",".join(" || ".join(str(one) for one in alternatives) for alternatives in self.admits if any(alternatives))

    @property
    def pinned(self) -> Version | None:
        """The version of an exact pin, when there is one."""
        for alternatives in self.admits:
            for specifiers in alternatives:
                for specifier in specifiers:
                    if specifier.operator in ("==", "===") and not specifier.version.endswith(".*"):
                        try:
                            return Version(specifier.version)
                        except InvalidVersion:
                            continue
        return None

    def admitted(self, versions: Sequence[Version], *, prereleases: bool) -> list[Version]:
        """Those of `versions` that every limit admits, in the same order; pre-releases as PEP 440 says."""
        left = list(versions)
        for alternatives in self.admits:
            kept: set[Version] = set()
            for specifiers in alternatives:
                kept.update(specifiers.filter(left, prereleases=True if prereleases else None))
            left = [version for version in left if version in kept]
        if not self.admits:
            left = list(SpecifierSet().filter(left, prereleases=True if prereleases else None))
        return left


def wanted_on(target: Target, requirements: Iterable[ParsedRequirement]) -> dict[NormalizedName, Wanted]:
    """One entry for each package that the requirements name, in their order; constraints only limit.

    A package whose every marker is false on the target is there with `active` false.
    """
    everything = list(requirements)
    found: dict[NormalizedName, Wanted] = {}
    for requirement in everything:
        if requirement.constraint or requirement.override:
            continue
        wanted = found.setdefault(requirement.name, Wanted(requirement.name, requirement))
        if not holds(requirement.marker, target):
            continue
        if not wanted.active or (requirement.direct and not wanted.asked.direct):
            wanted.asked = requirement
        wanted.active = True
        if requirement.origin is not Origin.INDEX:
            wanted.foreign = requirement
        _limit(wanted, requirement)
    for constraint in everything:
        if constraint.constraint and constraint.name in found and holds(constraint.marker, target):
            _limit(found[constraint.name], constraint)
    return found


def _limit(wanted: Wanted, requirement: ParsedRequirement) -> None:
    texts = requirement.alternatives or (requirement.specifier,)
    try:
        wanted.admits.append(tuple(SpecifierSet(text) for text in texts))
    except InvalidSpecifier:
        # Intake has reported it with its place; such a limit admits what the rest admits.
        return


def holds(marker: str | None, target: Target) -> bool:
    """Whether a marker is true on the target, without any extra. One that cannot be evaluated counts as true."""
    if not marker:
        return True
    try:
        return Marker(marker).evaluate({**target.marker_environment, "extra": ""})
    except InvalidMarker:
        return True
