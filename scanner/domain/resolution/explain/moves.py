"""Why a package has to move, and why another cannot, in words."""

from __future__ import annotations

from collections.abc import Sequence

from packaging.utils import NormalizedName
from packaging.version import Version

from scanner.domain.resolution.graph import Reach
from scanner.domain.resolution.model.candidates import Ration
from scanner.domain.resolution.model.requirement import Ask
from scanner.domain.resolution.problem import Scope
from scanner.domain.resolution.pubgrub.incompatibility import lowest
from scanner.domain.resolution.target_provider import TargetProvider
from scanner.domain.targets.target import Target

__all__ = ["why_it_moves", "why_stuck"]


def why_it_moves(scope: Scope, reaches: Sequence[Reach], name: NormalizedName, before: Version) -> str:
    """What is wrong with the version before, given what the new set reaches.

    Of several targets the one that gives the plainest reason speaks: that the version cannot be used there, then that
    something in the set refuses it, then that it asks for something that cannot be had. A target is named where there
    are several.
    """
    there = [pair for pair in zip(scope.providers, reaches, strict=True) if name in pair[1].members]
    for provider, _ in there:
        where = f" on {provider.target.slug}" if len(scope.providers) > 1 else ""
        if why := _obstacle(provider, name, before, where):
            return why
    for provider, reach in there:
        if why := _refused(provider, reach, name, before):
            return why
    # Where a demand cannot be met at all, more is said than where the set only went another way.
    unmet = [_unmet(provider, reach, name, before) or "" for provider, reach in there]
    return max(unmet, key=len, default="") or "it moves with the others"


def _obstacle(provider: TargetProvider, name: NormalizedName, before: Version, where: str) -> str | None:
    ration = provider.ration(name)
    if ration is None:
        return None
    choice = ration.shelf.choice(before)
    if not choice & ration.known:
        return f"the index has no {name} {before}"
    if choice & ration.usable:
        return None
    return f"{name} {before} {_words(provider, ration, choice)}{where}"


def _words(provider: TargetProvider, ration: Ration, mask: int) -> str:
    """What keeps releases from being used, the most frequent obstacle of them first."""
    usable = provider.stock.usable(ration.shelf, provider.target, provider.policy.builds)
    listed = sorted(usable.obstacles, key=lambda obstacle: -(obstacle[1] & mask).bit_count())
    words = [words for words, obstacle in listed if obstacle & mask]
    return " or ".join(words) if words else "is younger than the policy allows"


def _refused(provider: TargetProvider, reach: Reach, name: NormalizedName, before: Version) -> str | None:
    ration = provider.ration(name)
    choice = 0 if ration is None else ration.shelf.choice(before)
    for edge in reach.edges:
        if edge.ask.name == name and not provider.satisfied(name, edge.ask) & choice:
            asker = "the project" if edge.by is None else f"{edge.by} {reach.members[edge.by] or ''}".strip()
            return f"{asker} needs {edge.ask}"
    return None


def _unmet(
    provider: TargetProvider,
    reach: Reach,
    name: NormalizedName,
    before: Version,
) -> str | None:
    """A demand of the version before that the new set does not meet."""
    ration = provider.ration(name)
    needs = None if ration is None else provider.needs(name, ration.shelf.choice(before))
    if needs is None:
        return None
    for extra in (None, *sorted(reach.extras.get(name, ()))):
        for _, ask in provider.brought(needs, extra):
            admitted = provider.satisfied(ask.name, ask)
            if not reach.choices.get(ask.name, 0) & admitted:
                return f"{name} {before} needs {ask}{_first_usable(provider, ask, admitted)}"
    return None


def _first_usable(provider: TargetProvider, ask: Ask, admitted: int) -> str:
    """ ", and … has no usable release before …" when that is what is wrong with an ask."""
    ration = provider.ration(ask.name)
    if ration is None or not admitted or admitted & ration.usable:
        return ""
    later = ration.usable & ration.shelf.all & ~((admitted << 1) - 1) & ~ration.shelf.prereleases
    where = provider.target.slug
    if not later:
        return f", and no release of {ask.name} from there on is usable on {where}"
    return f", and {ask.name} has no wheel for {where} before {ration.shelf.version(lowest(later))}"


def why_stuck(provider: TargetProvider, name: NormalizedName, targets: Sequence[Target]) -> str:
    """Why nothing clears a package on a target, or on all targets of a bridge."""
    ration = provider.ration(name)
    where = provider.target.slug
    if ration is None:
        return f"{name} was not polled yet"
    if not ration.shelf.versions:
        return f"the index has no package {name}"
    if not ration.usable:
        newest = 2 << (len(ration.shelf.versions) - 1)
        words = _words(provider, ration, newest & ration.known or ration.known)
        return f"no release of {name} is usable on {where}: {ration.shelf.versions[-1]} {words}"
    if len(targets) > 1:
        where = "all of " + ", ".join(target.slug for target in targets)
    return f"no release of {name} that the requirements admit is usable on {where}"
