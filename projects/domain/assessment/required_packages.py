"""The packages that a project itself requires on each target, and what alone decides which release is in use."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace
from packaging.utils import NormalizedName
from packaging.version import InvalidVersion, Version

from projects.domain.assessment.provenance import Provenance
from projects.domain.assessment.request import AssessmentRequest
from projects.domain.assessment.root_requirements import convert_requirement, root_requirements_of
from projects.domain.dependency_files.values import LockRule, ParsedRequirement, RequirementOrigin
from scanner.domain.resolution.model.markers import MarkerMemo
from scanner.domain.resolution.model.requirement import Requirement
from scanner.domain.targets.target import Target

# Locks whose versions satisfy every requirement of their packages.
_UNCHECKED = frozenset({LockRule.PACKAGES, LockRule.GRAPH})


class RequiredPackage(Struct, frozen=True):
    """One package that the project requires on a target, by these lines of its files.

    In use is a release that `specifier` admits, where there is any, and else the version in `pin`, if the lines fix
    one. Both are None where that does not follow from the lines alone: they disagree, a constraint or an override has
    a say, the package may come from another place than the index, or it is in a list only, before which goes what
    another package requires. A pin that no index has counts only where `is_direct`: where the project itself states
    it.
    """

    name: NormalizedName
    lines: Sequence[ParsedRequirement]
    pin: Version | None = None
    specifier: str | None = None
    is_direct: bool = False

    @property
    def provenance(self) -> Provenance:
        """Where the files ask for it."""
        line = self.lines[-1]
        return Provenance(line.direct, line.specifier, line.source, line.line)


class _RootLine(Struct, frozen=True):
    """A root requirement, the line that states it, and whether the project itself requires it."""

    requirement: Requirement
    line: ParsedRequirement
    is_direct: bool


class RequiredPackages:
    """The packages that a project requires, by target.

    Several lines may name one package, each with its own marker: a line counts where it applies.
    """

    def __init__(self, request: AssessmentRequest) -> None:
        whole = root_requirements_of(request.requirements, request.limits)
        direct, roots = frozenset(whole.requirements), frozenset((*whole.requirements, *whole.included))
        self._unclear = {one.name for one in request.requirements if one.constraint or one.override} | request.foreign
        self._locked = [
            _RootLine(requirement, line, is_direct=False)
            for line in request.requirements
            if line.lock in _UNCHECKED and line.pinned and line.origin is RequirementOrigin.INDEX
            for requirement in convert_requirement(replace(line, direct_marker=None))
        ]
        self._roots = [
            _RootLine(requirement, line, requirement in direct)
            for line in request.requirements
            if not line.constraint and not line.override and line.origin is RequirementOrigin.INDEX
            for requirement in _roots_of(line, request)
            if requirement in roots
        ]
        self._on: dict[Target, dict[NormalizedName, RequiredPackage]] = {}

    @property
    def names(self) -> frozenset[NormalizedName]:
        """The packages that are required on any target."""
        return frozenset(one.requirement.name for one in self._roots)

    def on(self, target: Target) -> Mapping[NormalizedName, RequiredPackage]:
        """Return the packages that are required on a target, in the order of the files."""
        if target not in self._on:
            markers = MarkerMemo(target)
            roots, locked = _applying(self._roots, markers), _applying(self._locked, markers)
            self._on[target] = {
                name: _required(name, found, locked.get(name, ()), self._unclear) for name, found in roots.items()
            }
        return self._on[target]


def _applying(lines: Iterable[_RootLine], markers: MarkerMemo) -> dict[NormalizedName, list[_RootLine]]:
    found: dict[NormalizedName, list[_RootLine]] = {}
    for one in lines:
        if markers.holds(one.requirement, ""):
            found.setdefault(one.requirement.name, []).append(one)
    return found


def _roots_of(line: ParsedRequirement, request: AssessmentRequest) -> tuple[Requirement, ...]:
    own = root_requirements_of([line], request.limits)
    return (*own.requirements, *own.included)


def _required(
    name: NormalizedName, roots: Sequence[_RootLine], locked: Sequence[_RootLine], unclear: Collection[str]
) -> RequiredPackage:
    """Return a package by its lines. What a lock fixes satisfies the others; what is only in a list goes after them."""
    lines = [one.line for one in roots]
    direct = [one.line for one in roots if one.is_direct]
    deciding = [one.line for one in locked] or (lines if direct else [])
    stated = {(line.pinned, line.specifier) for line in deciding}
    if name in unclear or len(stated) != 1:
        return RequiredPackage(name, lines)
    pinned, specifier = stated.pop()
    if not pinned:
        return RequiredPackage(name, lines, specifier=specifier)
    pin = _version(pinned)
    is_direct = {line.pinned for line in direct} == {pinned}
    return RequiredPackage(name, lines, pin, specifier if pin is not None else None, is_direct=is_direct)


def _version(text: str) -> Version | None:
    try:
        return Version(text)
    except InvalidVersion:
        return None
