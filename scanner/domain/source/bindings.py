"""What the imports of a module bind: its names, and the dotted names that each of them stands for."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping

_AMBIGUOUS = ""
_BINDING = {ast.Import, ast.ImportFrom, ast.Name, ast.arg, ast.ExceptHandler, ast.MatchAs}
_BINDING |= {ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef}


def read_bindings(nodes: Iterable[ast.AST]) -> Mapping[str, str]:
    """Return the names that only imports of one module bind, in any scope of a file; relative imports bind none.

    A name that is also assigned, a parameter or a definition is left out: which one a use means is not known.
    """
    found: dict[str, str] = {}

    def bind(name: str, dotted: str) -> None:
        found[name] = dotted if found.get(name, dotted) == dotted else _AMBIGUOUS

    for node in nodes:
        if type(node) not in _BINDING:
            continue
        match node:
            case ast.Import(names=names):
                for alias in names:
                    if alias.asname:
                        bind(alias.asname, alias.name)
                    else:
                        top = alias.name.partition(".")[0]
                        bind(top, top)
            case ast.ImportFrom(module=module, names=names, level=level):
                for alias in names:
                    bind(alias.asname or alias.name, _AMBIGUOUS if level else f"{module}.{alias.name}")
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                bind(name, _AMBIGUOUS)
            case ast.arg(arg=name) | ast.ExceptHandler(name=str() as name) | ast.MatchAs(name=str() as name):
                bind(name, _AMBIGUOUS)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                bind(name, _AMBIGUOUS)
            case _:
                pass
    return {name: dotted for name, dotted in found.items() if dotted}


def assigned_once(body: Iterable[ast.stmt], nodes: Iterable[ast.AST]) -> Mapping[str, ast.expr]:
    """Return the values of names that a module assigns at its top level, and nowhere else."""
    times: dict[str, int] = {}
    for node in nodes:
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            times[node.id] = times.get(node.id, 0) + 1
    return {
        statement.targets[0].id: statement.value
        for statement in body
        if isinstance(statement, ast.Assign)
        and len(statement.targets) == 1
        and isinstance(statement.targets[0], ast.Name)
        and times[statement.targets[0].id] == 1
    }
