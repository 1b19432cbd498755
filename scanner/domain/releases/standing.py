"""A release in a few facts, as a plan shows it."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct


class ReleaseStanding(Struct, frozen=True):
    """When a release first had a file on any of the indexes, None where unknown; and the Pythons that it declares.

    `declared` is in its stored form (scanner.domain.evidence.declared), empty where it was not read.
    """

    uploaded_at: datetime | None
    declared: str = ""
