"""Hostile compiled modules cost little time and memory, without the limits of the child that reads them."""

import time
import tracemalloc

import pytest

from scanner.domain.files.elf import InvalidElf, read_elf
from tests.hostile import modules

FILES = {
    "four billion versions": (modules.many_versions(), True),
    "lists of versions": (modules.many_version_lists(20_000), False),
    "names": (modules.many_names(25_000), False),
    "symbols": (modules.many_symbols(50_000), True),
    "long names": (modules.long_names(1), True),
    "names of sections": (modules.long_section_names(1), False),
    "four billion sections": (modules.claimed_sections(), False),
    "sections in one place": (modules.overlapping(), False),
    "a compressed section": (modules.unpacked_section(), True),
    "cut short": (modules.many_symbols(50_000)[:600_000], False),
}


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_module_is_read_or_refused_at_little_cost(name: str) -> None:
    content, is_read = FILES[name]
    begin = time.process_time()
    tracemalloc.start()
    try:
        needs = read_elf(content, ("Py", "_Py"))
    except InvalidElf:
        needs = None
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert (needs is not None) is is_read
    assert peak < 10 * modules.MB
    assert time.process_time() - begin < 2
