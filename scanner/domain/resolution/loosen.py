"""Loosen requirements for an upgrade: pins become lower bounds, upper bounds go, as far as the step allows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import lru_cache

from msgspec.structs import replace
from packaging.specifiers import Specifier
from packaging.utils import NormalizedName
from packaging.version import InvalidVersion, Version

from scanner.domain.files.core_metadata import parse_specifier
from scanner.domain.resolution.model.requirement import Requirement, make_requirement, specifiers_of
from scanner.domain.resolution.model.root_requirements import RootRequirements

__all__ = ["Step", "loosen", "loosen_requirement", "step_between"]


class Step(StrEnum):
    """The largest part of the version in which a package moves: patch, minor or major."""

    PATCH = "patch"
    MINOR = "minor"
    MAJOR = "major"


def step_between(before: Version, after: Version) -> Step:
    """Return the size of a move in either direction. Versions of different epochs are a major step apart."""
    if (before.epoch, before.major) != (after.epoch, after.major):
        return Step.MAJOR
    return Step.MINOR if before.minor != after.minor else Step.PATCH


def _ceiling(version: Version, step: Step) -> str | None:
    """Return the clause that keeps a package within a step of `version`; None for a major step."""
    epoch = f"{version.epoch}!" if version.epoch else ""
    if step is Step.MAJOR:
        return None
    if step is Step.MINOR:
        return f"<{epoch}{version.major + 1}"
    return f"<{epoch}{version.major}.{version.minor + 1}"


# The plans of all targets loosen the same requirements.
@lru_cache(maxsize=16_384)
def loosen_requirement(
    requirement: Requirement, current: Version | None, step: Step = Step.MAJOR, *, caps: bool = True
) -> Requirement:
    """Return a looser requirement: "==x" and "===x" become ">=x".

    With `caps`, "~=x" and "==x.*" become ">=x" too, and "<" and "<=" are dropped. Lower bounds and exclusions stay.
    Steps are counted from `current`, those of an exact pin from the pinned version. Each part of a union is loosened.
    A requirement of a URL, or of something that is not a version, stays as it is.
    """
    if requirement.url is not None:
        return requirement
    specifiers = []
    for one in specifiers_of(requirement.specifier):
        looser = _looser(one, current, step, caps=caps)
        if looser is None:
            return requirement
        specifiers.append(looser)
    return make_requirement(requirement.name, *specifiers, extras=requirement.extras, marker=requirement.marker)


def _looser(specifier: str, current: Version | None, step: Step, *, caps: bool) -> str | None:
    """Return one specifier loosened; None if it names something that is not a version."""
    clauses: list[str] = []
    origin = current
    for clause in sorted(parse_specifier(specifier), key=str):
        loose = _loosened(clause, caps=caps)
        if loose is None:
            return None
        clauses += loose
        if clause.operator in {"==", "==="} and not clause.version.endswith(".*"):
            origin = Version(clause.version)
    ceiling = None if origin is None else _ceiling(origin, step)
    return ",".join([*clauses, ceiling] if ceiling is not None else clauses)


def _loosened(clause: Specifier, *, caps: bool) -> list[str] | None:
    """Return the clauses that replace one; None if it names something that is not a version."""
    operator, text = clause.operator, clause.version
    star = text.endswith(".*")
    if operator in {"==", "==="} and not star:
        try:
            return [f">={Version(text).public}"]
        except InvalidVersion:
            return None
    if caps and operator in {"<", "<="}:
        return []
    if caps and (operator == "~=" or (operator == "==" and star)):
        return [f">={text.removesuffix('.*')}"]
    return [str(clause)]


def loosen(
    roots: RootRequirements,
    current: Mapping[NormalizedName, Version],
    *,
    step: Step = Step.MAJOR,
    holds: Iterable[NormalizedName] = (),
    caps: bool = True,
) -> RootRequirements:
    """Return root requirements with every requirement and constraint loosened.

    `current` are the versions in use. Packages in `holds` stay at their current version, also if only other packages
    require them. Overrides stay as they are. A lock fixes nothing any more: what it fixed may only stay as it is.
    """
    held = frozenset(holds)
    pinned = {
        requirement.name: current[requirement.name]
        for requirement in (*roots.requirements, *roots.included, *roots.locked)
        if requirement.exact and requirement.name in current
    }

    def loosen_all(requirements: tuple[Requirement, ...]) -> tuple[Requirement, ...]:
        return tuple(
            requirement
            if requirement.name in held
            else loosen_requirement(requirement, current.get(requirement.name), step, caps=caps)
            for requirement in requirements
        )

    kept = tuple(make_requirement(name, f"=={current[name]}") for name in sorted(held) if name in current)
    return replace(
        roots,
        requirements=loosen_all(roots.requirements),
        constraints=(*loosen_all(roots.constraints), *kept),
        included=loosen_all(roots.included),
        locked=(),
        pinned=pinned,
    )
