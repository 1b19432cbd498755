"""What followers hear of a project's own changes: a push for the worse, and a cap that can be lifted."""

from __future__ import annotations

import pytest

from projects.domain.assessment.target_result import TargetResult
from projects.domain.assessment.upgrade_plan import UpgradePlan
from projects.domain.assessment.verdicts import ProjectVerdict, Severity, Verdict
from projects.domain.dependency_files.target_limits import LimitKind
from projects.domain.project_changes import ProjectChange, ProjectChangeKind, changes_between
from projects.domain.rewriting.limit_changes import LimitChange
from tests.cast import LINUX_313, LINUX_314, WINDOWS_313, make_package

CAP = LimitChange(LimitKind.REQUIRES_PYTHON, "pyproject.toml", 4, ">=3.9,<3.14", ">=3.9")
LOCK = LimitChange(LimitKind.LOCK_PYTHON, "uv.lock", None, "<3.14")


def result(target: str, verdict: ProjectVerdict, *limits: LimitChange, **packages: Verdict) -> TargetResult:
    rows = tuple(make_package(name, one) for name, one in packages.items())
    plan = UpgradePlan(feasible=True, limits=limits) if limits else None
    return TargetResult(target, verdict, rows, plan=plan)


NO_GO, GO, IF = ProjectVerdict.NO_GO, ProjectVerdict.GO, ProjectVerdict.CONDITIONAL


def test_a_push_that_makes_packages_worse_is_one_change_with_all_of_them() -> None:
    before = [result(LINUX_313, GO, numpy=Verdict.READY), result(WINDOWS_313, GO, numpy=Verdict.READY)]
    after = [
        result(LINUX_313, IF, numpy=Verdict.UPGRADE, lxml=Verdict.BLOCKED, good=Verdict.READY),
        result(WINDOWS_313, GO, numpy=Verdict.READY),
        result(LINUX_314, NO_GO, numpy=Verdict.BLOCKED),
    ]
    (change,) = changes_between(before, after, "c" * 40)
    assert (change.kind, change.subject, change.severity) == (ProjectChangeKind.PUSH, "c" * 40, Severity.HIGH)
    assert [(one.target, one.name, one.verdict) for one in change.worse] == [
        (LINUX_313, "numpy", Verdict.UPGRADE),
        (LINUX_313, "lxml", Verdict.BLOCKED),
    ]
    assert ProjectChange.from_json(change.kind, change.to_json()) == change
    # What the index changed is no push's doing.
    assert changes_between(before, after, None) == []


@pytest.mark.parametrize(
    ("numpy", "is_over"),
    [(Verdict.BLOCKED, False), (Verdict.UPGRADE, False), (Verdict.DEGRADED, True), (Verdict.READY, True)],
)
def test_a_push_is_over_when_nothing_is_as_bad_any_more(numpy: Verdict, is_over: bool) -> None:
    before, worse = [result(LINUX_313, GO, numpy=Verdict.READY)], [result(LINUX_313, IF, numpy=Verdict.UPGRADE)]
    (change,) = changes_between(before, worse, "c" * 40)
    assert change.is_over([result(LINUX_313, IF, numpy=numpy)]) is is_over
    assert change.is_over([result(LINUX_313, GO, other=Verdict.BLOCKED)])


def test_a_cap_can_be_lifted_when_it_alone_keeps_the_project_from_targets() -> None:
    before = [result(target, NO_GO, numpy=Verdict.BLOCKED) for target in (LINUX_314, LINUX_313)]
    after = [result(target, IF, CAP, LOCK, numpy=Verdict.READY) for target in (LINUX_314, LINUX_313)]
    (change,) = changes_between(before, after, None)
    assert (change.kind, change.limit, change.targets) == (ProjectChangeKind.CAP, CAP, (LINUX_314, LINUX_313))
    assert change.severity is Severity.LOW
    assert ProjectChange.from_json(change.kind, change.to_json()) == change
    # It was so before: there is nothing new to say.
    assert changes_between(after, after, None) == []
    assert not change.is_over(after)
    assert change.is_over(before)
    assert change.is_over([result(LINUX_314, GO, numpy=Verdict.READY)])
