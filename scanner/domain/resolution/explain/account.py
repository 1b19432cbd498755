"""The short account of a conflict: the fewest facts of its proof that contradict each other, merged into lines."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct
from packaging.utils import NormalizedName

from scanner.domain.resolution.explain.conflict import ConflictExplanation, ConflictLine, LineKind
from scanner.domain.resolution.explain.facts import FactGroup, facts_of, group_facts
from scanner.domain.resolution.explain.reasons import (
    BreaksBeside,
    Constrained,
    InvalidDependency,
    Obstacle,
    PackageNotFound,
    Required,
    Unavailable,
)
from scanner.domain.resolution.explain.theory import Terms, Theory
from scanner.domain.resolution.explain.weaken import weaker_specifiers
from scanner.domain.resolution.model.requirement import Requirement, make_requirement
from scanner.domain.resolution.model.versions import PackageVersions
from scanner.domain.resolution.pubgrub.incompatibility import Incompatibility

__all__ = ["ConflictAccount", "ProofContext", "account_for"]

MOST_LINES = 8
"""Lines that one account has. Of a longer chain of facts the middle is left out."""


class ConflictAccount(Struct, frozen=True):
    """The explanation of a conflict, with the project's own requirements and constraints that take part in it."""

    explanation: ConflictExplanation
    own: tuple[Requirement, ...]


class ProofContext(Struct, frozen=True):
    """What the numbers of a proof mean: its nodes, their versions, the targets, and what a requirement admits."""

    nodes: Sequence[str]
    packages: Callable[[str], PackageVersions | None]
    targets: Sequence[str]
    admitted: Callable[[Requirement], int]


def account_for(proof: Incompatibility, context: ProofContext) -> ConflictAccount:
    """Return the account of a proof."""
    groups = group_facts(facts_of(proof), context.nodes)
    theory = Theory([group.terms for group in groups])
    mentioned = [number for number, group in enumerate(groups) if group.reason is not None]
    unmentioned = [number for number, group in enumerate(groups) if group.reason is None]
    # What is far from the project is left out first, so that what is near explains the conflict where it can.
    chosen = theory.smallest(mentioned[::-1], unmentioned) if theory.is_refuted() else mentioned
    kept = [groups[number] for number in chosen if groups[number].reason is not None]
    writer = _LineWriter(context, kept, [terms for number in unmentioned for terms in groups[number].terms])
    lines = list(writer.lines())
    shown, omitted = lines, len(lines) - MOST_LINES
    if omitted > 0:
        shown = [*lines[: MOST_LINES // 2], *lines[-MOST_LINES // 2 :]]
    own = [requirement for group in kept for requirement in _own_requirements(group)]
    return ConflictAccount(
        ConflictExplanation(tuple(shown), writer.exhausted, max(0, omitted)), tuple(dict.fromkeys(own))
    )


def _own_requirements(group: FactGroup) -> Iterator[Requirement]:
    match group.reason:
        case Required(requirement=requirement, dependent=None) | Constrained(requirement=requirement):
            yield requirement
        case Required(is_override=True):
            yield from (requirement for _, requirement in group.needs())


class _LineWriter:
    """Turns groups of facts into lines, each about the versions that the lines before leave."""

    def __init__(self, context: ProofContext, groups: Sequence[FactGroup], unmentioned: Sequence[Terms]) -> None:
        self._context, self._groups = context, list(groups)
        self._unmentioned = unmentioned
        # The versions of each package that what was written so far leaves.
        self._left: dict[tuple[str, int | None], int] = {}
        self._overrides: set[Requirement] = set()
        self.exhausted = ""

    def lines(self) -> Iterator[ConflictLine]:
        """Yield the lines: what the project asks for, then what that needs, in the order in which it leads there."""
        waiting = [group for group in self._groups if not group.dependent]
        later = [group for group in self._groups if group.dependent]
        for group in waiting:
            yield from self._line(group)
        while later:
            # A package is written about when nothing that is still to be written limits it first.
            limited = {group.about for group in later if group.dependent != group.about}
            ready = [group for group in later if group.dependent not in limited] or later[:1]
            for group in ready:
                later.remove(group)
                yield from self._line(group)

    def _line(self, group: FactGroup) -> Iterator[ConflictLine]:
        reason, target = group.reason, self._target(group)
        match reason:
            case Required(requirement=requirement, dependent=None):
                yield ConflictLine(LineKind.ASKED, requirement.name, str(requirement), target=target)
                yield from self._absent(requirement)
                self._limit(group, self._context.admitted(requirement))
            case Constrained(requirement=requirement):
                yield ConflictLine(LineKind.LIMITED, requirement.name, str(requirement), target=target)
                yield from self._absent(requirement)
                self._limit(group, self._context.admitted(requirement))
            case Required():
                yield from self._needs(group)
            case Unavailable(name=name):
                yield from self._unavailable(group, name)
            case PackageNotFound(name=name):
                yield ConflictLine(LineKind.NOT_FOUND, name)
                self.exhausted = self.exhausted or name
            case InvalidDependency(name=name, text=text):
                yield ConflictLine(LineKind.UNREADABLE, name, text, target=target)
            case BreaksBeside(name=name, releases=releases, partner=partner, specifier=specifier):
                there = self._domain(name, group.target)
                versions = self._versions(name, releases & there or releases, there)
                yield ConflictLine(
                    LineKind.BREAKS, name, f"{partner}{specifier}", *versions, required=partner, target=target
                )

    def _needs(self, group: FactGroup) -> Iterator[ConflictLine]:
        there = self._domain(group.dependent, group.target)
        needs = [(releases & there, requirement) for releases, requirement in group.needs() if releases & there]
        if not needs:
            return
        reason = group.reason
        extra = reason.extra or "" if isinstance(reason, Required) else ""
        covered = 0
        for releases, _ in needs:
            covered |= releases
        merged = self._merged(group, needs, covered) if len(needs) > 1 else None
        stated = [(covered, merged)] if merged is not None else needs
        limit = 0
        is_override = isinstance(reason, Required) and reason.is_override
        for releases, requirement in stated:
            limit |= self._context.admitted(requirement)
            if is_override and requirement not in self._overrides:
                self._overrides.add(requirement)
                yield ConflictLine(LineKind.OVERRIDDEN, requirement.name, str(requirement), target=self._target(group))
            yield ConflictLine(
                LineKind.NEEDS,
                group.dependent,
                requirement.name if is_override else str(requirement),
                *self._versions(group.dependent, releases, there),
                extra=extra,
                required=requirement.name,
                target=self._target(group),
            )
            yield from self._absent(requirement)
        if covered == there:
            self._limit(group, limit)

    def _absent(self, requirement: Requirement) -> Iterator[ConflictLine]:
        """Yield a line if the index has nothing that a requirement admits."""
        if requirement.url is None and not self._context.admitted(requirement):
            self.exhausted = self.exhausted or requirement.name
            package = self._context.packages(requirement.name)
            known = package is not None and package.all
            yield ConflictLine(LineKind.NOT_FOUND, requirement.name, requirement.specifier if known else "")

    def _merged(self, group: FactGroup, needs: Sequence[tuple[int, Requirement]], covered: int) -> Requirement | None:
        """Return one requirement that all of these imply and that contradicts the rest as they do, if there is one."""
        name = needs[0][1].name
        node = self._context.nodes.index(name)
        others = [terms for other in self._groups if other is not group for terms in other.terms]
        dependents = next(fact.terms for fact in group.facts if any(number == node for number, _ in fact.terms))
        given = tuple((number, mask) for number, mask in dependents if number != node)
        for specifier in weaker_specifiers([requirement.specifier for _, requirement in needs]):
            weaker = make_requirement(name, specifier)
            admitted = self._context.admitted(weaker)
            if any(self._context.admitted(requirement) & ~admitted for _, requirement in needs):
                # It does not admit a pre-release that one of them mentions.
                continue
            outside = ~admitted
            whole = tuple(
                (number, covered if self._context.nodes[number] == group.dependent else mask) for number, mask in given
            )
            fact = (*whole, (node, outside))
            if Theory([[*others, *self._unmentioned, fact]]).is_refuted():
                return weaker
        return None

    def _unavailable(self, group: FactGroup, name: NormalizedName) -> Iterator[ConflictLine]:
        there = self._domain(name, group.target)
        obstacles: dict[tuple[str, Obstacle], int] = {}
        barred = 0
        for fact in group.facts:
            if isinstance(fact.reason, Unavailable):
                barred |= fact.reason.releases
                for obstacle, mask in fact.reason.obstacles:
                    key = (fact.reason.target, obstacle)
                    obstacles[key] = obstacles.get(key, 0) | mask & there
        newest_first = sorted((one for one in obstacles.items() if one[1]), key=lambda one: -one[1].bit_length())
        for (target, obstacle), releases in newest_first:
            versions = self._versions(name, releases, there)
            yield ConflictLine(LineKind.UNAVAILABLE, name, "", *versions, obstacle=obstacle, target=target)
        self._limit(group, ~barred)

    def _versions(self, name: str, releases: int, there: int) -> tuple[str, bool, bool]:
        package = self._context.packages(name)
        if package is None or not releases & package.all:
            return "", releases == there, False
        own = releases & package.all
        return package.describe(own, within=there), own == there & package.all, own == package.all

    def _domain(self, name: str, target: int | None) -> int:
        package = self._context.packages(name)
        whole = 0 if package is None else package.all
        return self._left.get((name, target), whole)

    def _limit(self, group: FactGroup, mask: int) -> None:
        before = self._domain(group.about, group.target)
        self._left[group.about, group.target] = before & mask
        if before and not before & mask and not self.exhausted:
            self.exhausted = group.about

    def _target(self, group: FactGroup) -> str:
        return "" if group.target is None else self._context.targets[group.target]
