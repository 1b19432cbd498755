"""The status that the index marks a package with, and the state of its polls, as words."""

from __future__ import annotations

from scanner.domain.translation import gettext, noop

_STATUSES = {
    "active": noop("active"),
    "archived": noop("archived"),
    "deprecated": noop("deprecated"),
    "quarantined": noop("quarantined"),
}
_STATES = {
    "pending": noop("pending"),
    "missing": noop("missing"),
    "malformed": noop("malformed"),
    "current": noop("current"),
}


def status_word(status: str) -> str:
    """Return the word for a project status marker (PEP 792); one that no standard has yet stays as it is."""
    return gettext(_STATUSES[status]) if status in _STATUSES else status


def state_word(state: str) -> str:
    """Return the word for the state of a package, a value of PackageState."""
    return gettext(_STATES[state]) if state in _STATES else state
