"""Conditions under which code runs, as data, and what they are on a target."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from msgspec import Struct
from packaging.version import InvalidVersion, Version

Literal = int | str | tuple["Literal", ...]
VERSION_INFO = "version_info"
_RELEASE_LEVELS = {"a": "alpha", "b": "beta", "rc": "candidate"}


class Constant(Struct, frozen=True):
    """A condition of known value, such as `six.PY3`."""

    value: bool


class TypeChecking(Struct, frozen=True):
    """`TYPE_CHECKING`: false whenever code runs."""


class UnknownCondition(Struct, frozen=True):
    """A condition that no target decides, such as a setting."""


class Comparison(Struct, frozen=True):
    """What the interpreter or system is, compared with a literal.

    - subject: `VERSION_INFO`, or the name of an environment marker (PEP 508).
    - start, stop: which items of `sys.version_info` are compared; where `is_item` holds, the one at `start`.
    - operator: of Python, or the name of a method of str: `>=`, `in`, `startswith`.
    - is_reversed: the literal is on the left, as in `"win" in sys.platform`.
    """

    subject: str
    operator: str
    value: Literal
    start: int = 0
    stop: int | None = None
    is_item: bool = False
    is_reversed: bool = False


class NotCondition(Struct, frozen=True):
    """The opposite of a condition."""

    condition: Condition


class AllConditions(Struct, frozen=True):
    """Conditions that must all hold."""

    conditions: tuple[Condition, ...]


class AnyCondition(Struct, frozen=True):
    """Conditions; one is enough."""

    conditions: tuple[Condition, ...]


Condition = Constant | TypeChecking | UnknownCondition | Comparison | NotCondition | AllConditions | AnyCondition

_OPERATORS: Mapping[str, Callable[..., object]] = MappingProxyType(
    {
        "==": operator.eq,
        "!=": operator.ne,
        "<": operator.lt,
        "<=": operator.le,
        ">": operator.gt,
        ">=": operator.ge,
        "is": operator.eq,
        "is not": operator.ne,
        "in": lambda left, right: left in right,
        "not in": lambda left, right: left not in right,
        "startswith": lambda left, right: left.startswith(right),
        "endswith": lambda left, right: left.endswith(right),
    }
)
OPERATORS = frozenset(_OPERATORS)


def holds(condition: Condition, environment: Mapping[str, str]) -> bool | None:
    """Return whether a condition holds where the markers have these values; None where they do not decide it.

    The environment is that of `Target.marker_environment`.
    """
    match condition:
        case Constant(value):
            return value
        case TypeChecking():
            return False
        case NotCondition(inner):
            return _negated(holds(inner, environment))
        case AllConditions(conditions):
            return _all(holds(one, environment) for one in conditions)
        case AnyCondition(conditions):
            return _negated(_all(_negated(holds(one, environment)) for one in conditions))
        case Comparison():
            return _compare(condition, environment)
        case _:
            return None


def all_hold(conditions: Iterable[Condition], environment: Mapping[str, str]) -> bool | None:
    """Return whether all conditions hold; None where that is not decided."""
    return _all(holds(one, environment) for one in conditions)


def _negated(value: bool | None) -> bool | None:
    return None if value is None else not value


def _all(values: Iterable[bool | None]) -> bool | None:
    result: bool | None = True
    for value in values:
        if value is False:
            return False
        if value is None:
            result = None
    return result


def _compare(test: Comparison, environment: Mapping[str, str]) -> bool | None:
    subject: object
    if test.subject == VERSION_INFO:
        items = version_info(environment.get("python_full_version", ""))
        if items is None:
            return None
        if test.is_item:
            if not -len(items) <= test.start < len(items):
                return None
            subject = items[test.start]
        else:
            subject = items[test.start : test.stop]
    else:
        subject = environment.get(test.subject) or None
        if subject is None:
            return None
    pair = (test.value, subject) if test.is_reversed else (subject, test.value)
    try:
        return bool(_OPERATORS[test.operator](*pair))
    except (TypeError, AttributeError):
        # Such as a number compared with a text: the code itself would fail.
        return None


def version_info(full_version: str) -> tuple[int | str, ...] | None:
    """Return `sys.version_info` of a Python: (3, 13, 5, "final", 0) of "3.13.5"."""
    try:
        version = Version(full_version)
    except InvalidVersion:
        return None
    letter, serial = version.pre or ("", 0)
    level = _RELEASE_LEVELS.get(letter, "final")
    return (version.major, version.minor, version.micro, level, serial)
