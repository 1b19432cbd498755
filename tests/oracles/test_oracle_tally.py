"""What the oracle counts where uv gives no answer."""

from pathlib import Path

import pytest

from benchmarks.oracle_tally import Tally
from benchmarks.uv_side import Uv, uv_target
from scanner.domain.targets.target import parse_target
from tests.replay import ReplayIndex
from tests.scanner.domain.resolution.stub_wheels import find_uv


def test_a_release_whose_metadata_uv_cannot_read_is_a_difference_and_does_not_end_the_run(
    replay: ReplayIndex, tmp_path: Path
) -> None:
    program = find_uv()
    if program is None:
        pytest.skip("uv: not installed")
    uv, target = Uv(program, replay.url, tmp_path / "uv"), uv_target(parse_target("cp312-manylinux_2_28_x86_64"))
    assert target is not None
    unread, tally = tmp_path / "requirements.txt", Tally()
    unread.write_text("yamllint==1.38.0\n")

    tally.compare("as written", "a case", True, lambda: uv.compile(unread, target) is not None)
    tally.compare("loosened", "a case", True, lambda: True)

    assert tally.counts == {"as written": 1, "as written: differ": 1, "loosened": 1}
    assert "as written: a case: ours True, uv gave no answer" in tally.differences[0]
