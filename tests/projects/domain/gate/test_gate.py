"""A baseline as stored, and what a later result means for the exit status."""

import json

import pytest

from projects.domain.assessment.target_result import TargetResult
from projects.domain.assessment.verdicts import ProjectVerdict, Severity, Verdict
from projects.domain.audit.findings import AuditFinding, FindingKind, SourcePlace
from projects.domain.gate.baseline import Baseline, FindingKey, InvalidBaseline, TargetBaseline
from projects.domain.gate.comparison import (
    ExitStatus,
    FailOn,
    ProgressKind,
    TargetChange,
    compare_with_baseline,
    exit_status,
)
from tests.cast import make_package

TARGET = "cp314-win_amd64"


def result(verdict: ProjectVerdict, *blocked: str, target: str = TARGET) -> TargetResult:
    packages = [make_package(name, verdict=Verdict.BLOCKED) for name in blocked]
    return TargetResult(target, verdict, (*packages, make_package("ready")))


NO_GO = result(ProjectVerdict.NO_GO, "orjson", "numpy")
UNKNOWN = result(ProjectVerdict.UNKNOWN, "orjson", "lxml")
GO = result(ProjectVerdict.GO)
CONFLICT = result(ProjectVerdict.NO_GO)
FINDING = AuditFinding(
    FindingKind.REMOVED_MODULE, Severity.HIGH, "cgi", (SourcePlace("a.py", 3), SourcePlace("b.py", 1))
)


def change(before: TargetResult, after: TargetResult) -> TargetChange:
    return compare_with_baseline(TargetBaseline.of(before), after)


def test_a_baseline_is_read_as_it_was_written() -> None:
    baseline = Baseline().with_targets([NO_GO, CONFLICT]).with_findings([FINDING])
    assert Baseline.from_json(json.loads(json.dumps(baseline.to_json()))) == baseline


def test_the_json_of_assess_and_of_audit_are_baselines_too() -> None:
    rows = [{"name": "orjson", "verdict": "blocked"}, {"name": "aiohttp", "verdict": "upgrade"}]
    entry = {
        "target": TARGET,
        "verdict": "no-go",
        "blockers": ["aiohttp", "orjson"],
        "conflict": None,
        "packages": rows,
    }
    targets = Baseline.from_json({"schema": 1, "assessments": [entry]}).targets or {}
    assert targets[TARGET] == TargetBaseline(TARGET, ProjectVerdict.NO_GO, frozenset({"orjson"}))
    found = {"kind": "removed-module", "subject": "cgi", "places": [{"path": "a.py", "line": 3}]}
    findings = Baseline.from_json({"audit": 1, "findings": [found]}).findings
    assert findings == frozenset({FindingKey("removed-module", "cgi", "a.py")})


@pytest.mark.parametrize(
    "document",
    [
        [],
        {},
        {"baseline": 2},
        {"baseline": 1, "assessments": [{"target": TARGET}]},
        {"baseline": 1, "assessments": [{"target": TARGET, "verdict": "maybe", "blockers": [], "has_conflict": False}]},
        {"baseline": 1, "findings": "none"},
    ],
)
def test_what_is_no_baseline_is_refused(document: object) -> None:
    with pytest.raises(InvalidBaseline):
        Baseline.from_json(document)


def test_blockers_are_new_and_fallen_by_name() -> None:
    found = change(NO_GO, result(ProjectVerdict.NO_GO, "lxml", "orjson"))
    assert (found.new, found.fallen, found.became_ready) == (("lxml",), ("numpy",), False)


def test_a_target_without_blockers_became_ready() -> None:
    found = change(NO_GO, GO)
    assert (found.fallen, found.became_ready, found.is_worse) == (("numpy", "orjson"), True, False)


def test_while_the_verdict_is_unknown_nothing_has_fallen() -> None:
    found = change(NO_GO, UNKNOWN)
    assert (found.new, found.fallen, found.is_unknown) == (("lxml",), (), True)
    assert not change(UNKNOWN, UNKNOWN).is_unknown


def test_a_conflict_that_no_plan_solves_is_new_once() -> None:
    assert change(GO, CONFLICT).is_worse
    assert change(CONFLICT, CONFLICT).is_empty


@pytest.mark.parametrize(
    ("fail_on", "before", "after", "status"),
    [
        (FailOn.NO_GO, None, NO_GO, ExitStatus.FAILED),
        (FailOn.NO_GO, None, UNKNOWN, ExitStatus.UNKNOWN),
        (FailOn.NO_GO, None, GO, ExitStatus.FINE),
        (FailOn.CONDITIONAL, None, result(ProjectVerdict.CONDITIONAL), ExitStatus.FAILED),
        (FailOn.NEVER, None, UNKNOWN, ExitStatus.FINE),
        (FailOn.NEW_BLOCKERS, NO_GO, NO_GO, ExitStatus.FINE),
        (FailOn.NEW_BLOCKERS, GO, NO_GO, ExitStatus.FAILED),
        (FailOn.NEW_BLOCKERS, NO_GO, UNKNOWN, ExitStatus.FAILED),
        (FailOn.NEW_BLOCKERS, NO_GO, result(ProjectVerdict.UNKNOWN), ExitStatus.UNKNOWN),
        (FailOn.NEW_BLOCKERS, UNKNOWN, UNKNOWN, ExitStatus.FINE),
    ],
)
def test_the_exit_status_follows_what_fails(
    fail_on: FailOn, before: TargetResult | None, after: TargetResult, status: ExitStatus
) -> None:
    changes = [change(before, after)] if before is not None else []
    assert exit_status(fail_on, [after.verdict], changes) is status


@pytest.mark.parametrize(
    ("after", "progress", "status"),
    [
        (GO, ProgressKind.TARGET_READY, ExitStatus.PROGRESS),
        (GO, ProgressKind.BLOCKER_FELL, ExitStatus.PROGRESS),
        (GO, None, ExitStatus.FINE),
        (result(ProjectVerdict.NO_GO, "orjson"), ProgressKind.BLOCKER_FELL, ExitStatus.PROGRESS),
        (result(ProjectVerdict.NO_GO, "orjson"), ProgressKind.TARGET_READY, ExitStatus.FINE),
        (result(ProjectVerdict.NO_GO, "lxml"), ProgressKind.BLOCKER_FELL, ExitStatus.FAILED),
    ],
)
def test_progress_has_a_status_of_its_own_unless_something_fails(
    after: TargetResult, progress: ProgressKind | None, status: ExitStatus
) -> None:
    assert exit_status(FailOn.NEW_BLOCKERS, [after.verdict], [change(NO_GO, after)], progress) is status
