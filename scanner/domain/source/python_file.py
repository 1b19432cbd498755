"""What one Python file says: its imports, the names it uses of other modules, and when the code there runs."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct

from scanner.domain.source.conditions import Condition, all_hold


class RunTime(StrEnum):
    """When a statement runs."""

    IMPORT = "import"  # as the module is imported
    CALL = "call"  # as a function is called
    SCRIPT = "script"  # only where the file is the program
    TYPES = "types"  # never: it is for type checkers


class CodeContext(Struct, frozen=True):
    """When, and on what conditions, a statement runs.

    - conditions: they must all hold.
    - instead_of: what each `try` around it imports, by dotted names; this runs where one import of each of them fails.
    - may_fail: a failed import here is caught, and nothing is raised for it.
    - may_lack_names: a missing attribute here is caught likewise.
    """

    when: RunTime = RunTime.IMPORT
    conditions: tuple[Condition, ...] = ()
    instead_of: tuple[tuple[str, ...], ...] = ()
    may_fail: bool = False
    may_lack_names: bool = False

    def runs_on(self, environment: Mapping[str, str]) -> bool | None:
        """Return whether this runs where the markers have these values; None where they do not decide it.

        It says nothing of `instead_of`, which depends on what is installed.
        """
        return False if self.when is RunTime.TYPES else all_hold(self.conditions, environment)


class Import(Struct, frozen=True):
    """One import of one module.

    - module: dotted; of a relative import, what follows the dots.
    - level: the number of dots of a relative import, 0 for an absolute one.
    - names: what is taken of the module by `from`, "*" for all; each may be a submodule. Empty for `import module`.
    - is_dynamic: the module is named by a literal, as in `importlib.import_module("yaml")`.
    """

    module: str
    line: int
    context: CodeContext
    level: int = 0
    names: tuple[str, ...] = ()
    is_dynamic: bool = False

    @property
    def top(self) -> str:
        """The first part of the module's name."""
        return self.module.partition(".")[0]


class NameUse(Struct, frozen=True):
    """A use of a dotted name of an imported module, such as `collections.Mapping`; not that of the import itself."""

    name: str
    line: int
    context: CodeContext


class SyntaxUse(Struct, frozen=True):
    """Syntax that not every Python 3 has. `since` is the first Python that reads it."""

    feature: str
    since: tuple[int, int]
    line: int


class UnreadKind(StrEnum):
    """Why a file could not be read."""

    SYNTAX = "syntax"
    ENCODING = "encoding"
    TOO_LARGE = "too-large"
    TOO_DEEP = "too-deep"


class UnreadSource(Struct, frozen=True):
    """Why, and at which line, a file is not one that the running Python reads. `message` is Python's own."""

    kind: UnreadKind
    line: int = 0
    message: str = ""


class PythonFile(Struct, frozen=True):
    """What was read of one file, by line. Where `unread` is given the rest is empty.

    path_folders: the literal parts of the folders that it puts on Python's search path, such as "../vendor".
    """

    imports: tuple[Import, ...] = ()
    uses: tuple[NameUse, ...] = ()
    syntax: tuple[SyntaxUse, ...] = ()
    unread: UnreadSource | None = None
    path_folders: tuple[str, ...] = ()


def with_parents(module: str) -> list[str]:
    """Return a dotted name and those of the packages that it is in, outermost first: "a", "a.b", "a.b.c"."""
    parts = module.split(".")
    return [".".join(parts[:end]) for end in range(1, len(parts) + 1)]


def absolute_module(found: Import, package: str) -> str | None:
    """Return the absolute name of an imported module; None for a relative import above the top.

    `package` is the package of the file that imports: "app.views" for `app/views/__init__.py` and `app/views/risk.py`.
    """
    if not found.level:
        return found.module
    parts = package.split(".") if package else []
    if found.level > len(parts):
        return None
    base = parts[: len(parts) - found.level + 1]
    return ".".join([*base, found.module] if found.module else base)
