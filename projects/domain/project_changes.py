"""Changes of a project itself that its followers hear of: a push that makes it worse, and a cap that can be lifted.

The comparison is between a complete assessment of the project and the complete one before it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any, Self

from msgspec import Struct
from msgspec.structs import asdict

from projects.domain.assessment.diff import PackageChange, compare, is_as_bad, made_worse
from projects.domain.assessment.target_result import TargetResult
from projects.domain.assessment.verdicts import ProjectVerdict, Severity, Verdict
from projects.domain.dependency_files.target_limits import LimitKind
from projects.domain.gate.baseline import TargetBaseline
from projects.domain.gate.comparison import compare_with_baseline
from projects.domain.rewriting.limit_changes import LimitChange

_SUBJECT_LENGTH = 120


class ProjectChangeKind(StrEnum):
    """The kind of change of a project itself."""

    PUSH = "push"
    CAP = "cap"


class WorsePackage(Struct, frozen=True):
    """A package that a push made worse on a target, or brought there although it needs work."""

    target: str
    name: str
    version: str
    verdict: Verdict


class ProjectChange(Struct, frozen=True):
    """A change of a project itself that its followers hear of.

    Of a push: its commit and the packages that it made worse. Of a cap: the targets, and the limit.
    """

    kind: ProjectChangeKind
    commit: str = ""
    worse: tuple[WorsePackage, ...] = ()
    targets: tuple[str, ...] = ()
    limit: LimitChange | None = None

    @property
    def subject(self) -> str:
        """What makes it the same change as another one of its kind."""
        if self.limit is None:
            return self.commit
        return f"{self.limit.path}: {self.limit.before} to {self.limit.after}"[:_SUBJECT_LENGTH]

    @property
    def severity(self) -> Severity:
        """High if a push brought a package without any version that installs, low for a cap that can be lifted."""
        if self.kind is ProjectChangeKind.CAP:
            return Severity.LOW
        return Severity.HIGH if any(one.verdict is Verdict.BLOCKED for one in self.worse) else Severity.MODERATE

    def is_over(self, results: Iterable[TargetResult]) -> bool:
        """Return whether it does not hold any more by a later complete assessment."""
        by_target = {result.target: result for result in results}
        if self.kind is ProjectChangeKind.CAP:
            return not any(self.limit in liftable_limits(by_target[slug]) for slug in self.targets if slug in by_target)
        verdicts = {
            (target, str(package.name)): package.verdict
            for target, result in by_target.items()
            for package in result.packages
        }
        now = ((verdicts.get((one.target, one.name)), one.verdict) for one in self.worse)
        return not any(verdict is not None and is_as_bad(verdict, then) for verdict, then in now)

    def to_json(self) -> dict[str, Any]:
        """Return the stored form."""
        return {
            "commit": self.commit,
            "worse": [asdict(one) for one in self.worse],
            "targets": list(self.targets),
            "limit": self.limit.to_json() if self.limit is not None else None,
        }

    @classmethod
    def from_json(cls, kind: ProjectChangeKind, stored: Mapping[str, Any]) -> Self:
        """Read what `to_json` returned."""
        return cls(
            kind,
            stored["commit"],
            tuple(WorsePackage(**{**one, "verdict": Verdict(one["verdict"])}) for one in stored["worse"]),
            tuple(stored["targets"]),
            LimitChange.from_json(stored["limit"]) if stored["limit"] else None,
        )


def changes_between(
    before: Sequence[TargetResult], after: Sequence[TargetResult], pushed: str | None
) -> list[ProjectChange]:
    """Return the changes of two complete assessments; `pushed` is the commit of a push between them, else None.

    Targets that only one of them has are left out.
    """
    found = list(_caps(before, after))
    if pushed is None:
        return found
    packages = [{one.target: one.packages for one in side} for side in (before, after)]
    if worse := made_worse(compare(*packages)):
        found.insert(0, ProjectChange(ProjectChangeKind.PUSH, pushed, tuple(map(_worse, worse))))
    return found


def _worse(change: PackageChange) -> WorsePackage:
    assert change.after_verdict is not None
    return WorsePackage(change.target, change.name, change.after_version or "", change.after_verdict)


def _caps(before: Sequence[TargetResult], after: Sequence[TargetResult]) -> Iterable[ProjectChange]:
    """Yield the caps that keep the project from a target to which nothing else does any more."""
    earlier = {one.target: one for one in before}
    freed: dict[LimitChange, list[str]] = {}
    for result in after:
        known = earlier.get(result.target)
        if known is not None and compare_with_baseline(TargetBaseline.of(known), result).became_ready:
            for limit in liftable_limits(result):
                freed.setdefault(limit, []).append(result.target)
    for limit, targets in freed.items():
        yield ProjectChange(ProjectChangeKind.CAP, targets=tuple(targets), limit=limit)


def liftable_limits(result: TargetResult) -> tuple[LimitChange, ...]:
    """Return the caps that a person may lift now: those that a plan which holds lifts."""
    is_ready = result.verdict in (ProjectVerdict.GO, ProjectVerdict.CONDITIONAL)
    limits = result.plan.limits if is_ready and result.plan is not None else ()
    return tuple(limit for limit in limits if limit.kind is LimitKind.REQUIRES_PYTHON)
