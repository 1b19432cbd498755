"""Hostile files of every format are read in about linear time, and never with an error of the reader."""

import gc
import time

import pytest

from projects.domain.dependency_files import available_groups, read, select
from projects.domain.dependency_files.logins import hide_logins
from tests.hostile.shapes.every import SHAPES
from tests.hostile.shapes.making import Shape

pytestmark = pytest.mark.long

SMALL, TIMES = 10_000, 8
# A quadratic shape takes eight times as much as a linear one here; the rest is for a machine that does other work.
NOISE, LEAST = 4, 0.06


def cost(shape: Shape, size: int) -> float:
    """Return the processor time of one reading, without looking for cycles among what other tests left."""
    files = shape(size)
    gc.disable()
    try:
        start = time.process_time()
        parsed = read(files, list(files))
        names = available_groups(parsed)
        select(parsed, groups=names.groups, extras=names.extras)
        hide_logins(files)
        return time.process_time() - start
    finally:
        gc.enable()


@pytest.mark.parametrize("name", SHAPES)
def test_the_cost_grows_with_the_size_and_not_with_its_square(name: str) -> None:
    shape = SHAPES[name]
    small, large = cost(shape, SMALL), cost(shape, SMALL * TIMES)
    if large > small * TIMES * NOISE + LEAST:
        # The machine may have done something else.
        large = cost(shape, SMALL * TIMES)
    assert large <= small * TIMES * NOISE + LEAST, f"{small:.3f} s, {large:.3f} s"
