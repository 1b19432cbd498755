"""The check boxes with which targets are chosen."""

import pytest

from projects.presentation.target_grid import chosen_targets, target_grid
from scanner.domain.targets.target import UnknownTarget
from tests.cast import LINUX_313, WINDOWS_313


def test_targets_come_from_boxes_and_runtimes() -> None:
    chosen = chosen_targets([LINUX_313], ["Windows 10 or 11 on x64"], ["cp313", "cp314"])
    assert chosen == [LINUX_313, WINDOWS_313, "cp314-win_amd64"]
    with pytest.raises(UnknownTarget):
        chosen_targets(["cp313-nowhere"], [], [])


def test_the_grid_has_a_column_for_every_platform_that_is_chosen_already() -> None:
    grid = target_grid(["cp313-manylinux_2_41_x86_64", "nonsense"])
    assert "manylinux_2_41_x86_64" in [platform.slug for platform in grid.platforms]
    checked = [cell.slug for row in grid.rows for cell in row.cells if cell.checked]
    assert checked == ["cp313-manylinux_2_41_x86_64"]
