"""Fields of the JSON that hosts answer, read with their types."""

from __future__ import annotations

from collections.abc import Iterator


def record(value: object) -> dict[str, object]:
    """Return an object of JSON, an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def records(value: object) -> Iterator[dict[str, object]]:
    """Yield the objects of a list of JSON."""
    for one in value if isinstance(value, list) else ():
        if isinstance(one, dict):
            yield one


def text(value: dict[str, object], name: str) -> str:
    """Return a text of an object, an empty one if it has none of that name."""
    found = value.get(name)
    return found if isinstance(found, str) else ""


def number(value: dict[str, object], name: str) -> int:
    """Return a whole number of an object, 0 if it has none of that name."""
    found = value.get(name)
    return found if isinstance(found, int) and not isinstance(found, bool) else 0
