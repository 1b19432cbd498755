"""The builder that parsers add their findings to: bounded, without credentials, in file order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from msgspec import Struct, field
from msgspec.structs import replace
from packaging.utils import NormalizedName, canonicalize_name

from projects.domain.dependency_files.index_assignments import IndexAssignments
from projects.domain.dependency_files.index_urls import ON_DISK, index_url_error
from projects.domain.dependency_files.limits import (
    MAX_LIMITS,
    MAX_NAME_LENGTH,
    MAX_PROBLEMS,
    MAX_REQUIREMENTS,
    MAX_VERSION_LENGTH,
)
from projects.domain.dependency_files.redaction import printable, shown, shown_address, without_credentials
from projects.domain.dependency_files.target_limits import LimitKind, TargetLimit
from projects.domain.dependency_files.values import (
    Choice,
    FileProblem,
    Format,
    IndexOption,
    InstallerOption,
    NamedIndex,
    ParsedFiles,
    ParsedRequirement,
    RequirementOrigin,
    RequirementScope,
    RuntimeHint,
    SourceFile,
    UnnamedRequirement,
)

_NOT_JUDGED = {
    RequirementOrigin.PATH: "a local path: it is not on the index, so it is not judged",
    RequirementOrigin.VCS: "a checkout without a name (#egg= or name @ url): not judged",
    RequirementOrigin.URL: "a URL whose file name does not tell a package: not judged",
    RequirementOrigin.INDEX: "no package name: not judged",
}


# "-e ." and "." are the project itself, whose requirements are in files of its own, or in what was compiled from them.
_OF_PROJECT = {Format.PYPROJECT, Format.SETUP_PY, Format.SETUP_CFG}
_IS_PROJECT = re.compile(r"(?:-e\s+|--editable[ =])?\.?/?\.?(?:\[[^\]]*\])?")


class ParsedFilesBuilder(Struct):
    """The parts of a ParsedFiles. Methods never raise; above a limit they keep one problem that says so."""

    sources: list[SourceFile] = field(default_factory=list)
    requirements: list[ParsedRequirement] = field(default_factory=list)
    problems: list[FileProblem] = field(default_factory=list)
    options: list[InstallerOption] = field(default_factory=list)
    hints: dict[RuntimeHint, None] = field(default_factory=dict)
    unnamed: list[UnnamedRequirement] = field(default_factory=list)
    project_names: dict[NormalizedName, None] = field(default_factory=dict)
    indexes: list[NamedIndex] = field(default_factory=list)
    choices: dict[tuple[RequirementScope, str], None] = field(default_factory=dict)
    tools: set[Format] = field(default_factory=set)
    default_groups: dict[tuple[Format, str], None] = field(default_factory=dict)
    conflicts: dict[tuple[Choice, ...], None] = field(default_factory=dict)
    limits: list[TargetLimit] = field(default_factory=list)
    # Positions among the problems.
    project_lines: set[int] = field(default_factory=set)
    seen_lock_indexes: set[tuple[str, str]] = field(default_factory=set)
    assignments: IndexAssignments = field(default_factory=IndexAssignments)
    full: bool = False

    def add_requirement(self, requirement: ParsedRequirement) -> None:
        """Add a requirement, without the credentials in its url and raw text."""
        if len(self.requirements) >= MAX_REQUIREMENTS:
            if not self.full:
                self.full = True
                message = f"more than {MAX_REQUIREMENTS:,} requirements: the rest is not read"
                self.add_unread(requirement.source, requirement.line, "", message)
            return
        if len(requirement.name) > MAX_NAME_LENGTH or len(requirement.pinned or "") > MAX_VERSION_LENGTH:
            message = f"a name of more than {MAX_NAME_LENGTH} or a version of more than {MAX_VERSION_LENGTH} characters"
            self.add_unread(requirement.source, requirement.line, requirement.raw, message)
            return
        url = requirement.url
        self.requirements.append(
            replace(
                requirement,
                url=None if url is None else printable(without_credentials(url)),
                raw=shown(requirement.raw, 2_000),
            )
        )

    def add_unnamed(self, unnamed: UnnamedRequirement) -> None:
        """Add a requirement without a name, and a problem that says that it is not judged."""
        if len(self.unnamed) < MAX_PROBLEMS:
            self.unnamed.append(replace(unnamed, text=shown(unnamed.text, 2_000)))
        is_project = unnamed.origin is RequirementOrigin.PATH and _IS_PROJECT.fullmatch(unnamed.text) is not None
        if is_project:
            self.project_lines.add(len(self.problems))
        message = _NOT_JUDGED[unnamed.origin]
        self.add_problem(unnamed.source, unnamed.line, unnamed.text, message, unread=not is_project)

    def add_unread(self, path: str, line: int | None, text: str, message: str) -> None:
        """Add a problem with which a requirement is lost."""
        self.add_problem(path, line, text, message, unread=True)

    def add_problem(self, path: str, line: int | None, text: str, message: str, *, unread: bool = False) -> None:
        """Add something that was not understood; the last problem within the limit says that there are more."""
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(FileProblem(path, line, shown(text), shown(message, 400), unread))
        elif len(self.problems) == MAX_PROBLEMS:
            self.problems.append(
                FileProblem(path, None, "", f"more than {MAX_PROBLEMS:,} problems: the rest is not listed", unread=True)
            )

    def add_option(self, name: str, value: str, source: str, line: int | None = None) -> None:
        """Add a setting for the installer."""
        if len(self.options) < MAX_PROBLEMS:
            self.options.append(InstallerOption(name, shown(value, 2_000), source, line))

    def add_index(self, option: IndexOption, url: object, source: str, line: int | None = None) -> None:
        """Add an index that the file names; one that no installer could query is a problem at its line."""
        text = url if isinstance(url, str) else ""
        fault = index_url_error(option, url)
        if fault is not None:
            self.add_problem(source, line, shown_address(text), f"{option.value}: {fault}")
        if fault in (None, ON_DISK) and len(self.indexes) < MAX_PROBLEMS:
            # An index on a disk counts too: no other one is queried instead of it.
            self.indexes.append(NamedIndex(source, line, option, text.strip()))
        if option is not IndexOption.LOCKED:
            self.add_option(option.value, shown_address(text, 2_000), source, line)

    def add_locked_index(self, url: object, source: str, line: int | None, package: object) -> None:
        """Add the index of a locked package, each one of a lock once; a folder is not an index."""
        self.assignments.lock(package, url, source, line)
        remote_origin = isinstance(url, str) and url.startswith(("http://", "https://"))
        if remote_origin and (source, url) not in self.seen_lock_indexes and len(self.seen_lock_indexes) < MAX_PROBLEMS:
            self.seen_lock_indexes.add((source, str(url)))
            self.add_index(IndexOption.LOCKED, url, source, line)

    def add_hint(self, kind: str, value: object, source: str, line: int | None = None) -> None:
        """Add a sign of the target in use, once; a value that is not a text or is empty is ignored."""
        if isinstance(value, str) and value and len(self.hints) < MAX_PROBLEMS:
            hint = RuntimeHint(kind, shown(value), source, line)
            self.hints[hint] = None

    def add_python(self, text: object, source: str, line: int | None, kind: LimitKind | None = None) -> None:
        """Add the Pythons that a project admits (PEP 440), or with a kind its lock: a limit and a hint."""
        self.add_hint("python", text, source, line)
        if isinstance(text, str) and text.strip():
            self.add_limit(kind or LimitKind.REQUIRES_PYTHON, text, source, line, specifiers=(text,))

    def add_limit(
        self,
        kind: LimitKind,
        text: str,
        source: str,
        line: int | None,
        *,
        specifiers: tuple[str, ...] = (),
        markers: tuple[str, ...] = (),
        package: str = "",
        condition: str | None = None,
    ) -> None:
        """Add a condition that a target must fulfil."""
        if len(self.limits) < MAX_LIMITS:
            limit = TargetLimit(kind, shown(text), source, line, specifiers, markers, package, condition)
            self.limits.append(limit)

    def add_project_name(self, name: object) -> None:
        """Add the name of a project that a file describes."""
        if isinstance(name, str) and 0 < len(name) < 200:
            self.project_names[canonicalize_name(name)] = None

    def add_choices(self, scope: RequirementScope, names: Iterable[str]) -> None:
        """Add the names of extras or groups that a file declares, which may hold no requirement."""
        for name in names:
            if name and len(self.choices) < MAX_PROBLEMS:
                self.choices[scope, canonicalize_name(name[:120])] = None

    def add_conflicts(self, conflicts: Iterable[tuple[Choice, ...]]) -> None:
        """Add sets of conflicting choices. A set that is known already is not added again."""
        self.conflicts.update(dict.fromkeys(islice(conflicts, MAX_PROBLEMS)))

    def add_default_groups(self, lock: Format, names: Iterable[str]) -> None:
        """Add groups that the tool with this lock installs by default."""
        for name in names:
            if name and len(self.default_groups) < MAX_PROBLEMS:
                self.default_groups[lock, canonicalize_name(name[:120])] = None

    def build(self) -> ParsedFiles:
        """Return the finished value."""
        tools = self.tools | {source.format for source in self.sources}
        return ParsedFiles(
            tuple(self.sources),
            tuple(self.requirements),
            tuple(self._problems()),
            tuple(self.options),
            tuple(self.hints),
            tuple(self.unnamed),
            tuple(self.project_names),
            tuple(self.indexes),
            tuple(self.choices),
            self.assignments.settle(self.requirements, self.indexes),
            tuple(self.limits),
            tuple(dict.fromkeys(name for lock, name in self.default_groups if lock in tools)),
            tuple(self.conflicts),
        )

    def _problems(self) -> Iterator[FileProblem]:
        """Yield the problems; without the files of the project itself, what it requires is lost."""
        is_project_read = any(source.format in _OF_PROJECT for source in self.sources)
        is_project_read = is_project_read or any(one.lock is not None for one in self.requirements)
        for position, problem in enumerate(self.problems):
            is_lost = position in self.project_lines and not is_project_read
            yield replace(problem, unread=True) if is_lost else problem
