"""What parsing_cost.py runs in the child."""

from __future__ import annotations

import resource
import time
from collections.abc import Mapping

from msgspec import Struct

from projects.domain.dependency_files import available_groups, read, select


class Cost(Struct, frozen=True):
    """Processor time in seconds, and the largest memory of the child so far in MB."""

    seconds: float
    memory_mb: float


def measure(files: Mapping[str, bytes]) -> Cost:
    """Read, and select everything: called in the child."""
    start = time.process_time()
    parsed = read(files, list(files))
    names = available_groups(parsed)
    select(parsed, groups=names.groups, extras=names.extras)
    return Cost(time.process_time() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
