"""A release in a few facts, as a plan shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ReleaseStanding:
    """When a release first had a file on any of the indexes, None where unknown; and the Pythons that it declares.

    `declared` is in its stored form (scanner.domain.evidence.declared), empty where it was not read.
    """

    uploaded_at: datetime | None
    declared: str = ""
