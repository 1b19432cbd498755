"""The forms in which one bound of a requirement gives way: to a higher version, to a lower one, or altogether."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from packaging.specifiers import InvalidSpecifier, Specifier
from packaging.version import InvalidVersion, Version

from scanner.domain.files.core_metadata import parse_specifier
from scanner.domain.resolution.model.requirement import Requirement, make_requirement, specifiers_of

__all__ = ["RelaxedRequirement", "relaxed_forms"]


class RelaxedRequirement(Struct, frozen=True):
    """A requirement with one clause opened in one direction.

    `searched` admits only versions on the other side of the bound. `bound` is the version in the clause, `upwards`
    the direction; None where the clause is an exclusion that is left out.
    """

    original: Requirement
    searched: Requirement
    clause: Specifier
    bound: Version
    upwards: bool | None

    def settled_at(self, version: Version) -> Requirement:
        """Return the requirement with its clause moved just so far that it admits a version."""
        if self.upwards is None:
            return self.searched
        moved = _moved(self.clause, self.bound, version, upwards=self.upwards)
        kept = [str(one) for one in parse_specifier(self.original.specifier) if one != self.clause]
        return _with_clauses(self.original, [*kept, moved])


def relaxed_forms(requirement: Requirement) -> Iterator[RelaxedRequirement]:
    """Yield the forms of a requirement with one clause opened; none for a URL, a union, and what is not a version."""
    if requirement.url is not None or len(specifiers_of(requirement.specifier)) > 1:
        return
    clauses = sorted(parse_specifier(requirement.specifier), key=str)
    for clause in clauses:
        try:
            bound = Version(clause.version.removesuffix(".*"))
        except InvalidVersion:
            continue
        kept = [str(other) for other in clauses if other != clause]
        for upwards, opened in _opened(clause, bound):
            try:
                searched = _with_clauses(requirement, [*kept, *opened])
            except InvalidSpecifier:
                continue
            yield RelaxedRequirement(requirement, searched, clause, bound, upwards)


def _with_clauses(requirement: Requirement, clauses: list[str]) -> Requirement:
    return make_requirement(requirement.name, ",".join(clauses), extras=requirement.extras, marker=requirement.marker)


def _opened(clause: Specifier, bound: Version) -> Iterator[tuple[bool | None, list[str]]]:
    """Yield the direction and the clauses in place of one, for each direction in which it can give way."""
    star = clause.version.endswith(".*")
    match clause.operator:
        case "<":
            yield True, [f">={bound}"]
        case "<=":
            yield True, [f">{bound}"]
        case ">=" | ">":
            yield False, [f"<{bound}"]
        case "==" | "===" if not star:
            yield True, [f">{bound.public}"]
            yield False, [f"<{bound.public}"]
        case "==":
            yield True, [f">={bump(bound, len(bound.release))}"]
            yield False, [f"<{bound}"]
        case "~=":
            yield True, [f">={bump(bound, len(bound.release) - 1)}"]
            yield False, [f"<{bound}"]
        case "!=":
            yield None, []


def _moved(clause: Specifier, bound: Version, version: Version, *, upwards: bool) -> str:
    """Return a clause that admits a version, in the form and the precision of the one that did not."""
    parts = len(bound.release)
    match clause.operator:
        case "<":
            return f"<{bump(version, min(parts, 2))}"
        case "<=" | "==" | "===" if not clause.version.endswith(".*"):
            return f"{clause.operator}{version}"
        case "==":
            return f"=={_shortened(version, parts)}.*"
        case "~=" if upwards or parts < len(version.release):
            return f"~={_shortened(version, parts)}"
        case "~=":
            return f">={version}"
        case _:
            return f">={version if version.is_prerelease else _shortened(version, parts)}"


def bump(version: Version, parts: int) -> Version:
    """Return the first version after all that begin with these parts of a version."""
    *first, last = (*version.release, 0, 0)[: max(parts, 1)]
    epoch = f"{version.epoch}!" if version.epoch else ""
    return Version(epoch + ".".join(map(str, (*first, last + 1))))


def _shortened(version: Version, parts: int) -> str:
    release = (*version.release, *[0] * parts)[:parts]
    return f"{version.epoch}!" * bool(version.epoch) + ".".join(map(str, release))
