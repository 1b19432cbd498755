"""What was read of wheels, as JSON values: the `wheels` of the machine-readable assessment (docs/schema.md)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scanner.domain.evidence.compiled_modules import CompiledReading
from scanner.domain.evidence.wheel_reading import WheelReading


def wheel_documents(readings: Mapping[str, WheelReading]) -> list[dict[str, Any]]:
    """Return the readings of wheels, by file name, in the order of the names."""
    return [_document(file, readings[file]) for file in sorted(readings)]


def _document(file: str, reading: WheelReading) -> dict[str, Any]:
    return {
        "file": file,
        "modules": list(reading.modules),
        "python_files": reading.files,
        "unread": reading.unread,
        "imports": [
            {
                "module": one.module,
                "path": one.path,
                "line": one.line,
                "guard": one.guard.value,
                "pythons": str(one.pythons),
            }
            for one in reading.imports
        ],
        "compiled": None if reading.compiled is None else _compiled(reading.compiled),
    }


def _compiled(reading: CompiledReading) -> dict[str, Any]:
    return {**reading.to_json(), "error": reading.error or None}
