"""Store what was read of wheels."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from packaging.utils import canonicalize_name
from packaging.version import Version

from scanner.domain.evidence.compiled_modules import CompiledReading
from scanner.domain.evidence.wheel_reading import WheelReading, certain_breaks, with_requirements
from scanner.models import StoredWheelReading
from scanner.selectors.unread_wheels import UnreadWheel

__all__ = ["ReadingsToStore", "store_compiled"]

_MOST_ERROR = 300
_READ_FIELDS = (
    *("filename", "package", "version", "modules", "imports"),
    *("breaks", "files", "unread", "received", "error", "read_at"),
)


class ReadingsToStore:
    """What was read of wheels, stored together: a row by itself takes as long as twenty."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._rows: list[StoredWheelReading] = []

    def add(self, file: UnreadWheel, reading: WheelReading, received: int) -> bool:
        """Add what was read of a wheel. Return whether importing its package fails on some Python."""
        name, version = canonicalize_name(file.package), Version(file.version)
        reading = with_requirements(reading, name, file.requires_dist)
        breaks = bool(certain_breaks(reading, name, version, file.filename))
        self._add(
            file,
            modules=list(reading.modules),
            imports=[one.to_json() for one in reading.imports],
            breaks=breaks,
            files=reading.files,
            unread=reading.unread,
            received=received,
        )
        return breaks

    def add_unreadable(self, file: UnreadWheel, why: str) -> None:
        """Add a wheel that cannot be read."""
        self._add(file, error=why[:_MOST_ERROR])

    def store(self) -> None:
        """Store what was added, in place of what was stored of the wheels, but for their compiled modules."""
        rows, self._rows = self._rows, []
        StoredWheelReading.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["sha256"], update_fields=_READ_FIELDS
        )

    def _add(self, file: UnreadWheel, **values: Any) -> None:
        self._rows.append(
            StoredWheelReading(
                sha256=file.sha256,
                filename=file.filename,
                package=file.package,
                version=file.version,
                read_at=self._now,
                **values,
            )
        )


def store_compiled(file: UnreadWheel, reading: CompiledReading) -> None:
    """Store what was read of the compiled modules of a wheel."""
    StoredWheelReading.objects.filter(sha256=file.sha256).update(compiled=reading.to_json())
