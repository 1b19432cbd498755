"""What single statements and calls say, by their shape."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator


def is_main(test: ast.expr) -> bool:
    """Return whether a test asks if the file is run as a program."""
    match test:
        case ast.Compare(left=ast.Name(id="__name__"), ops=[ast.Eq()], comparators=[ast.Constant(value="__main__")]):
            return True
        case ast.Compare(left=ast.Constant(value="__main__"), ops=[ast.Eq()], comparators=[ast.Name(id="__name__")]):
            return True
        case _:
            return False


def caught_by(handler: ast.ExceptHandler) -> set[str]:
    """Return the names of the errors that a handler catches."""
    return {"BaseException"} if handler.type is None else set(error_names(handler.type))


def error_names(node: ast.expr) -> Iterator[str]:
    """Yield the last names of the errors in an expression: one, or a tuple."""
    for one in node.elts if isinstance(node, ast.Tuple) else [node]:
        if isinstance(one, ast.Name):
            yield one.id
        elif isinstance(one, ast.Attribute):
            yield one.attr


def attempted(body: Iterable[ast.stmt]) -> tuple[str, ...]:
    """Return the dotted names that a `try` imports, if that is all that may fail in it."""
    found: list[str] = []
    for statement in body:
        match statement:
            case ast.Import(names=names):
                found += [alias.name for alias in names]
            case ast.ImportFrom(module=module, names=names, level=0):
                found += [f"{module}.{alias.name}" for alias in names]
            case ast.Assign(value=ast.Constant()) | ast.Pass():
                pass
            case _:
                return ()
    return tuple(found)


def is_own_package(node: ast.Call) -> bool:
    """Return whether a relative name is relative to the package of this file, as far as that is written."""
    given = [*node.args[1:2], *(keyword.value for keyword in node.keywords if keyword.arg == "package")]
    return len(given) == 1 and isinstance(given[0], ast.Name) and given[0].id in {"__name__", "__package__"}
