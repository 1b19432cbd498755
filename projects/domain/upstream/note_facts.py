"""The evidence of a note as it is stored, and back. Pure.

Stored notes outlive releases of this code, so what an older one did not write has a default here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class AffectedTarget:
    """One target of a note. `in_use`: the project's version there then; `specifier`: all that limited it.

    Of a regression also: what the release offers there, whether the requirements admit it (None: unreadable), whether
    the policy accepts the build, and the file of the release before that served.
    """

    target: str
    in_use: str
    specifier: str = ""
    file: str = ""
    offered: str = ""
    admitted: bool | None = None
    builds: bool = False


@dataclass(frozen=True, slots=True)
class NoteFacts:
    """What is known of a change. `at`: when it happened on the index, None when that is not known.

    before: the last good version of a regression. instead: the version to take in place of a yanked one. reason: what
    maintainers or index say.
    """

    places: tuple[AffectedTarget, ...] = ()
    at: datetime | None = None
    before: str = ""
    instead: str = ""
    reason: str = ""

    @property
    def targets(self) -> tuple[str, ...]:
        """The slugs of the places."""
        return tuple(place.target for place in self.places)


def facts_to_json(facts: NoteFacts) -> dict[str, Any]:
    """As JSON holds them."""
    return {
        "places": [asdict(place) for place in facts.places],
        "at": facts.at.isoformat() if facts.at else None,
        "before": facts.before,
        "instead": facts.instead,
        "reason": facts.reason,
    }


def facts_from_json(stored: Mapping[str, Any]) -> NoteFacts:
    """The inverse of `stored_facts`."""
    at = stored.get("at")
    return NoteFacts(
        places=tuple(_places(stored.get("places") or ())),
        at=datetime.fromisoformat(at) if at else None,
        before=stored.get("before") or "",
        instead=stored.get("instead") or "",
        reason=stored.get("reason") or "",
    )


def _places(stored: Iterable[Mapping[str, Any]]) -> Iterable[AffectedTarget]:
    known = AffectedTarget.__slots__
    for place in stored:
        yield AffectedTarget(**{name: value for name, value in place.items() if name in known})
