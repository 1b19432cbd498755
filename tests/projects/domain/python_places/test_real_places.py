"""Lines of twenty real repositories that name a Python, as they are and as a move writes them.

Only these lines are recorded (tests/data/real_places.json, November 2026), below the keys that they stand under.
"""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from projects.domain.assessment.explained_targets import explain_targets
from projects.domain.assessment.explained_wheels import WheelExplanations
from projects.domain.assessment.request import AssessmentRequest
from projects.domain.assessment.searches import TargetSearches
from projects.domain.assessment.target_result import TargetResult
from projects.domain.assessment.verdicts import ProjectVerdict
from projects.domain.dependency_files import ParsedFiles, is_dependency_file, read
from projects.domain.python_places.read import read_places
from projects.domain.python_places.whole_move import MoveSource, WholeMove, whole_move
from projects.domain.rewriting.written_plan import write_plan
from projects.presentation.audit.move_text import move_patch
from scanner.domain.resolution.model.policy import BuildPolicy
from scanner.domain.targets.target import Target, parse_target
from tests.projects.known import NOW, Releases, SmallIndex, wheels

CASES: list[dict[str, Any]] = json.loads((Path(__file__).parents[3] / "data" / "real_places.json").read_text())


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['repository']}/{case['path']}")
def test_the_places_are_found_and_written_right(case: dict[str, Any]) -> None:
    path, before = case["path"], case["before"]
    found = [f"{one.line} {one.kind.value} {one.value}" for one in read_places({path: before.encode()})]
    assert found == case["places"]
    move = whole_move(MoveSource({path: before}, {}, read_places({path: before.encode()}), case["minor"]))
    assert [file.after for file in move.files] == ([case["after"]] if case["after"] != before else [])


REPOSITORIES = sorted({case["repository"] for case in CASES})
# The requirement of each repository has no wheel for the new Python in the version in use.
PACKAGES: dict[str, Releases] = {
    "fast": {
        "1.0": (wheels("fast", "1.0", "cp312-cp312-manylinux_2_17_x86_64"), []),
        "2.0": (wheels("fast", "2.0", *(f"cp{one}-cp{one}-manylinux_2_17_x86_64" for one in (312, 314, 315))), []),
    },
}


@pytest.mark.parametrize("repository", REPOSITORIES)
def test_git_applies_the_patch_and_what_it_makes_is_judged_go(repository: str, tmp_path: Path) -> None:
    cases = [case for case in CASES if case["repository"] == repository]
    before = {case["path"]: case["before"] for case in cases} | {"requirements.txt": "# kept\nfast==1.0  # compiled\n"}
    (minor,) = {case["minor"] for case in cases}
    target = parse_target(f"cp3{minor}-manylinux_2_28_x86_64")
    for path, text in before.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)

    parsed, result = judged(before, target)
    assert result.verdict is ProjectVerdict.CONDITIONAL
    move = moved(before, parsed, result, target)
    apply(move_patch(move), tmp_path)
    after = {path: (tmp_path / path).read_text() for path in before}
    assert after == {
        **{case["path"]: case["after"] for case in cases},
        "requirements.txt": "# kept\nfast==2.0  # compiled\n",
    }
    assert judged(after, target)[1].verdict is ProjectVerdict.GO
    apply(move_patch(move, is_reversed=True), tmp_path)
    assert {path: (tmp_path / path).read_text() for path in before} == before


def test_there_are_twenty_repositories() -> None:
    assert len(REPOSITORIES) == 20


def judged(files: dict[str, str], target: Target) -> tuple[ParsedFiles, TargetResult]:
    parsed = read({path: text.encode() for path, text in files.items()}, list(filter(is_dependency_file, files)))
    request = AssessmentRequest(parsed.requirements, [target], BuildPolicy(), NOW, limits=parsed.limits)
    index = SmallIndex(PACKAGES, [target], request.foreign)
    searches = TargetSearches(request, index.snapshot)
    searches.finish()
    (result,) = explain_targets(request, searches.finished, index.snapshot, WheelExplanations(index.files_of))
    return parsed, result


def moved(files: dict[str, str], parsed: ParsedFiles, result: TargetResult, target: Target) -> WholeMove:
    contents = {path: text.encode() for path, text in files.items()}
    assert result.plan is not None
    roots = [path for path in files if is_dependency_file(path)]
    written = write_plan(result.plan, files=contents, parsed=parsed, roots=roots, targets=[target], digests={})
    return whole_move(MoveSource(files, written.files, read_places(contents), target.python.version[1]))


def apply(patch: str, root: Path) -> None:
    subprocess.run(["git", "apply"], cwd=root, input=patch.encode(), check=True, capture_output=True)
