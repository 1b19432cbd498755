"""Folders that a file puts on the path on which Python looks for modules, as far as its literals name them."""

from __future__ import annotations

import ast
import posixpath
from collections.abc import Iterable, Iterator, Mapping

_ADDING = {"insert", "append", "extend", "addsitedir"}
_CALLED = {"sys.path.insert", "sys.path.append", "sys.path.extend", "site.addsitedir"}
_PATH = "sys.path"
# A name stands for another one, and so on; code that is no riddle gets by with less.
_MOST_PARTS = 100
# A file adds one or two folders.
_MOST_FOLDERS = 20
_LOOKED_AT = {ast.Call, ast.Assign, ast.AugAssign, ast.NamedExpr}
_Assigned = Mapping[str, ast.expr]


def folders_put_on_path(nodes: Iterable[ast.AST], bindings: Mapping[str, str]) -> tuple[str, ...]:
    """Return the literal part of each folder: "../vendor" of `join(dirname(__file__), "..", "vendor")`.

    What comes before it is not known: the folder of the file, or one of those above. Absolute paths are left out.
    """
    assigned: dict[str, ast.expr] = {}
    added: list[ast.expr] = []
    for node in nodes:
        if type(node) not in _LOOKED_AT:
            continue
        match node:
            case ast.Call(func=ast.Attribute(attr=attribute) as function, args=[*_, last]) if attribute in _ADDING:
                if _dotted(function, bindings) in _CALLED:
                    added.append(last)
            case ast.Assign(targets=[ast.Subscript(value=ast.Attribute(attr="path") as path)], value=value):
                if _dotted(path, bindings) == _PATH:
                    added.append(value)
            case ast.AugAssign(target=ast.Attribute(attr="path") as path, value=value):
                if _dotted(path, bindings) == _PATH:
                    added.append(value)
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.NamedExpr(target=ast.Name(id=name), value=value)
            ):
                assigned[name] = value
            case _:
                pass
    folders = (_literal(one, assigned) for value in added[:_MOST_FOLDERS] for one in _each(value)[:_MOST_FOLDERS])
    return tuple(dict.fromkeys(folder for folder in folders if folder))


def _dotted(node: ast.expr, bindings: Mapping[str, str]) -> str:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    top = bindings.get(node.id, "") if isinstance(node, ast.Name) else ""
    return ".".join([top, *reversed(parts)])


def _each(value: ast.expr) -> list[ast.expr]:
    return value.elts if isinstance(value, ast.List | ast.Tuple) else [value]


def _literal(value: ast.expr, assigned: _Assigned) -> str:
    """Return the literal parts of an expression as one relative path; empty where it has none, or is absolute."""
    parts: list[str] = []
    is_after_something = False
    for part in _parts(value, assigned):
        if part is None:
            is_after_something = True
        elif part.startswith("/") and not parts and not is_after_something:
            return ""
        else:
            parts.append(part.strip("/"))
    folder = posixpath.normpath("/".join(part for part in parts if part))
    return "" if folder.strip("./") == "" else folder


def _parts(value: ast.expr, assigned: _Assigned) -> Iterator[str | None]:
    """Yield the texts of an expression in their order, and None for what the running program puts there."""
    waiting: list[ast.AST] = [value]
    seen: set[str] = set()
    for _ in range(_MOST_PARTS):
        if not waiting:
            return
        match waiting.pop():
            case ast.Constant(value=str() as text):
                yield text
            case ast.Name(id=name) if name in assigned and name not in seen:
                seen.add(name)
                waiting.append(assigned[name])
            case ast.Name() | ast.Constant():
                yield None
            case ast.Call(func=function, args=arguments):
                # Of a method, what it is called on comes first: (HERE / "vendor").as_posix()
                waiting += [*reversed(arguments), function]
            case ast.NamedExpr(value=inner) | ast.Attribute(value=inner) | ast.Subscript(value=inner):
                waiting.append(inner)
            case ast.IfExp(body=inner):
                waiting.append(inner)
            case ast.Compare():
                pass
            case node:
                waiting += reversed(list(ast.iter_child_nodes(node)))
