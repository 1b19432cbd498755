"""Lines of twenty real repositories that name a Python, as they are and as a move writes them.

Only these lines are recorded (tests/data/real_places.json, November 2026), below the keys that they stand under.
"""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from projects.domain.python_places.read import read_places
from projects.domain.python_places.whole_move import MoveSource, whole_move
from projects.presentation.audit.move_text import move_patch

CASES: list[dict[str, Any]] = json.loads((Path(__file__).parents[3] / "data" / "real_places.json").read_text())


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['repository']}/{case['path']}")
def test_the_places_are_found_and_written_right(case: dict[str, Any]) -> None:
    path, before = case["path"], case["before"]
    move = whole_move(MoveSource({path: before}, {}, read_places({path: before.encode()}), case["minor"]))
    assert [file.after for file in move.files] == ([case["after"]] if case["after"] != before else [])


def test_git_applies_the_patch_of_all_and_takes_it_back(tmp_path: Path) -> None:
    before = {f"{number}/{case['path']}": case["before"] for number, case in enumerate(CASES)}
    for path, text in before.items():
        (tmp_path / path).parent.mkdir(parents=True)
        (tmp_path / path).write_text(text)
    places = read_places({path: text.encode() for path, text in before.items()})
    move = whole_move(MoveSource(before, {}, places, 14))
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    for is_reversed in (False, True):
        patch = move_patch(move, is_reversed=is_reversed).encode()
        subprocess.run(["git", "apply"], cwd=tmp_path, input=patch, check=True, capture_output=True)
        after = {file.path: file.after for file in move.files} if not is_reversed else {}
        assert {path: (tmp_path / path).read_text() for path in before} == {**before, **after}
