"""Reading of one Python file from its syntax tree. Nothing is imported or run, and no call recurses with the input."""

from __future__ import annotations

import ast
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator

from msgspec.structs import replace

from scanner.domain.parsing import parse_python
from scanner.domain.source.bindings import assigned_once, read_bindings
from scanner.domain.source.code_contexts import IMPORT_ERRORS, after, catching, under
from scanner.domain.source.guards import UNKNOWN, GuardReader, is_for_types, negated
from scanner.domain.source.python_file import (
    CodeContext,
    Import,
    NameUse,
    PythonFile,
    RunTime,
    SyntaxUse,
    UnreadKind,
    UnreadSource,
)
from scanner.domain.source.search_path import folders_put_on_path
from scanner.domain.source.statements import attempted, caught_by, error_names, is_main, is_own_package
from scanner.domain.source.syntax import feature_of
from scanner.domain.source.walk import children, walk

LARGEST = 2 * 1024 * 1024
_MOST_INSTEAD = 20
_EXITS = {"sys.exit", "os._exit"}
_IMPORTERS = {"importlib.import_module", "__import__", "pkgutil.resolve_name", "pytest.importorskip"}
# Their argument ends with the name of something in a module.
_OBJECT_IMPORTERS = {"django.utils.module_loading.import_string", "werkzeug.utils.import_string"}
_RUNNING = f"Python {sys.version_info.major}.{sys.version_info.minor}, on which Wheelway runs,"
_Work = tuple[ast.AST, CodeContext]


def read_python(source: bytes) -> PythonFile:
    """Return what one Python file says. Give a stranger's file to a child process: the parser may take much memory."""
    if len(source) > LARGEST:
        return PythonFile(unread=UnreadSource(UnreadKind.TOO_LARGE))
    try:
        with warnings.catch_warnings():
            # Of invalid escapes: they concern its authors.
            warnings.simplefilter("ignore")
            tree = parse_python(source)
    except SyntaxError as error:
        # The decoder's errors have no line.
        kind = UnreadKind.SYNTAX if error.lineno else UnreadKind.ENCODING
        return PythonFile(unread=UnreadSource(kind, error.lineno or 0, f"{_RUNNING} finds {error.msg}"))
    except ValueError as error:
        return PythonFile(unread=UnreadSource(UnreadKind.ENCODING, message=str(error)))
    except (RecursionError, MemoryError):
        return PythonFile(unread=UnreadSource(UnreadKind.TOO_DEEP))
    return _Reader(tree).read()


class _Reader:
    """Reads one tree with a stack of its own."""

    def __init__(self, tree: ast.Module) -> None:
        self._tree = tree
        nodes = walk(tree)
        bindings = read_bindings(nodes)
        self._guards = GuardReader(bindings)
        self._path_folders = folders_put_on_path(nodes, bindings)
        for name, value in assigned_once(tree.body, nodes).items():
            self._guards.add_flag(name, value)
        self._waiting: list[_Work] = []
        self._imports: list[Import] = []
        # By identity: contexts are few, and comparing their conditions costs more than finding them.
        self._uses: dict[tuple[str, int], NameUse] = {}
        self._times: dict[tuple[int, RunTime], CodeContext] = {}
        self._contexts: list[CodeContext] = []
        self._syntax: dict[str, SyntaxUse] = {}
        self._visits: dict[type[ast.AST], Callable[..., None]] = {
            ast.Import: self._import,
            ast.ImportFrom: self._import_from,
            ast.FunctionDef: self._function,
            ast.AsyncFunctionDef: self._function,
            ast.Lambda: self._lambda,
            ast.ClassDef: self._class,
            ast.If: self._if,
            ast.Try: self._try,
            ast.TryStar: self._try,
            ast.With: self._with,
            ast.AsyncWith: self._with,
            ast.For: self._with_bodies,
            ast.AsyncFor: self._with_bodies,
            ast.While: self._with_bodies,
            ast.match_case: self._with_bodies,
            ast.Call: self._call,
            ast.Attribute: self._attribute,
        }
        self._annotations_run = not any(
            isinstance(one, ast.ImportFrom) and one.module == "__future__" and "annotations" in _names(one)
            for one in tree.body
        )

    def read(self) -> PythonFile:
        self._block(self._tree.body, CodeContext())
        while self._waiting:
            node, context = self._waiting.pop()
            self._note_syntax(node, getattr(node, "lineno", 0))
            visit = self._visits.get(type(node))
            if visit is not None:
                visit(node, context)
            else:
                self._push(children(node), context)
        self._imports.sort(key=lambda one: one.line)
        uses = sorted(self._uses.values(), key=lambda one: (one.line, one.name))
        syntax = sorted(self._syntax.values(), key=lambda one: (one.line, one.feature))
        return PythonFile(tuple(self._imports), tuple(uses), tuple(syntax), path_folders=self._path_folders)

    def _push(self, nodes: Iterable[ast.AST | None], context: CodeContext) -> None:
        self._waiting += [(node, context) for node in nodes if node is not None]

    def _block(self, body: Iterable[ast.stmt], context: CodeContext) -> None:
        for statement in body:
            self._waiting.append((statement, context))
            match statement:
                case ast.If(test=test, body=inner, orelse=[]) if self._ends(inner):
                    context = after(context, negated(self._guards.read(test)))
                case ast.Assert(test=test):
                    context = after(context, self._guards.read(test))
                case _:
                    pass

    def _ends(self, body: list[ast.stmt]) -> bool:
        """Return whether nothing runs after these statements."""
        return isinstance(body[-1], ast.Return) or self._raises(body)

    def _raises(self, body: list[ast.stmt]) -> bool:
        last = body[-1]
        if isinstance(last, ast.Expr) and isinstance(last.value, ast.Call):
            return self._guards.dotted(last.value.func) in _EXITS
        return isinstance(last, ast.Raise)

    def _at(self, context: CodeContext, when: RunTime) -> CodeContext:
        """Return the context at another time. What is for types stays so."""
        if context.when is RunTime.TYPES or (context.when is RunTime.CALL and when is RunTime.SCRIPT):
            return context
        known = self._times.get((id(context), when))
        if known is None:
            known = self._times[id(context), when] = replace(context, when=when)
            # Kept, so that no other gets its identity.
            self._contexts.append(context)
        return known

    def _import(self, node: ast.Import, context: CodeContext) -> None:
        self._imports.extend(Import(alias.name, node.lineno, context) for alias in node.names)

    def _import_from(self, node: ast.ImportFrom, context: CodeContext) -> None:
        self._imports.append(Import(node.module or "", node.lineno, context, node.level, tuple(_names(node))))

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, context: CodeContext) -> None:
        arguments = node.args
        self._push([*node.decorator_list, *arguments.defaults, *arguments.kw_defaults], context)
        self._push(getattr(node, "type_params", ()), context)
        self._note_syntax(arguments, node.lineno)
        every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
        annotated = [one.annotation for one in every if one is not None]
        self._push([*annotated, node.returns], context if self._annotations_run else self._at(context, RunTime.TYPES))
        self._block(node.body, self._at(context, RunTime.CALL))

    def _lambda(self, node: ast.Lambda, context: CodeContext) -> None:
        self._note_syntax(node.args, node.lineno)
        self._push(children(node.args), context)
        self._push([node.body], self._at(context, RunTime.CALL))

    def _class(self, node: ast.ClassDef, context: CodeContext) -> None:
        self._push([*node.decorator_list, *node.bases, *node.keywords, *getattr(node, "type_params", ())], context)
        self._block(node.body, context)

    def _if(self, node: ast.If, context: CodeContext) -> None:
        self._push([node.test], context)
        if is_main(node.test):
            self._block(node.body, self._at(context, RunTime.SCRIPT))
            self._block(node.orelse, context)
            return
        condition = self._guards.read(node.test)
        self._block(
            node.body, self._at(context, RunTime.TYPES) if is_for_types(condition) else under(context, condition)
        )
        opposite = negated(condition)
        self._block(
            node.orelse, self._at(context, RunTime.TYPES) if is_for_types(opposite) else under(context, opposite)
        )

    def _try(self, node: ast.Try | ast.TryStar, context: CodeContext) -> None:
        handlers = [handler for handler in node.handlers if not self._raises(handler.body)]
        caught = {name for handler in handlers for name in caught_by(handler)}
        inside = catching(context, caught)
        self._block(node.body, inside)
        self._block(node.orelse, inside)
        self._block(node.finalbody, context)
        tried = attempted(node.body)
        for handler in node.handlers:
            self._push([handler.type], context)
            if tried and caught_by(handler) & IMPORT_ERRORS:
                instead_of = (*context.instead_of, tried)[-_MOST_INSTEAD:]
                self._block(handler.body, replace(context, instead_of=instead_of))
            else:
                # Whatever else fails leads here.
                self._block(handler.body, under(context, UNKNOWN))

    def _with(self, node: ast.With | ast.AsyncWith, context: CodeContext) -> None:
        self._push(node.items, context)
        caught: set[str] = set()
        for item in node.items:
            call = item.context_expr
            if isinstance(call, ast.Call) and self._guards.dotted(call.func) == "contextlib.suppress":
                caught |= {name for argument in call.args for name in error_names(argument)}
        self._block(node.body, catching(context, caught))

    def _with_bodies(self, node: ast.For | ast.AsyncFor | ast.While | ast.match_case, context: CodeContext) -> None:
        inside = under(context, UNKNOWN)
        for name, value in ast.iter_fields(node):
            if name in {"body", "orelse"}:
                self._block(value, inside)
            elif isinstance(value, ast.AST):
                self._push([value], context)

    def _call(self, node: ast.Call, context: CodeContext) -> None:
        self._push(children(node), context)
        if not node.args or not isinstance(node.args[0], ast.Constant) or not isinstance(node.args[0].value, str):
            return
        name, text = self._called(node.func), node.args[0].value
        if name in _OBJECT_IMPORTERS:
            text = text.rpartition(".")[0]
        elif name not in _IMPORTERS:
            return
        module = text.partition(":")[0].lstrip(".")
        level = len(text) - len(text.lstrip("."))
        if not all(part.isidentifier() for part in module.split(".")) or (level and not is_own_package(node)):
            return
        if name == "pytest.importorskip":
            context = replace(context, may_fail=True)
        self._imports.append(Import(module, node.lineno, context, level, is_dynamic=True))

    def _called(self, function: ast.expr) -> str | None:
        if isinstance(function, ast.Name) and function.id == "__import__":
            return function.id
        return self._guards.dotted(function)

    def _attribute(self, node: ast.Attribute, context: CodeContext) -> None:
        dotted = self._guards.dotted(node)
        if dotted is None:
            # Down to what is not a name; a chain is walked once.
            inner: ast.expr = node
            while isinstance(inner, ast.Attribute):
                inner = inner.value
            self._push([inner], context)
        else:
            key = (dotted, id(context))
            known = self._uses.get(key)
            if known is None:
                self._contexts.append(context)
            if known is None or node.lineno < known.line:
                self._uses[key] = NameUse(dotted, node.lineno, context)

    def _note_syntax(self, node: ast.AST, line: int) -> None:
        feature = feature_of(node)
        if feature is None:
            return
        known = self._syntax.get(feature[0])
        if known is None or line < known.line:
            self._syntax[feature[0]] = SyntaxUse(*feature, line)


def _names(node: ast.ImportFrom) -> Iterator[str]:
    return (alias.name for alias in node.names)
