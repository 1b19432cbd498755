"""What an assessment is asked to answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from packaging.utils import NormalizedName

from projects.domain.assessment.verdicts import Policy
from projects.domain.dependency_files.values import ParsedRequirement, RequirementOrigin
from scanner.domain.resolution.loosen import Step
from scanner.domain.resolution.model import policy as resolver
from scanner.domain.resolution.model.source import Builds
from scanner.domain.resolution.resolve import SearchLimits
from scanner.domain.resolution.upgrade import Strategy
from scanner.domain.targets.target import Target

Expired = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class AssessmentRequest:
    """The requirements to judge, the targets to judge them on, the policy, and how plans are chosen.

    No plan changes the packages in `holds`, and `step` is how far it may move another. `bridge` asks for one set over
    all targets too. `expired` makes a clock for one search, which returns True when the search has taken too long; the
    clock is called often.
    """

    requirements: Sequence[ParsedRequirement]
    targets: Sequence[Target]
    policy: Policy
    now: datetime
    strategy: Strategy = Strategy.MINIMAL
    with_plans: bool = True
    step: Step = Step.MAJOR
    holds: frozenset[NormalizedName] = frozenset()
    bridge: bool = False
    expired: Callable[[], Expired] | None = None

    @property
    def resolver_policy(self) -> resolver.Policy:
        """The policy as the resolver takes it."""
        return resolver.Policy(
            Builds(self.policy.source.value),
            self.policy.prereleases,
            self.now,
            timedelta(days=self.policy.minimum_age_days),
        )

    @property
    def foreign(self) -> frozenset[str]:
        """Packages that come from a URL, a repository or a folder."""
        return frozenset(one.name for one in self.requirements if one.origin is not RequirementOrigin.INDEX)

    @property
    def names(self) -> frozenset[str]:
        """Packages that the requirements name and that come from the index."""
        return frozenset(one.name for one in self.requirements) - self.foreign

    def limits(self) -> SearchLimits:
        """Return new limits for one search."""
        return SearchLimits(expired=self.expired() if self.expired else None)
