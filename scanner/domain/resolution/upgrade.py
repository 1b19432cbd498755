"""The input of an upgrade plan, and the forms of its requirements that are searched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

from msgspec import Struct, field
from msgspec.structs import replace
from packaging.utils import NormalizedName
from packaging.version import Version

from scanner.domain.evidence.known_breaks import NO_KNOWN_BREAKS, KnownBreak, KnownBreaks
from scanner.domain.resolution.loosen import Step, loosen
from scanner.domain.resolution.model.cache import ResolutionCache
from scanner.domain.resolution.model.candidate_set import Lacking
from scanner.domain.resolution.model.outcomes import SearchLimits
from scanner.domain.resolution.model.policy import BuildPolicy, Order, Preference
from scanner.domain.resolution.model.requirement import Requirement
from scanner.domain.resolution.model.root_requirements import RootRequirements
from scanner.domain.resolution.problem import ResolutionProblem
from scanner.domain.targets.target import Target

__all__ = ["Strategy", "Upgrade"]


class Strategy(StrEnum):
    """MINIMAL changes as little as possible; LATEST takes the newest version of everything."""

    MINIMAL = "minimal"
    LATEST = "latest"


class Upgrade(Struct, frozen=True):
    """The input of a plan.

    `current` are the versions in use: pins, or the closure as written. Packages in `holds` never change, `step` is how
    far each other one may move. `caps` limit packages beside the requirements and are never loosened. Pre-releases of
    `open_prereleases` count. `refuted` says that the requirements as written are known to have no solution. No set has
    the releases in `lacking` of its target. The facts in `assumed_prevented` rule nothing out while a set is searched.
    """

    cache: ResolutionCache
    targets: Sequence[Target]
    roots: RootRequirements
    policy: BuildPolicy
    current: Mapping[NormalizedName, Version]
    strategy: Strategy = Strategy.MINIMAL
    step: Step = Step.MAJOR
    holds: frozenset[NormalizedName] = frozenset()
    limits: SearchLimits = field(default_factory=SearchLimits)
    refuted: bool = False
    known_breaks: KnownBreaks = NO_KNOWN_BREAKS
    open_prereleases: frozenset[NormalizedName] = frozenset()
    caps: tuple[Requirement, ...] = ()
    lacking: Mapping[Target, Lacking] = field(default_factory=dict)
    assumed_prevented: frozenset[KnownBreak] = frozenset()

    def problem(self, roots: RootRequirements) -> ResolutionProblem:
        """Return the problem of one form of the requirements, with the strategy's preference."""
        order = Order.KEEP if self.strategy is Strategy.MINIMAL else Order.LATEST
        preference = Preference(order, self.current, roots.direct)
        return ResolutionProblem(
            *(self.cache, self.targets, roots, self.policy, preference, self.limits),
            open_prereleases=self.open_prereleases,
            known_breaks=self.known_breaks,
            assumed_prevented=self.assumed_prevented,
            lacking=self.lacking,
        )

    def forms(self) -> list[RootRequirements]:
        """Return looser and looser forms: as written, without pins, without upper bounds. LATEST has the last."""
        forms = [self.roots] if self.strategy is Strategy.MINIMAL else []
        if self.strategy is Strategy.MINIMAL:
            forms.append(loosen(self.roots, self.current, step=self.step, holds=self.holds, caps=False))
        forms.append(loosen(self.roots, self.current, step=self.step, holds=self.holds))
        if self.strategy is Strategy.MINIMAL and self.holds:
            forms[0] = replace(forms[0], constraints=forms[-1].constraints)
        if self.caps:
            forms = [replace(form, constraints=(*form.constraints, *self.caps)) for form in forms]
        distinct = [form for index, form in enumerate(forms) if form not in forms[:index]]
        return [form for form in distinct if form != self.roots] or distinct if self.refuted else distinct
