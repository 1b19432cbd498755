"""One target of an assessment as a report reads it."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from projects.domain.assessment.package_result import PackageResult
from projects.domain.assessment.record import AssessmentRecord
from projects.domain.assessment.target_result import TargetResult
from projects.domain.assessment.upgrade_plan import UpgradePlan
from projects.domain.assessment.verdicts import Verdict
from projects.domain.rewriting.written_plan import WrittenPlan
from projects.presentation.sentences import describe_flags
from scanner.domain.targets.target import Target, parse_target
from scanner.domain.translation import gettext


class ReportTarget(Struct, frozen=True):
    """A target's result with its plan written into the files."""

    target: Target
    result: TargetResult
    written: WrittenPlan | None = None

    @property
    def plan(self) -> UpgradePlan:
        """Return the plan, without changes where none was made."""
        return self.result.plan or UpgradePlan()

    @property
    def needed(self) -> list[PackageResult]:
        """Return the packages that the target needs."""
        return [package for package in self.result.packages if package.is_needed]

    @property
    def pins(self) -> dict[str, str]:
        """Return the set that the report rests on: the plan's, else the versions in use."""
        return dict(self.plan.pins) or {
            package.name: package.installed_version for package in self.needed if package.installed_version
        }

    def names(self, verdict: Verdict) -> list[str]:
        """Return the names of the packages with a verdict."""
        return self.result.names(verdict)

    def yanked(self) -> list[str]:
        """Return the yanked releases in use with the next version, as "name version (next: version)"."""
        return [
            gettext("{release} (next: {version})").format(release=release, version=package.first_available.version)
            if package.first_available
            else release
            for package in self.needed
            if package.yanked and (release := f"{package.name} {package.version}")
        ]

    def flags(self) -> Iterator[tuple[str, str]]:
        """Yield each flag with the name of its package."""
        for package in self.needed:
            for flag in describe_flags(package, self.result.target):
                yield package.name, flag


def report_targets(record: AssessmentRecord) -> list[ReportTarget]:
    """Return the targets of an assessment."""
    return [ReportTarget(parse_target(one.target), one, record.written.get(one.target)) for one in record.results]
