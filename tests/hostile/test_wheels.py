"""Hostile wheels cost the process that reads them little, and their child no more than its limits."""

import time
import tracemalloc
from collections.abc import Iterator
from functools import partial

import pytest

from projects.sandbox import CallLimits, Sandbox
from scanner.domain.evidence.wheel_reader import read_wheel
from scanner.domain.evidence.wheel_reading import WheelReading
from scanner.index.client import IndexClient
from scanner.index.errors import InvalidArchive
from tests.hostile.wheels import WHEELS
from tests.patience import PATIENCE
from tests.replay import ReplayIndex, a_file

pytestmark = pytest.mark.long

FILE = "demo-1.0-py3-none-any.whl"
# Of processor time of this process, which serves the file too, and of memory: 12 MB are fetched at most.
SECONDS, BYTES = 4.0, 80 * 1024 * 1024
# By the clock, which only ends what hangs: a busy machine takes its time.
CLOCK = 4 * PATIENCE
# The rest is read within the limits.
REFUSED = {"a directory that claims 4 GB", "a million names", "8,000 members in 250 folders"}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    made = Sandbox(CallLimits(12, 768, 1))
    yield made
    made.close()


def read(index: ReplayIndex, sandbox: Sandbox) -> WheelReading:
    sources = IndexClient(index.url).wheel_sources(f"{index.base_url}/files/demo/{FILE}")
    call = partial(read_wheel, is_whole=sources.is_whole)
    return sandbox.call(call, sources.paths, dict(sources.packed), seconds=12.0, clock=CLOCK)


@pytest.mark.parametrize("name", WHEELS)
def test_a_hostile_wheel_costs_bounded_time_and_memory(name: str, sandbox: Sandbox) -> None:
    body = WHEELS[name]()
    with ReplayIndex(recorded=False) as index:
        index.add_package("demo", [a_file(FILE)])
        index.mount_body("demo", FILE, body)
        begin = time.process_time()
        tracemalloc.start()
        try:
            found = read(index, sandbox)
        except InvalidArchive:
            found = None
        finally:
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
    assert peak < BYTES
    assert time.process_time() - begin < SECONDS
    assert (found is None) == (name in REFUSED)
