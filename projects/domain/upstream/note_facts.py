"""The evidence of a note, as stored with it.

Stored notes outlive versions of this code, so every field that an older version did not write has a default.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict


class AffectedTarget(Struct, frozen=True):
    """One target of a note. `in_use` is the project's version there at the time, `specifier` its requirements.

    For a regression also: `offered`, what the release offers there (an Availability); `admitted`, whether the
    requirements admit the release (None: they cannot be parsed); `builds`, whether the policy accepts building it; and
    `file`, the file of the release before that installed there.
    """

    target: str
    in_use: str
    specifier: str = ""
    file: str = ""
    offered: str = ""
    admitted: bool | None = None
    builds: bool = False


class NoteFacts(Struct, frozen=True):
    """The evidence of a note. `at` is when the change happened on the index, None if that is not known.

    before: the last good version before a regression. instead: the version to use in place of a yanked one.
    reason: the reason that the maintainers or the index give.
    """

    affected: tuple[AffectedTarget, ...] = ()
    at: datetime | None = None
    before: str = ""
    instead: str = ""
    reason: str = ""

    @property
    def targets(self) -> tuple[str, ...]:
        """Slugs of the affected targets."""
        return tuple(one.target for one in self.affected)

    def to_json(self) -> dict[str, Any]:
        """Return the form that is stored."""
        return {
            "places": [asdict(one) for one in self.affected],
            "at": self.at.isoformat() if self.at else None,
            "before": self.before,
            "instead": self.instead,
            "reason": self.reason,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> NoteFacts:
        """Read what `to_json` returned. Keys that this version does not know are ignored."""
        known = AffectedTarget.__struct_fields__
        return cls(
            affected=tuple(
                AffectedTarget(**{name: value for name, value in one.items() if name in known})
                for one in stored.get("places") or ()
            ),
            at=datetime.fromisoformat(stored["at"]) if stored.get("at") else None,
            before=stored.get("before") or "",
            instead=stored.get("instead") or "",
            reason=stored.get("reason") or "",
        )
