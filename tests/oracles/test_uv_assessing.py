"""Whole assessments on recorded pages held against uv: verdicts, plans that install, changes that are needed.

Two targets of the sample and one of a free-threaded build; `python -m benchmarks.oracle` does all cases on 60 targets.
"""

from pathlib import Path

import pytest
from django.utils import timezone
from packaging.version import Version

from benchmarks.oracle import moved
from benchmarks.oracle_cases import Case
from benchmarks.pin_check import faults_of
from benchmarks.uv_rules import held_to
from benchmarks.uv_side import Uv, uv_target
from projects.domain.assessment.request import AssessmentRequest
from projects.domain.assessment.target_result import TargetResult
from projects.services.projects import SAMPLE_FILE
from scanner.domain.resolution.model.policy import BuildPolicy, SourcePolicy
from scanner.domain.targets.target import parse_target
from scanner.index.client import IndexClient
from scanner.services.index_sets import one_index
from tests.oracles.assessing import assessed
from tests.projects.known import requirements, targets
from tests.replay import ReplayIndex
from tests.scanner.domain.resolution.stub_wheels import find_uv

pytestmark = [pytest.mark.long, pytest.mark.django_db(transaction=True)]

SLUGS = ("cp312-manylinux_2_28_x86_64", "cp313-manylinux_2_28_x86_64", "cp313t-manylinux_2_28_x86_64")


@pytest.fixture
def uv(replay: ReplayIndex, tmp_path: Path) -> Uv:
    program = find_uv()
    if program is None:
        pytest.skip("uv: not installed")
    return Uv(program, replay.url, tmp_path / "uv")


def found_for(case: Path, replay: ReplayIndex, *slugs: str) -> list[TargetResult]:
    request = AssessmentRequest(
        requirements(case.read_text()), targets(*slugs), BuildPolicy(SourcePolicy.NEVER), timezone.now()
    )
    return assessed(request, one_index(replay.url, IndexClient(replay.url)))


def test_the_sample_is_judged_as_uv_judges_it_and_its_plans_install(
    replay: ReplayIndex, uv: Uv, tmp_path: Path
) -> None:
    case = Case.read(SAMPLE_FILE, tmp_path)
    found = found_for(case.written, replay, *SLUGS)
    assert [one.verdict for one in found] == ["go", "conditional", "no-go"]
    for one in found[:2]:
        theirs = uv_target(parse_target(one.target))
        assert theirs is not None
        assert (uv.compile(case.written, theirs) is not None) is (one.verdict == "go")
    plan, theirs = found[1].plan, uv_target(parse_target(found[1].target))
    assert plan is not None
    assert theirs is not None
    pins = dict(plan.pins)
    assert uv.installs([f"{name}=={version}" for name, version in pins.items()], theirs) is None
    assert ("pydantic", "2.8.0") in [(change.name, str(change.after)) for change in plan.direct_changes]
    lowest = uv.compile(case.loose, theirs, resolution="lowest-direct")
    assert lowest is not None
    assert len(moved(case, pins)) <= len(moved(case, lowest))
    for change in plan.changes:
        alone = {**pins, str(change.name): str(change.before)}
        assert held_to(case, alone, "==", uv, parse_target(found[1].target), tmp_path) is None, change.name


def test_a_set_for_a_free_threaded_build_holds_file_by_file(replay: ReplayIndex, tmp_path: Path) -> None:
    written = tmp_path / "unpinned.txt"
    written.write_text("fastapi\nuvicorn\nsqlalchemy\npydantic\npasslib[argon2]\nwebsockets\nrequests\ngroq\n")
    case = Case.read(written, tmp_path)
    found = found_for(case.written, replay, "cp314t-manylinux_2_28_x86_64")[0]
    assert found.verdict == "go"
    pins: dict[str, Version] = {one.name: Version(one.version) for one in found.packages if one.version is not None}
    assert faults_of(pins, case.requirements, parse_target(found.target)) == []
    assert faults_of({**pins, "pydantic-core": Version("2.16.2")}, case.requirements, parse_target(found.target))
