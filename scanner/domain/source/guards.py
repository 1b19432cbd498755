"""Conditions of `if` statements, read from their expressions."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from scanner.domain.source.conditions import (
    OPERATORS,
    VERSION_INFO,
    AllConditions,
    AnyCondition,
    Comparison,
    Condition,
    Constant,
    Literal,
    NotCondition,
    TypeChecking,
    UnknownCondition,
)

UNKNOWN = UnknownCondition()
# No condition that people write comes near these: they bound what evaluating one costs.
_DEEPEST = 6
_MOST_ITEMS = 50
_MOST_PARTS = 64
_ITEMS = {"major": 0, "minor": 1, "micro": 2, "releaselevel": 3, "serial": 4}
_MARKERS = {
    "sys.platform": "sys_platform",
    "os.name": "os_name",
    "sys.implementation.name": "implementation_name",
}
_MARKER_CALLS = {
    "platform.system": "platform_system",
    "platform.machine": "platform_machine",
    "platform.python_implementation": "platform_python_implementation",
}
_CONSTANTS = {"six.PY2": False, "six.PY3": True, "django.utils.six.PY2": False, "django.utils.six.PY3": True}
_TYPE_CHECKING = {"typing.TYPE_CHECKING", "typing_extensions.TYPE_CHECKING"}
_COMPARISONS: Mapping[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.In: "in",
    ast.NotIn: "not in",
    ast.Is: "is",
    ast.IsNot: "is not",
}


class GuardReader:
    """Reads the conditions of one module. `bindings` are the dotted names that its names stand for."""

    def __init__(self, bindings: Mapping[str, str]) -> None:
        self._bindings = bindings
        self._flags: dict[str, Condition] = {}
        self._parts = 0

    def dotted(self, node: ast.expr) -> str | None:
        """Return the dotted name that `a.b.c` stands for, None where `a` is not bound by an import."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name) or node.id not in self._bindings:
            return None
        return ".".join([self._bindings[node.id], *reversed(parts)])

    def add_flag(self, name: str, value: ast.expr) -> None:
        """Let a name of the module stand for the condition that it was given once."""
        condition = self.read(value)
        if condition != UNKNOWN:
            self._flags[name] = condition

    def read(self, node: ast.expr, depth: int = 0) -> Condition:
        """Return what an expression tests."""
        self._parts = self._parts + 1 if depth else 0
        if depth > _DEEPEST or self._parts > _MOST_PARTS:
            return UNKNOWN
        match node:
            case ast.Constant(value=bool() | int() as value):
                return Constant(bool(value))
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return negated(self.read(operand, depth + 1))
            case ast.BoolOp(op=kind, values=values):
                if len(values) > _MOST_ITEMS:
                    return UNKNOWN
                parts = tuple(self.read(value, depth + 1) for value in values)
                return AllConditions(parts) if isinstance(kind, ast.And) else AnyCondition(parts)
            case ast.Compare():
                return self._comparison(node)
            case ast.Call(func=ast.Attribute(value=subject, attr=method), args=[argument], keywords=[]):
                return self._method(subject, method, argument)
            case _:
                return self._name(node)

    def _name(self, node: ast.expr) -> Condition:
        if isinstance(node, ast.Name) and node.id in self._flags:
            return self._flags[node.id]
        dotted = self.dotted(node)
        if dotted in _TYPE_CHECKING or (isinstance(node, ast.Name) and node.id == "TYPE_CHECKING"):
            return TypeChecking()
        return Constant(_CONSTANTS[dotted]) if dotted in _CONSTANTS else UNKNOWN

    def _comparison(self, node: ast.Compare) -> Condition:
        if len(node.comparators) > _MOST_ITEMS:
            return UNKNOWN
        operands = [node.left, *node.comparators]
        tests: list[Condition] = []
        for left, kind, right in zip(operands, node.ops, node.comparators, strict=False):
            sign = _COMPARISONS[type(kind)]
            test = self._against(left, right, sign, is_reversed=False)
            test = test or self._against(right, left, sign, is_reversed=True)
            tests.append(test or UNKNOWN)
        return tests[0] if len(tests) == 1 else AllConditions(tuple(tests))

    def _method(self, subject: ast.expr, method: str, argument: ast.expr) -> Condition:
        return (method in OPERATORS and self._against(subject, argument, method, is_reversed=False)) or UNKNOWN

    def _against(self, subject: ast.expr, other: ast.expr, sign: str, *, is_reversed: bool) -> Comparison | None:
        value = _literal(other)
        if value is None:
            return None
        if isinstance(subject, ast.Call):
            called = None if subject.args or subject.keywords else self.dotted(subject.func)
            marker = _MARKER_CALLS.get(called or "")
            return Comparison(marker, sign, value, is_reversed=is_reversed) if marker else None
        if isinstance(subject, ast.Subscript) and self.dotted(subject.value) == f"sys.{VERSION_INFO}":
            return _part(subject.slice, sign, value, is_reversed=is_reversed)
        dotted = self.dotted(subject) or ""
        if dotted == f"sys.{VERSION_INFO}":
            return Comparison(VERSION_INFO, sign, value, is_reversed=is_reversed)
        before, _, last = dotted.rpartition(".")
        if before == f"sys.{VERSION_INFO}" and last in _ITEMS:
            return Comparison(VERSION_INFO, sign, value, _ITEMS[last], is_item=True, is_reversed=is_reversed)
        return Comparison(_MARKERS[dotted], sign, value, is_reversed=is_reversed) if dotted in _MARKERS else None


def negated(condition: Condition) -> Condition:
    """Return the opposite of a condition."""
    if isinstance(condition, UnknownCondition):
        return condition
    return condition.condition if isinstance(condition, NotCondition) else NotCondition(condition)


def is_for_types(condition: Condition) -> bool:
    """Return whether code under this condition is for type checkers only."""
    if isinstance(condition, AllConditions):
        return any(isinstance(one, TypeChecking) for one in condition.conditions)
    return isinstance(condition, TypeChecking)


def _part(index: ast.expr, sign: str, value: Literal, *, is_reversed: bool) -> Comparison | None:
    """Return the comparison of `sys.version_info[index]`."""
    if isinstance(index, ast.Slice):
        lower = 0 if index.lower is None else _literal(index.lower)
        upper = None if index.upper is None else _literal(index.upper)
        if index.step is not None or not isinstance(lower, int) or not isinstance(upper, int | None):
            return None
        return Comparison(VERSION_INFO, sign, value, lower, upper, is_reversed=is_reversed)
    place = _literal(index)
    if not isinstance(place, int):
        return None
    return Comparison(VERSION_INFO, sign, value, place, is_item=True, is_reversed=is_reversed)


def _literal(node: ast.expr, depth: int = 0) -> Literal | None:
    match node:
        case ast.Constant(value=int(number)):
            return number
        case ast.Constant(value=str(text)):
            return text
        case ast.Tuple(elts=items) | ast.List(elts=items) | ast.Set(elts=items):
            if depth > 2 or len(items) > _MOST_ITEMS:
                return None
            values = tuple(value for item in items if (value := _literal(item, depth + 1)) is not None)
            return values if len(values) == len(items) else None
        case _:
            return None
