"""Syntax that came with a Python, by the nodes of the tree. What leaves no trace there is not seen.

Features are named in English; who shows a name translates it.
"""

from __future__ import annotations

import ast

from scanner.domain.translation import noop

_Feature = tuple[str, tuple[int, int]]

_BY_NODE: dict[str, _Feature] = {
    "NamedExpr": (noop("an assignment expression (:=)"), (3, 8)),
    "Match": (noop("a match statement"), (3, 10)),
    "TryStar": ("except*", (3, 11)),
    "TypeAlias": (noop("a type statement"), (3, 12)),
    "TemplateStr": (noop("a template string"), (3, 14)),
}


_MAY_SHOW_ONE = {*_BY_NODE, "arguments", "Subscript", "FunctionDef", "AsyncFunctionDef", "ClassDef"}


def feature_of(node: ast.AST) -> _Feature | None:
    """Return the syntax that a node shows and the Python that it came with; None for what every Python 3.7 reads."""
    kind = type(node).__name__
    if kind not in _MAY_SHOW_ONE:
        return None
    known = _BY_NODE.get(kind)
    if known is not None:
        return known
    match node:
        case ast.arguments(posonlyargs=[_, *_]):
            return noop("positional-only parameters"), (3, 8)
        case ast.Subscript(slice=ast.Tuple(elts=items)) if any(isinstance(item, ast.Starred) for item in items):
            return noop("an unpacked index"), (3, 11)
        case ast.arguments(vararg=ast.arg(annotation=ast.Starred())):
            return noop("an unpacked annotation of *args"), (3, 11)
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            if getattr(node, "type_params", None):
                return noop("type parameters"), (3, 12)
            if not all(_is_old_decorator(one) for one in node.decorator_list):
                return noop("any expression as a decorator"), (3, 9)
        case _:
            pass
    return None


def _is_old_decorator(node: ast.expr) -> bool:
    if isinstance(node, ast.Call):
        node = node.func
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name)
