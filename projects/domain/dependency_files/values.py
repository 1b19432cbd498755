"""What intake hands on: plain frozen values, safe to store and to show (credentials are already hidden).

A NamedIndex is the one exception: its `url` is what the file says.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from packaging.utils import NormalizedName

from projects.domain.dependency_files.redaction import environment_variables, shown_address
from scanner.domain.index_address import InvalidAddress, normalize_address


class Format(StrEnum):
    """A dependency file's format; the value is what `sources` says in the JSON."""

    REQUIREMENTS = "requirements.txt"
    CONSTRAINTS = "constraints"
    PIP_COMPILE = "pip-compile"
    PIP_FREEZE = "pip-freeze"
    PYPROJECT = "pyproject.toml"
    SETUP_CFG = "setup.cfg"
    SETUP_PY = "setup.py"
    PIPFILE = "Pipfile"
    PIPFILE_LOCK = "Pipfile.lock"
    POETRY_LOCK = "poetry.lock"
    UV_LOCK = "uv.lock"
    PDM_LOCK = "pdm.lock"
    PYLOCK = "pylock.toml"
    CONDA = "conda"
    CYCLONEDX = "cyclonedx"
    PIP_INSPECT = "pip-inspect"
    SCRIPT = "script"
    HINT = "hint"
    UNKNOWN = "unknown"


class RequirementScope(StrEnum):
    """Which part of the project asks: always, with an extra, with a group, to build it, or in a tool's environment."""

    MAIN = "main"
    EXTRA = "extra"
    GROUP = "group"
    BUILD = "build"
    ENVIRONMENT = "environment"


class RequirementOrigin(StrEnum):
    """Where the requirement says that its files come from; only `index` can be judged against an index."""

    INDEX = "index"
    URL = "url"
    VCS = "vcs"
    PATH = "path"


@dataclass(frozen=True, slots=True)
class LockedDependency:
    """One dependency of a locked package, as its lock names it; `version` only where the lock forks."""

    name: NormalizedName
    marker: str | None = None
    extras: tuple[str, ...] = ()
    version: str | None = None


@dataclass(frozen=True, slots=True)
class ParsedRequirement:
    """One package that a file asks for, limits or locks.

    `specifier` is text that `packaging.specifiers` accepts, save for a Poetry union: then it is the alternatives
    joined by " || ", and `alternatives` holds each of them (else it is empty). `line` is the first physical line,
    1-based, or None where the format gives none. `direct` is None where the file does not say. `pinned` is the
    version of a single == without wildcard or a single ===; `url_version` the one in a direct URL's file name.
    """

    name: NormalizedName
    specifier: str = ""
    extras: tuple[str, ...] = ()
    marker: str | None = None
    source: str = ""
    line: int | None = None
    url: str | None = None
    groups: tuple[str, ...] = ()
    scope: RequirementScope = RequirementScope.MAIN
    hashes: tuple[str, ...] = ()
    editable: bool = False
    raw: str = ""
    constraint: bool = False
    override: bool = False
    direct: bool | None = True
    pinned: str | None = None
    locked: bool = False
    origin: RequirementOrigin = RequirementOrigin.INDEX
    alternatives: tuple[str, ...] = ()
    dependencies: tuple[LockedDependency, ...] = ()
    lists_dependencies: bool = False
    url_version: str | None = None

    @property
    def group(self) -> str | None:
        """The extra's, group's or environment's name; the first where a lock names several; None for main."""
        return self.groups[0] if self.groups else None


@dataclass(frozen=True, slots=True)
class UnnamedRequirement:
    """A requirement that installs something whose name only a build or a checkout would tell."""

    source: str
    line: int | None
    origin: RequirementOrigin
    text: str
    extras: tuple[str, ...] = ()
    marker: str | None = None
    editable: bool = False


@dataclass(frozen=True, slots=True)
class FileProblem:
    """Something that was not understood or is not judged, with its place; the rest of the file counts."""

    path: str
    line: int | None
    text: str
    message: str

    def __str__(self) -> str:
        """The place and the message, as compilers write them."""
        return f"{self.path}:{self.line}: {self.message}" if self.line else f"{self.path}: {self.message}"


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file that was read; `sha256` is the hex digest of its bytes."""

    path: str
    format: Format
    sha256: str


@dataclass(frozen=True, slots=True)
class InstallerOption:
    """A setting that the file gives to its installer, e.g. ("index-url", "https://index.example/simple")."""

    name: str
    value: str
    source: str
    line: int | None = None


class IndexOption(StrEnum):
    """What a file says an index is to its installer; the first four in pip's words."""

    INDEX_URL = "index-url"
    EXTRA_INDEX_URL = "extra-index-url"
    NO_INDEX = "no-index"
    FIND_LINKS = "find-links"
    EXPLICIT = "explicit-index"  # asked only for the packages that are assigned to it by name
    LOCKED = "lock"  # a locked package was taken from there


@dataclass(frozen=True, slots=True)
class NamedIndex:
    """An index that a file names, in pip's words whatever the tool; `line` is None where the format does not tell.

    `url` is as written: it may hold credentials or `${VAR}`, so it is never stored, logged or shown; `shown` may be.
    It is empty for NO_INDEX, and may be a path for FIND_LINKS. Nothing here ever asks it by itself.
    """

    path: str
    line: int | None
    option: IndexOption
    url: str = field(repr=False)

    @property
    def shown(self) -> str:
        """The address for people, without credentials: one bounded printable line."""
        return shown_address(self.url, 500)

    @property
    def address(self) -> str | None:
        """What to compare and to add: no credentials, one spelling; None where only the files' owner could tell.

        That is a path, and an address whose host or path hangs on an environment variable.
        """
        try:
            plain = normalize_address(self.url)
        except InvalidAddress:
            return None
        return None if environment_variables(plain.upper()) else plain

    @property
    def has_login(self) -> bool:
        """Whether the file gives a user, a password or a token with it, or the variables that hold them."""
        return "@" in self.url


@dataclass(frozen=True, slots=True)
class RuntimeHint:
    """A sign of the Python or platform that the project uses today; kind "python" or "image"."""

    kind: str
    value: str
    source: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class ParsedFiles:
    """All that was read, in the order of the files and of the lines in them.

    `own_names` are the names of the projects that the files describe: a requirement of such a name with extras is
    the project's own extras, not a package of the index (`select` resolves it).
    """

    sources: tuple[SourceFile, ...] = ()
    requirements: tuple[ParsedRequirement, ...] = ()
    problems: tuple[FileProblem, ...] = ()
    options: tuple[InstallerOption, ...] = ()
    hints: tuple[RuntimeHint, ...] = ()
    unnamed: tuple[UnnamedRequirement, ...] = ()
    project_names: tuple[NormalizedName, ...] = ()
    indexes: tuple[NamedIndex, ...] = ()
