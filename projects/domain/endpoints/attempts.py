"""The attempts to deliver a message, when the next one is due, and when an endpoint is given up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Self

from msgspec import Struct

# After each failed attempt the wait until the next one; after the last the message has failed.
WAITS = (
    timedelta(seconds=30),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(hours=12),
    timedelta(hours=24),
)
# An endpoint that took nothing for so long, and refuses a message still, is disabled.
DISABLED_AFTER = timedelta(days=3)
_GONE = 410
_OK = range(200, 300)


class DeliveryAttempt(Struct, frozen=True):
    """One attempt. `status` is that of the answer, 0 without one; `error` then says why, as a clause."""

    at: datetime
    status: int
    error: str = ""

    @property
    def is_delivered(self) -> bool:
        """Whether the receiver took the message. A redirect is not followed."""
        return self.status in _OK

    @property
    def is_final(self) -> bool:
        """Whether the receiver says that it wants no message any more."""
        return self.status == _GONE

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON values."""
        return {"at": self.at.isoformat(), "status": self.status, "error": self.error}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote."""
        return cls(datetime.fromisoformat(data["at"]), data["status"], data["error"])


def next_attempt(attempts: int, now: datetime) -> datetime | None:
    """Return when the attempt after so many is due; None if there is none."""
    return now + WAITS[attempts - 1] if attempts <= len(WAITS) else None


def is_given_up(attempt: DeliveryAttempt, failing_since: datetime | None) -> bool:
    """Return whether an endpoint is disabled after a failed attempt."""
    return attempt.is_final or (failing_since is not None and attempt.at - failing_since >= DISABLED_AFTER)
