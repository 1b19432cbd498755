"""Requirements, markers and sources are parsed by several threads."""

import gc
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from scanner.domain.parsing import parse_dependency_specifier, parse_marker, parse_python


def give_way(_phase: str, _info: dict[str, int]) -> None:
    time.sleep(0)


@pytest.fixture
def turns_in_the_middle() -> Iterator[None]:
    """Garbage is looked for as often as possible, and each time another thread may go on."""
    thresholds = gc.get_threshold()
    gc.callbacks.append(give_way)
    gc.set_threshold(5)
    yield
    gc.set_threshold(*thresholds)
    gc.callbacks.remove(give_way)


@pytest.mark.usefixtures("turns_in_the_middle")
def test_threads_that_parse_at_the_same_time_do_not_disturb_each_other() -> None:
    # Without a lock, CPython 3.11 fails each time here: SystemError, AST constructor recursion depth mismatch.
    source = "x = 1\n" * 50
    with ThreadPoolExecutor(4) as threads:
        trees = list(threads.map(lambda _: parse_python(source), range(100)))
        markers = list(threads.map(lambda n: parse_marker(f"python_version < '3.{n}'"), range(100)))
    assert {len(tree.body) for tree in trees} == {50}
    assert [str(one) for one in markers[10:12]] == ['python_version < "3.10"', 'python_version < "3.11"']


def test_a_requirement_keeps_its_marker() -> None:
    assert str(parse_dependency_specifier('demo>=1; os_name == "nt"').marker) == 'os_name == "nt"'
