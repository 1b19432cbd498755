"""Read the compiled modules of wheels, on demand: fetched from the index, unpacked and read in a child process."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from functools import partial

from django.utils import timezone
from msgspec import Struct
from packaging.utils import canonicalize_name

from projects.domain.assessment.target_result import TargetResult
from projects.models import Project
from projects.sandbox import SandboxBroken, SandboxBusy
from projects.services.indexes import indexes_of
from projects.services.reading import ReadingLimitReached, run_limited
from projects.services.wheel_reading import fetch_each, read_wheels, wheels_of
from scanner.domain.evidence.compiled_modules import CompiledReading, read_compiled
from scanner.domain.files.filenames import ParsedFilename, parse_filename
from scanner.domain.phrases import count
from scanner.selectors.unread_wheels import UnreadWheel, unread_modules
from scanner.services.index_sets import IndexSet
from scanner.services.storage.wheel_readings import store_compiled
from scanner.services.wheel_sources import WheelSources, fetch_modules

logger = logging.getLogger(__name__)


class ModulesRead(Struct, frozen=True):
    """Of how many wheels the compiled modules were read, how many have a finding, and the bytes that the index sent."""

    wheels: int = 0
    found: int = 0
    received: int = 0


def read_compiled_modules(
    indexes: IndexSet, filenames: Collection[str], now: datetime, *, most: int = 500
) -> ModulesRead:
    """Read the compiled modules of those of these wheels of which they were not read before, at most so many.

    Their Python files are read too, where they were not. Nothing of them is kept or run.
    """
    compiled = [name for name in filenames if not name.endswith("-none-any.whl")]
    read_wheels(indexes, compiled, now, most=most)
    files = unread_modules(indexes.keys, compiled)[:most]
    wheels = found = received = 0
    for file, sources in fetch_each(indexes, files, fetch_modules):
        if sources is None:
            continue
        reading = _read(file, sources)
        if reading is None:
            continue
        store_compiled(file, reading)
        wheels += not reading.error
        found += bool(reading.findings)
        received += sources.received if isinstance(sources, WheelSources) else 0
    return ModulesRead(wheels, found, received)


def read_project_modules(project_id: int, filename: str, now: datetime) -> ModulesRead:
    """Read the compiled modules of one wheel that a project uses, from its indexes."""
    project = Project.objects.filter(pk=project_id, deleted_at=None).first()
    return ModulesRead() if project is None else read_compiled_modules(indexes_of(project), [filename], now)


def read_compiled_of(results: Iterable[TargetResult], indexes: IndexSet, log: Callable[[str], None]) -> None:
    """Read the compiled modules of the wheels that targets and their plans take, and say how many there were."""
    read = read_compiled_modules(indexes, wheels_of(results, indexes), timezone.now())
    wheels = count(read.wheels, "wheel")
    log(f"Read the compiled modules of {wheels}, {read.received:,} bytes; {read.found} with findings.")


def _read(file: UnreadWheel, sources: WheelSources | str) -> CompiledReading | None:
    """Return what was read, or why nothing was; None where the child was busy."""
    name = parse_filename(file.filename, canonicalize_name(file.package))
    if isinstance(sources, str):
        return CompiledReading(error=sources)
    if not isinstance(name, ParsedFilename):
        return CompiledReading(error="its name is not that of a wheel")
    try:
        return run_limited(partial(read_compiled, left_out=sources.left_out), name, dict(sources.packed))
    except ReadingLimitReached as reached:
        return CompiledReading(error=str(reached))
    except (SandboxBusy, SandboxBroken) as error:
        logger.info("compiled modules not read file=%s error=%r", file.filename, error)
        return None
