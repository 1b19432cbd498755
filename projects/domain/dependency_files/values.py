"""The values that the reader returns: frozen, and safe to store and to show because credentials are hidden.

The `url` of a NamedIndex is the exception: it is as written in the file.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from msgspec import Struct
from packaging.utils import NormalizedName

from projects.domain.dependency_files.redaction import environment_variables, shown_address
from projects.domain.dependency_files.target_limits import TargetLimit
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


_MANIFESTS = {Format.PYPROJECT, Format.SETUP_PY, Format.SETUP_CFG, Format.PIPFILE}


class RequirementScope(StrEnum):
    """The part of a project that requires a package: always, an extra, a group, its build, or a tool's environment."""

    MAIN = "main"
    EXTRA = "extra"
    GROUP = "group"
    BUILD = "build"
    ENVIRONMENT = "environment"


class RequirementOrigin(StrEnum):
    """The place that a requirement takes its files from; only `index` can be judged against an index."""

    INDEX = "index"
    URL = "url"
    VCS = "vcs"
    PATH = "path"
    OTHER_INDEX = "other-index"  # an index to which the files assign the package, and that is not asked


class LockRule(StrEnum):
    """How the packages of a lock are installed: which of them, and whether they must satisfy each other's metadata.

    LINES: pip installs each line, with what it requires, and refuses a contradiction. PACKAGES: each package whose
    marker holds is installed as it is. GRAPH: so is each one that the project's requirements lead to.
    """

    LINES = "lines"
    PACKAGES = "packages"
    GRAPH = "graph"


class LockedDependency(Struct, frozen=True):
    """A dependency of a locked package, as in its lock; `version` only where the lock forks."""

    name: NormalizedName
    marker: str | None = None
    extras: tuple[str, ...] = ()
    version: str | None = None


class ParsedRequirement(Struct, frozen=True):
    """A package that a file requires, constrains or locks.

    `specifier` is text that `packaging.specifiers` accepts, except for a Poetry union: then it is the alternatives
    joined by " || ", and `alternatives` holds each of them (else it is empty). `line` is the first physical line,
    1-based, or None where the format gives none. `direct` is None where the file does not say;
    `direct_marker` is the condition on which the project itself requires a locked package. `lock` is set where
    a lock fixes the version. `pinned` is the version of a single == without wildcard or a single ===.
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
    direct_marker: str | None = None
    pinned: str | None = None
    lock: LockRule | None = None
    origin: RequirementOrigin = RequirementOrigin.INDEX
    alternatives: tuple[str, ...] = ()
    dependencies: tuple[LockedDependency, ...] = ()
    lists_dependencies: bool = False

    @property
    def group(self) -> str | None:
        """Return the name of the extra, group or environment, the first of several; None for main."""
        return self.groups[0] if self.groups else None

    @property
    def locked(self) -> bool:
        """Return whether a lock fixes the version."""
        return self.lock is not None


class UnnamedRequirement(Struct, frozen=True):
    """A requirement whose name only a build or a checkout could determine."""

    source: str
    line: int | None
    origin: RequirementOrigin
    text: str
    extras: tuple[str, ...] = ()
    marker: str | None = None
    editable: bool = False


class FileProblem(Struct, frozen=True):
    """Something that was not understood or is not judged, with its path and line; the rest of the file counts.

    `unread`: a requirement is lost with it, so that nothing can be said of the project as a whole.
    """

    path: str
    line: int | None
    text: str
    message: str
    unread: bool = False

    def __str__(self) -> str:
        """Return path, line and message, as compilers write them."""
        return f"{self.path}:{self.line}: {self.message}" if self.line else f"{self.path}: {self.message}"


class SourceFile(Struct, frozen=True):
    """A file that was read; `sha256` is the hex digest of its bytes."""

    path: str
    format: Format
    sha256: str


class InstallerOption(Struct, frozen=True):
    """A setting for the installer in a file, e.g. ("index-url", "https://index.example/simple")."""

    name: str
    value: str
    source: str
    line: int | None = None


class IndexOption(StrEnum):
    """The role of an index that a file names; the first four are options of pip."""

    INDEX_URL = "index-url"
    EXTRA_INDEX_URL = "extra-index-url"
    NO_INDEX = "no-index"
    FIND_LINKS = "find-links"
    EXPLICIT = "explicit-index"  # only for the packages that are assigned to it by name
    LOCKED = "lock"  # the index of a locked package


@dataclass(frozen=True, slots=True)
class NamedIndex:
    """An index that a file names, as the option of pip that it stands for; `line` is None if unknown.

    `url` is as written: it may hold credentials or `${VAR}`, so it is never stored, logged or shown; `shown` may be.
    It is empty for NO_INDEX, and may be a path for FIND_LINKS. Reading a file never queries it.
    """

    path: str
    line: int | None
    option: IndexOption
    url: str = field(repr=False)

    @property
    def shown(self) -> str:
        """Return the address without credentials, as one bounded printable line."""
        return shown_address(self.url, 500)

    @property
    def address(self) -> str | None:
        """Return the normalised address without credentials.

        None for a path, and for an address whose host or path depends on an environment variable.
        """
        try:
            plain = normalize_address(self.url)
        except InvalidAddress:
            return None
        return None if environment_variables(plain.upper()) else plain

    @property
    def has_login(self) -> bool:
        """Return whether the file gives a user, a password or a token with it, or variables that hold them."""
        return "@" in self.url


class AssignedPackage(Struct, frozen=True):
    """A package that the files take from one index: uv's and Poetry's sources, or the registry in a lock.

    `address` is the index, normalised and without credentials.
    """

    name: NormalizedName
    address: str
    path: str
    line: int | None = None


# An extra or group.
Choice = tuple[RequirementScope, str]


class RuntimeHint(Struct, frozen=True):
    """A sign of the Python or platform that the project uses now; kind "python" or "image"."""

    kind: str
    value: str
    source: str
    line: int | None = None


class ParsedFiles(Struct, frozen=True):
    """The content of dependency files, in the order of the files and of their lines.

    `project_names` are the names of the projects that the files describe: a requirement of such a name with extras is
    the project's own extras, not a package of the index (`select` resolves it). `choices` are the
    extras and groups that the files declare, also those without a requirement. `limits` are the conditions on targets.
    `default_groups` are the groups that the project's tool installs without being asked for them. Of each set of
    `conflicts` it installs only one.
    """

    sources: tuple[SourceFile, ...] = ()
    requirements: tuple[ParsedRequirement, ...] = ()
    problems: tuple[FileProblem, ...] = ()
    options: tuple[InstallerOption, ...] = ()
    hints: tuple[RuntimeHint, ...] = ()
    unnamed: tuple[UnnamedRequirement, ...] = ()
    project_names: tuple[NormalizedName, ...] = ()
    indexes: tuple[NamedIndex, ...] = ()
    choices: tuple[Choice, ...] = ()
    assigned: tuple[AssignedPackage, ...] = ()
    limits: tuple[TargetLimit, ...] = ()
    default_groups: tuple[str, ...] = ()
    conflicts: tuple[tuple[Choice, ...], ...] = ()

    @property
    def unread(self) -> int:
        """How many requirements, or lists of them, could not be read."""
        formats = {source.path: source.format for source in self.sources}
        is_locked = any(one.lock is not None for one in self.requirements)
        return sum(
            problem.unread and not (is_locked and formats.get(problem.path) in _MANIFESTS) for problem in self.problems
        )
