"""What an assessment says about one target."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from projects.domain.assessment.counts import UNREAD
from projects.domain.assessment.package_result import PackageResult
from projects.domain.assessment.upgrade_plan import UpgradePlan
from projects.domain.assessment.verdicts import ProjectVerdict, Verdict, count_verdicts
from scanner.domain.resolution.explain.conflict import ConflictExplanation
from scanner.domain.resolution.explain.plan_reason import PlanReason


class TargetResult(Struct, frozen=True):
    """The verdict on one target, given by its slug, with all packages.

    Packages nearest to the project come first, those that the target does not need last. `blockers` are the packages
    without a version that installs. `conflict` says why requirements contradict each other and what to change;
    None when they do not. `plan` is None when nothing has to move, and when data is missing. `open_reason` says what
    the search lacks, where the verdict is unknown for that.
    """

    target: str
    verdict: ProjectVerdict
    packages: tuple[PackageResult, ...]
    blockers: tuple[str, ...] = ()
    conflict: ConflictExplanation | None = None
    plan: UpgradePlan | None = None
    unread: int = 0
    open_reason: PlanReason | None = None

    @property
    def installed_set(self) -> dict[str, str]:
        """The versions that are installed: those of a plan that is feasible, else those in use."""
        if self.plan is not None and self.plan.feasible and self.plan.pins:
            return dict(self.plan.pins)
        needed = (package for package in self.packages if package.is_needed and package.installed_version)
        return {package.name: package.installed_version or "" for package in needed}

    def names(self, verdict: Verdict) -> list[str]:
        """Return the names of the packages with a verdict."""
        return [package.name for package in self.packages if package.verdict is verdict]

    @property
    def counts(self) -> Mapping[str, int]:
        """How many packages have each verdict; those that the target does not need are left out.

        Under "unread" is the number of requirements that could not be read, where there are any.
        """
        counts = count_verdicts(package.verdict for package in self.packages)
        return {**counts, UNREAD: self.unread} if self.unread else counts
