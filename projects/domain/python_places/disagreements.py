"""Where the places of a repository contradict each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum

from msgspec import Struct

from projects.domain.python_places.pythons_named import admits, minor_of
from projects.domain.python_places.values import PlaceKind, PlaceRole, PythonPlace
from scanner.domain.targets.pythons import PYTHON_BRANCHES


class DisagreementKind(StrEnum):
    """What two places do not agree on."""

    RUNS_DIFFER = "runs-differ"
    NOT_ADMITTED = "runs-not-admitted"
    NOT_TESTED = "runs-not-tested"
    PROMISED_NOT_ADMITTED = "promised-not-admitted"
    TOOL_ABOVE_LOWEST = "tool-above-lowest"


class Disagreement(Struct, frozen=True):
    """Two places that contradict each other; of tests and ranges the first one stands for all."""

    kind: DisagreementKind
    place: PythonPlace
    other: PythonPlace


def disagreements(places: Sequence[PythonPlace]) -> list[Disagreement]:
    """Return the contradictions, each pair of values once."""
    found: dict[tuple[DisagreementKind, str, str, str], Disagreement] = {}
    for one in _all(places):
        key = (one.kind, one.place.path, one.place.value, one.other.value)
        found.setdefault(key, one)
    return list(found.values())


def _all(places: Sequence[PythonPlace]) -> Iterator[Disagreement]:
    by_role = {role: [one for one in places if one.role is role] for role in PlaceRole}
    runs = [one for one in by_role[PlaceRole.RUNS] if minor_of(one) is not None]
    ranges = by_role[PlaceRole.ADMITS]
    tests = [one for one in by_role[PlaceRole.TESTS] if minor_of(one) is not None]
    tested = {minor_of(one) for one in tests}
    for one in runs:
        minor = minor_of(one)
        assert minor is not None
        if minor != minor_of(runs[0]):
            yield Disagreement(DisagreementKind.RUNS_DIFFER, one, runs[0])
        for limit in ranges:
            if admits(limit.value, minor) is False:
                yield Disagreement(DisagreementKind.NOT_ADMITTED, one, limit)
        if tested and minor not in tested:
            yield Disagreement(DisagreementKind.NOT_TESTED, one, tests[0])
    for one in by_role[PlaceRole.PROMISES]:
        minor = minor_of(one)
        for limit in ranges:
            if minor is not None and _beside(one, limit) and admits(limit.value, minor) is False:
                yield Disagreement(DisagreementKind.PROMISED_NOT_ADMITTED, one, limit)
    for one in (place for place in places if place.kind is PlaceKind.TOOL):
        minor = minor_of(one)
        for limit in ranges:
            lowest = _lowest(limit.value)
            if minor is not None and lowest is not None and _beside(one, limit) and minor > lowest and not one.is_list:
                yield Disagreement(DisagreementKind.TOOL_ABOVE_LOWEST, one, limit)


def _beside(one: PythonPlace, other: PythonPlace) -> bool:
    """Return whether two places are of the same package of a repository."""
    return one.path.rpartition("/")[0] == other.path.rpartition("/")[0]


def _lowest(text: str) -> int | None:
    """Return the lowest known CPython that a range admits."""
    return next((minor for _, minor in sorted(PYTHON_BRANCHES) if admits(text, minor)), None)
