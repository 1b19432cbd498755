"""The packages with a requirement that mentions a pre-release, so that pre-releases count for all others too."""

from __future__ import annotations

from packaging.utils import NormalizedName

from scanner.domain.resolution.explain.facts import facts_of
from scanner.domain.resolution.explain.reasons import Required
from scanner.domain.resolution.model.requirement import Requirement
from scanner.domain.resolution.pubgrub.incompatibility import Incompatibility
from scanner.domain.resolution.target_provider import TargetProvider

__all__ = ["certain_prereleases", "has_usable_prerelease", "prereleases_in"]


def prereleases_in(proof: Incompatibility) -> set[NormalizedName]:
    """Return the packages with a requirement in a proof that mentions a pre-release."""
    reasons = (fact.reason for fact in facts_of(proof))
    return {one.requirement.name for one in reasons if isinstance(one, Required) and one.requirement.pre}


def has_usable_prerelease(provider: TargetProvider, name: NormalizedName) -> bool:
    """Return whether a pre-release of the package may be chosen, if pre-releases count."""
    candidates = provider.candidates(name)
    return candidates is not None and bool(candidates.usable & candidates.package.prereleases)


def certain_prereleases(provider: TargetProvider) -> set[NormalizedName]:
    """Return the packages with a requirement that mentions a pre-release and that no set avoids."""
    found: set[NormalizedName] = set()
    masks: dict[NormalizedName, int] = {}
    followed: set[tuple[NormalizedName, NormalizedName | None]] = set()
    requirements: list[Requirement] = list(provider.requirements)
    while requirements:
        requirement = requirements.pop()
        name = requirement.name
        candidates = provider.candidates(name)
        if requirement.pre:
            found.add(name)
        if candidates is None:
            continue
        masks[name] = masks.get(name, candidates.known) & provider.satisfied(name, requirement)
        choice = masks[name] & candidates.usable
        if not choice or choice & (choice - 1):
            continue
        for extra in (None, *requirement.extras):
            dependencies = provider.dependencies_of(name, choice)
            if dependencies is not None and (name, extra) not in followed:
                followed.add((name, extra))
                requirements += [added for _, added in provider.applicable(dependencies, extra)]
    return found
