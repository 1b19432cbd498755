"""What the wheels in use say: facts that follow from them, and the imports of one wheel."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from packaging.utils import canonicalize_name
from packaging.version import Version

from scanner.domain.evidence.compiled_modules import CompiledReading
from scanner.domain.evidence.known_breaks import KnownBreak
from scanner.domain.evidence.wheel_reading import WheelImport, WheelReading, certain_breaks
from scanner.models import StoredWheelReading


def breaks_in_wheels() -> list[KnownBreak]:
    """Return the releases with a wheel that shows that importing them fails on some Python. One query."""
    rows = StoredWheelReading.objects.filter(breaks=True).order_by("filename")
    found: dict[tuple[str, str, str], KnownBreak] = {}
    for package, version, filename, imports in rows.values_list("package", "version", "filename", "imports"):
        reading = WheelReading(imports=_imports(imports))
        for fact in certain_breaks(reading, canonicalize_name(package), Version(version), filename):
            found.setdefault((package, version, fact.symptom), fact)
    return list(found.values())


def wheel_readings(filenames: Collection[str]) -> dict[str, WheelReading]:
    """Return what was read of these wheels, by file name; those that were not or cannot be read are left out."""
    rows = StoredWheelReading.objects.filter(filename__in=set(filenames), error="")
    return {
        filename: WheelReading(
            tuple(modules),
            _imports(imports),
            files,
            unread,
            None if compiled is None else CompiledReading.from_json(compiled),
        )
        for filename, modules, imports, files, unread, compiled in rows.values_list(
            "filename", "modules", "imports", "files", "unread", "compiled"
        )
    }


def _imports(stored: Any) -> tuple[WheelImport, ...]:
    return tuple(map(WheelImport.from_json, stored))
