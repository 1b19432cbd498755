"""Reading of a wheel's Python files: imports of modules that a Python may lack, and whether they run on import.

Most files have no line that could import such a module, and no syntax tree is made of them. They are parsed only
where a finding depends on whether the package's own `__init__` leads to its file.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from scanner.domain.evidence.wheel_reading import PYTHONS, ImportGuard, WheelImport, WheelReading, failing_pythons
from scanner.domain.files.zip_directory import ZipMember, unpack_members
from scanner.domain.releases.python_changes import REMOVED_MODULES
from scanner.domain.source.conditions import all_hold
from scanner.domain.source.python_file import CodeContext, Import, PythonFile, RunTime, absolute_module, with_parents
from scanner.domain.source.read import LARGEST, read_python

_MOST_UNPACKED = 48 * 1024 * 1024
_MOST_FINDINGS = 200
_LEFT_OUT = frozenset({"test", "tests", "testing", "docs", "doc", "examples", "example", "benchmarks", "__pycache__"})
_ENVIRONMENTS = tuple(
    {"python_version": f"3.{minor}", "python_full_version": f"3.{minor}.0", "implementation_name": "cpython"}
    for _, minor in PYTHONS
)
_LONGEST_LINE = 2_000
_BY_NAME = (b"__import__", b"import_module", b"resolve_name", b"importorskip", b"import_string")
_WANTED = frozenset({*(row.name for row in REMOVED_MODULES), "pkg_resources"})
_NAMED = re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(_WANTED)))})\b".encode())
# What stands behind "import" or "from" in its line, and lines before which one ends with a backslash. Each begins with
# what is in few places: one pattern for all would be tried at every letter.
_BEHIND = (re.compile(rb"import.*"), re.compile(rb"from.*"), re.compile(rb"\\\s?\n(?=(.*))"))


def is_worth_reading(path: str) -> bool:
    """Return whether a path in a wheel is a Python file that an import may run."""
    *folders, name = path.split("/")
    if not name.endswith(".py") or len(folders) > 12:
        return False
    # Packages that are named "testing" or the like themselves count; folders below them do not.
    return not any(folder.lower() in _LEFT_OUT for folder in folders[1:]) and not _is_metadata(path)


def _is_metadata(path: str) -> bool:
    top = path.partition("/")[0]
    return top.endswith((".dist-info", ".data"))


def read_wheel(paths: Iterable[str], packed: Mapping[ZipMember, bytes], *, is_whole: bool) -> WheelReading:
    """Unpack and read the Python files of a wheel. Give it to a child process: the archive is a stranger's."""
    sources: dict[str, bytes] = {}
    left_out = 0 if is_whole else 1
    for member, source in unpack_members(packed.items(), LARGEST, _MOST_UNPACKED):
        if source is None:
            left_out += 1
        else:
            sources[member.name] = source
    modules = top_level_modules(paths)
    files = _WheelFiles(sources, modules)
    imports = tuple(islice(files.findings(), _MOST_FINDINGS))
    return WheelReading(modules, imports, len(sources), left_out + files.unread)


class _WheelFiles:
    """The Python files of a wheel, each parsed when what it imports is asked for."""

    def __init__(self, sources: Mapping[str, bytes], modules: Iterable[str]) -> None:
        self._sources = sources
        self._own = frozenset(modules)
        self._read: dict[str, PythonFile] = {}
        self._held = _Held()
        self._by_module = {_module_of(path): path for path in sources}
        self._waiting = deque(self._by_module[name] for name in sorted(self._own) if name in self._by_module)
        self._reached: set[str] = set()

    @property
    def unread(self) -> int:
        """How many of the files that were parsed are not Python 3."""
        return sum(file.unread is not None for file in self._read.values())

    def findings(self) -> Iterator[WheelImport]:
        """Yield the imports of modules that a Python may lack, by file and line."""
        for path in sorted(self._sources):
            if not may_import(self._sources[path]):
                continue
            for found in self._imports(path):
                module = _wanted(found)
                if module is None or module.partition(".")[0] in self._own or found.context.when is RunTime.TYPES:
                    continue
                holding = self._held.of(found)
                not_on = frozenset(python for python, holds in zip(PYTHONS, holding, strict=True) if holds is False)
                if not failing_pythons(module, not_on):
                    continue
                yield WheelImport(
                    module=module,
                    package=path.partition("/")[0].removesuffix(".py"),
                    path=path,
                    line=found.line,
                    guard=self._guard(path, found.context, is_decided=None not in holding),
                    not_on=not_on,
                )

    def _imports(self, path: str) -> tuple[Import, ...]:
        read = self._read.get(path)
        if read is None:
            source = self._sources[path]
            read = read_python(source) if b"import" in source else PythonFile()
            self._read[path] = read
        return read.imports

    def _guard(self, path: str, context: CodeContext, *, is_decided: bool) -> ImportGuard:
        if context.may_fail:
            return ImportGuard.CAUGHT
        if context.instead_of or not is_decided:
            return ImportGuard.POSSIBLE
        match context.when:
            case RunTime.CALL:
                return ImportGuard.CALL
            case RunTime.SCRIPT:
                return ImportGuard.SCRIPT
        return ImportGuard.CERTAIN if self._is_reached(path) else ImportGuard.OTHER_MODULE

    def _is_reached(self, path: str) -> bool:
        """Return whether importing the top-level modules certainly runs a file. It looks no further than to that."""
        while self._waiting and path not in self._reached:
            self._follow(self._waiting.popleft())
        return path in self._reached

    def _follow(self, path: str) -> None:
        """Note that a file runs, and the files that it imports as it is imported, to be followed later."""
        if path in self._reached:
            return
        self._reached.add(path)
        for found in self._imports(path):
            context = found.context
            is_certain = context.when is RunTime.IMPORT and not context.may_fail and not context.instead_of
            if not is_certain or not all(self._held.of(found)):
                continue
            module = absolute_module(found, _package_of(path))
            if module is None:
                continue
            for name in (module, *(f"{module}.{taken}" for taken in found.names)):
                # Importing a.b.c runs a and a.b before it.
                self._waiting.extend(self._by_module[one] for one in with_parents(name) if one in self._by_module)


def may_import(source: bytes) -> bool:
    """Return whether a file may import a module that a Python may lack: false only where it certainly does not.

    Its name stands behind "import" or "from" in its line, in a line that goes on from one before, or in quotes in a
    file that imports by name. Many of the names are words, such as "parser" or "symbol".
    """
    if any(one in source for one in _BY_NAME) or max(map(len, source.split(b"\n"))) >= _LONGEST_LINE:
        return _may_import_anyhow(source)
    # Most files end here: the names are looked for in a small part of them only.
    parts = [part for pattern in _BEHIND for part in pattern.findall(source)]
    return _NAMED.search(b"\n".join(parts)) is not None


def _may_import_anyhow(source: bytes) -> bool:
    by_name = any(one in source for one in _BY_NAME)
    for match in _NAMED.finditer(source):
        place = match.start()
        start = source.rfind(b"\n", max(0, place - _LONGEST_LINE), place) + 1
        if start == 0 and place > _LONGEST_LINE:
            return True
        before = source[start:place]
        if b"import" in before or b"from" in before or source[max(0, start - 3) : start].rstrip().endswith(b"\\"):
            return True
        if by_name and before.endswith((b"'", b'"')):
            return True
    return False


def top_level_modules(paths: Iterable[str]) -> tuple[str, ...]:
    """Return the names of the modules and packages that a wheel with these paths brings, sorted."""
    found: set[str] = set()
    for path in paths:
        if _is_metadata(path) or not path.endswith((".py", ".so", ".pyd")):
            continue
        top, slash, _ = path.partition("/")
        name = top if slash else top.partition(".")[0]
        if name.isidentifier() and name.lower() not in _LEFT_OUT:
            found.add(name)
    return tuple(sorted(found))[:1000]


def _wanted(found: Import) -> str | None:
    if found.level:
        return None
    return found.module if found.module in _WANTED else found.top if found.top in _WANTED else None


class _Held:
    """Whether the conditions of imports hold on each Python. Many imports of a file share one context."""

    def __init__(self) -> None:
        self._known: dict[int, list[bool | None]] = {}

    def of(self, found: Import) -> list[bool | None]:
        """Return for each Python whether the conditions of an import hold there; None where they are not decided."""
        context = found.context
        known = self._known.get(id(context))
        if known is None:
            known = [all_hold(context.conditions, environment) for environment in _ENVIRONMENTS]
            self._known[id(context)] = known
        return known


def _module_of(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _package_of(path: str) -> str:
    return _module_of(path) if path.endswith("/__init__.py") else _module_of(path).rpartition(".")[0]
