"""What an assessment is asked to answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from msgspec import Struct, field
from msgspec.structs import replace
from packaging.utils import NormalizedName

from projects.domain.assessment.file_choices import FileChoices
from projects.domain.assessment.run_evidence import DemandedEvidence
from projects.domain.assessment.waivers import Waiver
from projects.domain.dependency_files.target_limits import TargetLimit
from projects.domain.dependency_files.values import ParsedRequirement, RequirementOrigin
from projects.domain.received_proof import ReceivedProof
from scanner.domain.evidence.known_breaks import NO_KNOWN_BREAKS, KnownBreaks
from scanner.domain.resolution.loosen import Step
from scanner.domain.resolution.model.policy import BuildPolicy
from scanner.domain.resolution.model.requirement import Requirement
from scanner.domain.resolution.upgrade import Strategy
from scanner.domain.targets.target import Target

# The folders in which conda-forge and Anaconda build, as `pip freeze` prints them.
_CONDA = re.compile(r"file:///.*(?:feedstock_root|/croot/|conda-bld|/ci_[^/]*/|build_artifacts|/tmp/build/)")


class SearchClock(Protocol):
    """Measures the time that one search uses itself."""

    def running(self) -> AbstractContextManager[None]:
        """Count the time of a block."""

    def expired(self) -> bool:
        """Return whether the search has used its time."""


class AssessmentRequest(Struct, frozen=True):
    """The requirements to judge, the targets to judge them on, the policy, and how plans are chosen.

    No plan changes the packages in `holds`, and `step` is how far it may move another. `bridge` asks for one set over
    all targets too. `stopwatch` makes a clock for one search, which says when the search has used its time. `files`
    are the files of releases that count, `limits` what the project and its locks say of the targets.
    `known_breaks` are releases that install and do not run. `unread` counts the requirements in the files that could
    not be read. `waivers` are what the team accepts or ignores. `caps` limit packages
    in the one set for all targets, beside what the files say. `present` is the target on which the project runs now, as
    its files say; it is none of `targets` unless it is one of the project's. `demanded` is what must be known of a
    release beyond that it installs, `proofs` are the last ones by target.
    """

    requirements: Sequence[ParsedRequirement]
    targets: Sequence[Target]
    policy: BuildPolicy
    now: datetime
    strategy: Strategy = Strategy.MINIMAL
    with_plans: bool = True
    step: Step = Step.MAJOR
    holds: frozenset[NormalizedName] = frozenset()
    bridge: bool = False
    stopwatch: Callable[[], SearchClock] | None = None
    files: FileChoices = field(default_factory=FileChoices)
    limits: Sequence[TargetLimit] = ()
    known_breaks: KnownBreaks = NO_KNOWN_BREAKS
    unread: int = 0
    waivers: tuple[Waiver, ...] = ()
    caps: tuple[Requirement, ...] = ()
    present: Target | None = None
    demanded: DemandedEvidence = DemandedEvidence.INSTALLS
    proofs: Mapping[str, ReceivedProof] = field(default_factory=dict)

    @property
    def columns(self) -> tuple[Target, ...]:
        """The targets for which offers are needed: those to judge, and the present one."""
        beside = self.present is not None and self.present not in self.targets
        return (*self.targets, self.present) if self.present is not None and beside else tuple(self.targets)

    @property
    def plan_policy(self) -> BuildPolicy:
        """Return the policy for plans, which take the hashes of files again."""
        return replace(self.resolver_policy, renews_hashes=bool(self.files.digests))

    @property
    def resolver_policy(self) -> BuildPolicy:
        """Return the policy as of `now`."""
        return replace(self.policy, now=self.now)

    @property
    def asks_for_packages(self) -> bool:
        """Whether any requirement asks for a package: constraints and overrides alone ask for nothing."""
        return any(not one.constraint and not one.override for one in self.requirements)

    @property
    def foreign(self) -> frozenset[str]:
        """Packages that come from a URL, a repository or a folder."""
        return frozenset(one.name for one in self.requirements if one.origin is not RequirementOrigin.INDEX)

    @property
    def has_conda_builds(self) -> bool:
        """Whether the files list packages that conda built: a freeze of a conda environment names their folders."""
        return any(_CONDA.match(one.url or "") for one in self.requirements if one.origin is RequirementOrigin.PATH)

    @property
    def names(self) -> frozenset[str]:
        """Packages that the requirements name and that come from the index."""
        return frozenset(one.name for one in self.requirements) - self.foreign
