"""Walking a syntax tree, without the nodes that say nothing alone: operators, and whether a name is read or set."""

from __future__ import annotations

import ast

# Fields in which no other nodes are. `ast.walk` looks into them all, and takes twice as long.
_WITHOUT_NODES = {"ctx", "op", "ops", "id", "attr", "kind", "type_comment", "type_ignores"}
_fields: dict[type[ast.AST], tuple[str, ...]] = {ast.Constant: ()}


def children(node: ast.AST) -> list[ast.AST]:
    """Return the nodes directly below one."""
    found: list[ast.AST] = []
    _add_children(node, found)
    return found


def walk(tree: ast.AST) -> list[ast.AST]:
    """Return a node and all below it, each level after the one above it."""
    found = [tree]
    for node in found:
        _add_children(node, found)
    return found


def _add_children(node: ast.AST, found: list[ast.AST]) -> None:
    kind = type(node)
    names = _fields.get(kind)
    if names is None:
        names = _fields[kind] = tuple(name for name in kind._fields if name not in _WITHOUT_NODES)
    for name in names:
        value = getattr(node, name)
        if isinstance(value, ast.AST):
            found.append(value)
        elif type(value) is list:
            found += [one for one in value if isinstance(one, ast.AST)]
