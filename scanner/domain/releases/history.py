"""The events of a package, as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class PackageEvent:
    """A change that a poll found. `kind` is a value of WheelEventKind.

    `targets` are slugs of the catalogue: those that a complete release supports, or those that a regression dropped.
    """

    kind: str
    version: str
    filename: str
    detail: str
    targets: tuple[str, ...]
    uploaded_at: datetime | None
    seen_at: datetime
