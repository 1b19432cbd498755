"""The plan that a set makes: what changes against the versions in use, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from packaging.utils import NormalizedName
from packaging.version import Version

from scanner.domain.resolution.explain.moves import move_reason
from scanner.domain.resolution.explain.plan_reason import PlanReason, PlanReasonKind, incomplete_reason
from scanner.domain.resolution.graph import DependencyGraph
from scanner.domain.resolution.loosen import step_between
from scanner.domain.resolution.minimise import minimise
from scanner.domain.resolution.model.missing import Search
from scanner.domain.resolution.model.outcomes import Resolution
from scanner.domain.resolution.model.plans import Plan, VersionChange
from scanner.domain.resolution.problem import Choices, ResolutionProblem
from scanner.domain.resolution.results import resolution_of
from scanner.domain.resolution.upgrade import Strategy, Upgrade

__all__ = ["plan_of_set_search"]

_NEWER = PlanReason(PlanReasonKind.NEWER_VERSION)


def plan_of_set_search(upgrade: Upgrade, problem: ResolutionProblem, choices: Choices) -> Search[Plan]:
    """Minimise a set that was found, and return its plan."""
    if upgrade.strategy is Strategy.MINIMAL:
        kept = yield from problem.known(partial(_kept, upgrade, problem))
        choices = yield from minimise(problem, choices, kept)
    resolutions = yield from problem.known(
        lambda: tuple(resolution_of(provider, choices) for provider in problem.providers)
    )
    pins: dict[NormalizedName, Version] = {}
    for resolution in resolutions:
        pins.update(resolution.pins)
    graphs = yield from problem.graphs(choices)
    changes = yield from problem.known(partial(_changes, upgrade, problem, graphs, pins))
    missing = problem.missing_in(graphs)
    return Plan(
        tuple(upgrade.targets),
        not missing,
        changes,
        pins,
        tuple(name for name in pins if name not in upgrade.current),
        _dropped(upgrade, resolutions),
        missing=missing,
        reason=incomplete_reason(missing) if missing else None,
        resolutions=resolutions,
        roots=problem.roots,
    )


def _kept(upgrade: Upgrade, problem: ResolutionProblem) -> Choices:
    """Return the candidates of the versions in use that the index has."""
    kept = {}
    for name, version in upgrade.current.items():
        candidates = problem.providers[0].candidates(name)
        choice = 0 if candidates is None else candidates.package.choice(version)
        if choice:
            kept[name] = choice
    return kept


def _dropped(upgrade: Upgrade, resolutions: Sequence[Resolution]) -> tuple[NormalizedName, ...]:
    reached = {edge.requirement.name for resolution in resolutions for edge in resolution.edges}
    # The order of the versions in use follows the metadata, and each wheel of a release may list it in its own.
    return tuple(sorted(name for name in upgrade.current if name not in reached))


def _changes(
    upgrade: Upgrade,
    problem: ResolutionProblem,
    graphs: Sequence[DependencyGraph],
    pins: Mapping[NormalizedName, Version],
) -> tuple[VersionChange, ...]:
    """Return the packages that change, direct ones first, then in the order of the set."""
    changes = []
    for name, after in pins.items():
        before = upgrade.current.get(name)
        if before is not None and before != after:
            newest = upgrade.strategy is Strategy.LATEST
            reason = _NEWER if newest else move_reason(problem, graphs, name, before)
            direct = name in upgrade.roots.direct
            changes.append(VersionChange(name, before, after, direct, step_between(before, after), reason))
    return tuple(sorted(changes, key=lambda change: not change.direct))
