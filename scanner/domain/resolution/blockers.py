"""Going on past packages of which nothing is usable, so that everything that stands in the way is found at once."""

from __future__ import annotations

from dataclasses import dataclass

from packaging.utils import NormalizedName

from scanner.domain.resolution.explain.derivation import Derivation, reasons_of
from scanner.domain.resolution.explain.reasons import Asked, NotOnIndex, Unavailable
from scanner.domain.resolution.graph import Reach, walk
from scanner.domain.resolution.model.outcomes import LimitReached
from scanner.domain.resolution.model.requirement import Ask
from scanner.domain.resolution.problem import Choices, Scope
from scanner.domain.resolution.pubgrub.incompatibility import Clause
from scanner.domain.resolution.pubgrub.solver import Exhausted, Solved, Unsolvable
from scanner.domain.resolution.resolve import explain
from scanner.domain.resolution.target_provider import TargetProvider

__all__ = ["Found", "best_effort", "certain_blockers", "explain_in", "search"]


@dataclass(frozen=True, slots=True)
class Found:
    """How a search with waivers ended: `scope` is the last one tried, with the waivers that were needed.

    `choices` is None when there is no solution whatever is waived; then `proof` says why, or `limit` that it is not
    known. `asked` is the scope without waivers; `waived` tells whether it has no solution of its own.
    """

    scope: Scope
    choices: Choices | None
    proof: Clause | None = None
    limit: LimitReached | None = None
    asked: Scope | None = None

    def shortfall(self) -> Derivation | None:
        """Why the question as asked has no solution; None when it has one. Solves it once more."""
        scope = self.asked
        if scope is None:
            return None
        found = scope.solver.solve()
        return explain_in(scope, found.proof) if isinstance(found, Unsolvable) and found.proof is not None else None


def explain_in(scope: Scope, proof: Clause) -> Derivation:
    """A proof in words, with the releases that the scope saw."""
    return explain(proof, scope.solver.nodes, *scope.providers)


def search(scope: Scope) -> Found:
    """Solve, and whenever the proof of failure rests on a package without usable releases, waive one and go on.

    What is certain to block (nothing else can be chosen there) is waived at once; otherwise one package at a time,
    the one nearest to the requirements first, so that nothing is waived that need not be.
    """
    asked = scope
    waived: set[NormalizedName] = set()
    phantoms: set[NormalizedName] = set()
    for provider in scope.providers:
        blocked, unknown = certain_blockers(provider)
        waived |= blocked - scope.waived
        phantoms |= unknown - scope.phantoms
    while True:
        if waived or phantoms:
            scope = scope.with_waivers(waived, phantoms)
        beyond = asked if scope is not asked else None
        found = scope.solver.solve()
        if isinstance(found, Exhausted):
            return Found(scope, None, limit=LimitReached(found.steps, found.reason), asked=beyond)
        if isinstance(found, Solved):
            return Found(scope, scope.choices(found), asked=beyond)
        proof = found.proof
        assert proof is not None  # there were no assumptions
        waived, phantoms = _next_waiver(scope, proof)
        if not waived and not phantoms:
            return Found(scope, None, proof, asked=asked)


def _next_waiver(scope: Scope, proof: Clause) -> tuple[set[NormalizedName], set[NormalizedName]]:
    """One package that the proof rests on and that could be let through, as (waived, phantoms).

    Only a package that the best versions of everything else lead to: one that stands in the way of older versions
    alone is part of a conflict, not a blocker.
    """
    unavailable: dict[NormalizedName, int] = {}
    absent: set[NormalizedName] = set()
    for reason in reasons_of(proof):
        if isinstance(reason, NotOnIndex):
            absent.add(reason.name)
        elif isinstance(reason, Unavailable):
            unavailable[reason.name] = unavailable.get(reason.name, 0) | reason.releases
        elif isinstance(reason, Asked) and not any(p.satisfied(reason.ask.name, reason.ask) for p in scope.providers):
            absent.add(reason.ask.name)
    for provider in scope.providers:
        _, reach = best_effort(provider)
        for violation in reach.violations:
            name, edge = violation.name, violation.edge
            if edge is None and name in unavailable.keys() - scope.waived:
                return {name}, set()
            if edge is not None and name in absent - scope.phantoms and not provider.satisfied(name, edge.ask):
                return set(), {name}
    # Across a bridge every target may have its own usable releases, and none of them be the same.
    for name, releases in unavailable.items() if len(scope.providers) > 1 else ():
        shelf = scope.stock.shelf(name)
        if name not in scope.waived and shelf is not None and not shelf.all & ~releases:
            return {name}, set()
    return set(), set()


def certain_blockers(provider: TargetProvider) -> tuple[set[NormalizedName], set[NormalizedName]]:
    """(packages, phantoms) that block whatever else is chosen: follows only what leaves no choice.

    A package blocks when the asks that cannot be avoided admit releases, none of them usable; it is a phantom when
    the index has nothing that one of them admits.
    """
    blocked: set[NormalizedName] = set()
    phantoms: set[NormalizedName] = set()
    masks: dict[NormalizedName, int] = {}
    extras: dict[NormalizedName, set[NormalizedName | None]] = {}
    followed: set[tuple[NormalizedName, NormalizedName | None]] = set()
    asks: list[Ask] = list(provider.asked)
    while asks:
        ask = asks.pop()
        name = ask.name
        ration = provider.ration(name)
        if ration is None:
            continue
        admitted = provider.satisfied(name, ask)
        if not admitted:
            phantoms.add(name)
            continue
        masks[name] = masks.get(name, ration.known) & admitted
        extras.setdefault(name, {None}).update(ask.extras)
        if masks[name] and not masks[name] & ration.usable:
            blocked.add(name)
        choice = masks[name] & ration.usable or masks[name]
        if choice and not choice & (choice - 1):
            for extra in extras[name]:
                needs = provider.needs(name, choice)
                if needs is not None and (name, extra) not in followed:
                    followed.add((name, extra))
                    asks += [brought for _, brought in provider.brought(needs, extra)]
    return blocked, phantoms


def best_effort(provider: TargetProvider, rounds: int = 12) -> tuple[Choices, Reach]:
    """A set that may not hold: each package at its best version for as many asks as fit together, first asks first.

    Shows what a set that contradicts itself would pull in.
    """
    choices: Choices = {}
    reach = walk(provider, choices)
    for _ in range(rounds):
        masks: Choices = {}
        for edge in reach.edges:
            name = edge.ask.name
            ration = provider.ration(name)
            known = -1 if ration is None else ration.known
            narrowed = masks.get(name, known) & provider.satisfied(name, edge.ask)
            masks[name] = narrowed or masks.get(name, 0)
        fresh = {}
        for name, mask in masks.items():
            ration = provider.ration(name)
            usable = mask if ration is None else mask & ration.usable
            choice = provider.prefer(name, usable or mask) if mask else 0
            if choice:
                fresh[name] = choice
        if fresh == choices:
            break
        choices = fresh
        reach = walk(provider, choices)
    return choices, reach
