"""setup.py by its syntax tree: literal arguments of setup() are read, nothing is run.

A name counts as literal if the module assigns it exactly once, at the top, from literals, and never changes it.
"""

from __future__ import annotations

import ast
import warnings

from msgspec.structs import replace

from projects.domain.dependency_files.builder import ParsedFilesBuilder
from projects.domain.dependency_files.limits import MAX_SYNTAX_TREE_BYTES
from projects.domain.dependency_files.pep508 import (
    MalformedRequirement,
    RequirementContext,
    normalize_marker,
    parse_requirement,
)
from projects.domain.dependency_files.pyproject import IncludeFile
from projects.domain.dependency_files.setup_cfg import extra_context, read_pbr
from projects.domain.dependency_files.values import RequirementScope
from scanner.domain.parsing import parse_python

_MAX_DEPTH = 50
_MAX_STEPS = 100_000
_MUTATORS = {"append", "extend", "insert", "remove", "pop", "clear", "update", "setdefault", "add", "__setitem__"}


class _Computed(Exception):  # Not an error: the value needs the program to run.
    pass


def read_setup_py(builder: ParsedFilesBuilder, text: str, path: str, include: IncludeFile) -> None:
    """Read the arguments that are literals; any other one becomes a problem. Never raises, never runs code."""
    tree = _tree(builder, text, path)
    if tree is None:
        return
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and _called(node) == "setup"]
    if not calls:
        builder.add_problem(path, None, "", "no call of setup(): nothing to read")
        return
    names = _Names(tree)
    for call in calls:
        for keyword in call.keywords:
            _read_keyword(builder, keyword, names, path, include)


def _tree(builder: ParsedFilesBuilder, text: str, path: str) -> ast.Module | None:
    if len(text) > MAX_SYNTAX_TREE_BYTES:
        builder.add_unread(path, None, "", f"a program of more than {MAX_SYNTAX_TREE_BYTES:,} characters is not read")
        return None
    try:
        with warnings.catch_warnings():
            # Invalid escapes in the file are not reported.
            warnings.simplefilter("ignore")
            return parse_python(text)
    except SyntaxError as error:
        builder.add_unread(path, error.lineno, "", f"not readable as Python: {error.msg}")
    except (ValueError, RecursionError, MemoryError) as error:
        builder.add_unread(path, None, "", f"not readable as Python: {type(error).__name__}")
    return None


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _read_keyword(
    builder: ParsedFilesBuilder, keyword: ast.keyword, names: _Names, path: str, include: IncludeFile
) -> None:
    line = keyword.value.lineno
    if keyword.arg is None:
        builder.add_unread(path, line, "", "setup(**…): the arguments are computed by the program, which is not run")
        return
    wanted = {
        "name",
        "python_requires",
        "install_requires",
        "requires",
        "setup_requires",
        "tests_require",
        "extras_require",
    }
    if keyword.arg == "pbr" and not (isinstance(keyword.value, ast.Constant) and not keyword.value.value):
        read_pbr(builder, path, line, include)
        return
    if keyword.arg not in wanted:
        return
    try:
        value, changed = names.literal(keyword.value)
    except _Computed:
        if keyword.arg != "name":
            _report_computed(builder, keyword.arg, path, line)
        return
    if changed:
        message = "the program changes this list later, which is not followed"
        builder.add_problem(path, line, keyword.arg, message, unread=keyword.arg == "install_requires")
        return
    if names.skipped:
        _report_computed(builder, keyword.arg, path, line)
    _use(builder, keyword.arg, value, path, line)


def _report_computed(builder: ParsedFilesBuilder, argument: str, path: str, line: int) -> None:
    message = "computed by the program, which is not run: these requirements are unknown"
    builder.add_problem(path, line, argument, message, unread=argument == "install_requires")


def _use(builder: ParsedFilesBuilder, argument: str, value: object, path: str, line: int) -> None:
    match argument, value:
        case "name", str():
            builder.add_project_name(value)
        case "python_requires", str():
            builder.add_python(value, path, line)
        case "install_requires", _:
            _read_list(builder, value, RequirementContext(path), line, None)
        case "setup_requires", _:
            _read_list(
                builder, value, RequirementContext(path, RequirementScope.BUILD, ("setup_requires",)), line, None
            )
        case "tests_require", _:
            _read_list(builder, value, RequirementContext(path, RequirementScope.EXTRA, ("tests-require",)), line, None)
        case "extras_require", dict():
            for extra, content in value.items():
                if isinstance(extra, str):
                    _read_list(
                        builder, content, extra_context(path, extra), line, extra.partition(":")[2].strip() or None
                    )
        case "extras_require", _:
            builder.add_problem(path, line, argument, "must be a dictionary of lists")


def _read_list(
    builder: ParsedFilesBuilder, value: object, context: RequirementContext, line: int, marker: str | None
) -> None:
    # setuptools accepts one string with a requirement a line, too.
    items = value.splitlines() if isinstance(value, str) else value
    if not isinstance(items, (list, tuple)):
        builder.add_unread(context.source, line, "", "must be a list of requirements")
        return
    for item in items:
        text, at = item if isinstance(item, _Text) else (item, line)
        if not isinstance(text, str):
            builder.add_unread(context.source, at, "", "a requirement must be a string")
            continue
        text = text.strip()
        if not text or text.startswith("#"):
            continue
        try:
            requirement = parse_requirement(text, context, at)
            if marker is not None:
                both = marker if requirement.marker is None else f"({marker}) and ({requirement.marker})"
                requirement = replace(requirement, marker=normalize_marker(both))
        except MalformedRequirement as error:
            builder.add_unread(context.source, at, text, str(error))
        else:
            builder.add_requirement(requirement)


class _Text(tuple[str, int]):
    """A literal text with its line."""

    __slots__ = ()


class _Names:
    """The module's names that hold literals."""

    def __init__(self, tree: ast.Module) -> None:
        self._values: dict[str, ast.expr] = {}
        self._assigned: dict[str, int] = {}
        self._changed: set[str] = set()
        self._steps = 0
        self.skipped = False
        for node in ast.walk(tree):
            self._note(node)
        for statement in tree.body:
            if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
                target, value = statement.targets[0], statement.value
            elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
                target, value = statement.target, statement.value
            else:
                continue
            if isinstance(target, ast.Name):
                self._values[target.id] = value

    def _note(self, node: ast.AST) -> None:
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            self._assigned[node.id] = self._assigned.get(node.id, 0) + 1
        elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            self._changed.add(node.target.id)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _MUTATORS:
            owner: ast.expr = node.func.value
            while isinstance(owner, (ast.Subscript, ast.Attribute)):
                owner = owner.value
            if isinstance(owner, ast.Name):
                self._changed.add(owner.id)
        elif isinstance(node, ast.Subscript) and isinstance(node.ctx, (ast.Store, ast.Del)):
            root: ast.expr = node.value
            while isinstance(root, (ast.Subscript, ast.Attribute)):
                root = root.value
            if isinstance(root, ast.Name):
                self._changed.add(root.id)

    def literal(self, node: ast.expr) -> tuple[object, bool]:
        """Return the value and whether a name in it is changed elsewhere. Raises _Computed.

        Items of a list that are computed are left out, and `skipped` is set.
        """
        used: set[str] = set()
        self.skipped = False
        value = self._literal(node, used, 0)
        plain = value[0] if isinstance(value, _Text) else value
        return plain, bool(used & self._changed)

    def _literal(self, node: ast.expr, used: set[str], depth: int) -> object:
        # Names that repeat names double a list at each step; the budget is for the whole file.
        self._steps += 1
        if depth > _MAX_DEPTH or self._steps > _MAX_STEPS:
            raise _Computed
        match node:
            case ast.Constant(value=str() as text):
                return _Text((text, node.lineno))
            case ast.List(elts=elements) | ast.Tuple(elts=elements):
                return [item for element in elements for item in self._element(element, used, depth)]
            case ast.Dict(keys=keys, values=values):
                found: dict[str, object] = {}
                for key, value in zip(keys, values, strict=True):
                    if key is None:
                        raise _Computed
                    name = self._literal(key, used, depth + 1)
                    if not isinstance(name, _Text):
                        raise _Computed
                    found[name[0]] = self._unboxed(value, used, depth)
                return found
            case ast.Name(id=name) if name in self._values and self._assigned.get(name) == 1:
                used.add(name)
                return self._literal(self._values[name], used, depth + 1)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                first, second = self._literal(left, used, depth + 1), self._literal(right, used, depth + 1)
                if isinstance(first, list) and isinstance(second, list):
                    return first + second
                raise _Computed
            case _:
                raise _Computed

    def _unboxed(self, node: ast.expr, used: set[str], depth: int) -> object:
        value = self._literal(node, used, depth + 1)
        return value[0] if isinstance(value, _Text) else value

    def _element(self, node: ast.expr, used: set[str], depth: int) -> list[object]:
        try:
            if not isinstance(node, ast.Starred):
                return [self._literal(node, used, depth + 1)]
            value = self._literal(node.value, used, depth + 1)
        except _Computed:
            value = None
        if isinstance(value, list):
            return value
        self.skipped = True
        return []
