"""What polls saw of a package, as values. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class PackageEvent:
    """One change that a poll saw. kind: a value of WheelEventKind.

    targets: of a complete release the slugs of the catalogue's targets that it serves, of a regression those it lost.
    """

    kind: str
    version: str
    filename: str
    detail: str
    targets: tuple[str, ...]
    uploaded_at: datetime | None
    seen_at: datetime
