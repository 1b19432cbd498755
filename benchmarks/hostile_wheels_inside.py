"""What hostile_wheels.py runs in the child."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from scanner.domain.evidence.compiled_modules import CompiledReading, read_compiled
from scanner.domain.evidence.wheel_reader import read_wheel
from scanner.domain.evidence.wheel_reading import WheelReading
from scanner.domain.files.filenames import ParsedFilename
from scanner.domain.files.zip_directory import ZipMember


def read_measured(paths: Sequence[str], packed: Mapping[ZipMember, bytes]) -> tuple[WheelReading, float, int]:
    """Return the reading with the processor time in seconds and the largest memory in MB of the child that made it."""
    begin = time.process_time()
    reading = read_wheel(paths, packed, is_whole=True)
    return reading, time.process_time() - begin, peak_memory()


def read_compiled_measured(
    filename: ParsedFilename, packed: Mapping[ZipMember, bytes]
) -> tuple[CompiledReading, float, int]:
    """Return the same of compiled modules."""
    begin = time.process_time()
    reading = read_compiled(filename, packed, left_out=0)
    return reading, time.process_time() - begin, peak_memory()


def peak_memory() -> int:
    """Return the largest memory of this process so far, in MB. `getrusage` counts that of who started it too."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found is not None
    return int(found[1]) // 1024
