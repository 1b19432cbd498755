"""The external causes of a proof as groups of facts: each requirement of a package, each of the project, each bar."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct, field

from scanner.domain.resolution.explain.reasons import (
    BreaksBeside,
    Constrained,
    InvalidDependency,
    PackageNotFound,
    Reason,
    Required,
    Unavailable,
)
from scanner.domain.resolution.explain.theory import Terms
from scanner.domain.resolution.model.requirement import Requirement
from scanner.domain.resolution.pubgrub.incompatibility import DerivedCause, ExternalCause, Incompatibility

__all__ = ["Fact", "FactGroup", "facts_of", "group_facts"]

PROJECT = ""
"""The dependent of the project's own requirements."""


class Fact(Struct, frozen=True):
    """An external cause of a proof: terms that cannot all hold, and the reason; None for what needs no mention."""

    terms: Terms
    reason: Reason | None


class FactGroup(Struct):
    """Facts that one line can state: of one package about another, with one extra, on one target of several.

    `dependent` is PROJECT for what the project states, `about` the package that the facts limit.
    """

    dependent: str
    about: str
    target: int | None
    facts: list[Fact] = field(default_factory=list)

    @property
    def reason(self) -> Reason | None:
        """The first reason; all are of one kind."""
        return self.facts[0].reason

    @property
    def terms(self) -> list[Terms]:
        """What the facts state."""
        return [fact.terms for fact in self.facts]

    def needs(self) -> Iterator[tuple[int, Requirement]]:
        """Yield the releases of the dependent that need a requirement, each requirement once."""
        found: dict[Requirement, int] = {}
        for fact in self.facts:
            if isinstance(fact.reason, Required):
                requirement = fact.reason.requirement
                found[requirement] = found.get(requirement, 0) | fact.reason.releases
        yield from ((releases, requirement) for requirement, releases in found.items())


def facts_of(proof: Incompatibility) -> list[Fact]:
    """Return the external causes of a proof, each once."""
    found: dict[tuple[Terms, Reason | None], Fact] = {}
    seen = {id(proof)}
    stack = [proof]
    while stack:
        incompatibility = stack.pop()
        cause = incompatibility.cause
        if isinstance(cause, DerivedCause):
            for part in (cause.second, cause.first):
                if id(part) not in seen:
                    seen.add(id(part))
                    stack.append(part)
        elif isinstance(cause, ExternalCause):
            reason: Reason | None = cause.reason  # type: ignore[assignment]  # providers give Reasons
            found.setdefault((incompatibility.terms, reason), Fact(incompatibility.terms, reason))
    return list(found.values())


def group_facts(facts: Iterable[Fact], nodes: Sequence[str]) -> list[FactGroup]:
    """Return the facts in groups, nearest to the project first; facts without a reason are a group each."""
    groups: dict[tuple[object, ...], FactGroup] = {}
    for number, fact in enumerate(facts):
        target = next((int(nodes[node].partition("@")[2]) for node, _ in fact.terms if "@" in nodes[node]), None)
        key, dependent, about = _key(fact, number)
        group = groups.setdefault((*key, target), FactGroup(dependent, about, target))
        group.facts.append(fact)
    distances = _distances(groups.values())
    far = len(distances) + 1
    return sorted(groups.values(), key=lambda group: distances.get(group.dependent or group.about, far))


def _key(fact: Fact, number: int) -> tuple[tuple[object, ...], str, str]:
    match fact.reason:
        case Required(requirement=requirement, dependent=None):
            return ("asked", requirement), PROJECT, requirement.name
        case Required(requirement=requirement, dependent=str(dependent), extra=extra):
            return ("needs", dependent, extra, requirement.name), dependent, requirement.name
        case Constrained(requirement=requirement):
            return ("limited", requirement), PROJECT, requirement.name
        case Unavailable(name=name) | PackageNotFound(name=name) | InvalidDependency(name=name):
            return (type(fact.reason), name), name, name
        case BreaksBeside(name=name, partner=partner):
            return ("breaks", name, partner), name, partner
        case _:
            return ("unmentioned", number), PROJECT, PROJECT


def _distances(groups: Iterable[FactGroup]) -> dict[str, int]:
    """Return how many requirements lead from the project to each package, at least."""
    edges: dict[str, list[str]] = {}
    for group in groups:
        if isinstance(group.reason, Required):
            edges.setdefault(group.dependent, []).append(group.about)
    distances, level = {PROJECT: 0}, [PROJECT]
    while level:
        following = []
        for name in level:
            for about in edges.get(name, ()):
                if about not in distances:
                    distances[about] = distances[name] + 1
                    following.append(about)
        level = following
    return distances
