"""Each verdict that is unknown has its reason in the machine-readable document."""

import random
from collections.abc import Iterable
from typing import Any

import pytest
from packaging.specifiers import SpecifierSet
from packaging.utils import NormalizedName

from projects.domain.assessment import searches
from projects.domain.assessment.explained_targets import explain_targets
from projects.domain.assessment.explained_wheels import WheelExplanations
from projects.domain.assessment.request import AssessmentRequest
from projects.domain.assessment.target_result import TargetResult
from projects.domain.assessment.unfinished import explain_unfinished, judge_unfinished
from projects.models import TargetAssessment
from projects.presentation.formats.schema import target_document
from scanner.domain.evidence.known_breaks import KnownBreak, KnownBreaks
from scanner.domain.resolution.model.outcomes import SearchLimits
from scanner.domain.resolution.model.policy import BuildPolicy
from tests.projects.known import NOW, Releases, SmallIndex, pure, requirements, resolve_targets, targets
from tests.projects.random_project import random_project

WINDOWS = "cp313-win_amd64"


def results(request: AssessmentRequest, index: SmallIndex) -> list[TargetResult]:
    resolved = resolve_targets(request, index.snapshot)
    return explain_targets(request, resolved, index.snapshot, WheelExplanations(index.files_of))


def document(text: str, packages: dict[str, Releases], **more: Any) -> dict[str, Any]:
    """Return what is said of one target, as it is stored."""
    on = targets(WINDOWS)
    request = AssessmentRequest(requirements(text), on, BuildPolicy(), NOW, **more)
    (result,) = results(request, SmallIndex(packages, on, request.foreign))
    return target_document(TargetAssessment.from_result(result, 0).to_result())


def without_reason(result: TargetResult) -> Iterable[str]:
    said = target_document(result)
    if (said["verdict"] == "unknown") != bool(said["reason"]):
        yield said["target"]
    for package in said["packages"]:
        if package["verdict"] == "unknown" and not package["reason"]:
            yield package["name"]


def test_each_unknown_verdict_has_its_reason_however_little_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """Random projects over random indexes, of which some is known; also while they are searched, and in few steps."""
    unknown = 0
    for seed in range(150):
        rng = random.Random(seed)
        project = random_project(rng)
        request, index = project.request, project.known_so_far(rng)
        limits = SearchLimits(steps=rng.choice([0, 1, 2, 5, 200_000, 200_000]))
        monkeypatch.setattr(searches, "_limits", lambda watch, limits=limits: limits)
        waiting = judge_unfinished(request, index.snapshot, request.targets)
        found = [
            *results(request, index),
            *explain_unfinished(request, waiting, index.snapshot, WheelExplanations(index.files_of)),
        ]
        assert [name for one in found for name in without_reason(one)] == [], seed
        unknown += sum(target_document(one)["verdict"] == "unknown" for one in found)
    assert unknown > 300


def test_what_a_search_lacks_is_said_where_each_package_has_a_verdict() -> None:
    """A release that breaks must move, whatever it requires; what that is was not read."""
    fact = KnownBreak(NormalizedName("fast"), SpecifierSet("==1.0"), SpecifierSet(), "import fast", "it fails", "tests")
    breaks = KnownBreaks((fact,))
    said = document("fast==1.0\n", {"fast": {"1.0": (pure("fast", "1.0"), None)}}, known_breaks=breaks)
    assert [one["verdict"] for one in said["packages"]] == ["blocked"]
    lacks = "The search for a set that fits is not complete: what fast 1.0 requires was not read yet"
    assert (said["verdict"], said["reason"]) == ("unknown", lacks)


def test_a_search_that_is_cut_short_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searches, "_limits", lambda watch: SearchLimits(steps=0))
    said = document("fast\n", {"fast": {"1.0": (pure("fast", "1.0"), [])}})
    assert said["verdict"] == "unknown"
    assert "was cut short" in said["reason"]


def test_a_verdict_that_is_known_has_no_reason_of_its_own() -> None:
    said = document("fast\n", {"fast": {"1.0": (pure("fast", "1.0"), [])}})
    assert (said["verdict"], said["reason"]) == ("go", None)
