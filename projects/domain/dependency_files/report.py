"""Where the parsers put what they find: bounded, redacted, in file order. One Report gathers a whole reading."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from packaging.utils import NormalizedName, canonicalize_name

from projects.domain.dependency_files.index_urls import ON_DISK, fault_of
from projects.domain.dependency_files.limits import MAX_NAME_LENGTH, MAX_PROBLEMS, MAX_REQUIREMENTS, MAX_VERSION_LENGTH
from projects.domain.dependency_files.redaction import printable, shown, shown_address, without_credentials
from projects.domain.dependency_files.values import (
    Hint,
    IndexOption,
    Intake,
    NamedIndex,
    Option,
    Origin,
    ParsedRequirement,
    Problem,
    Source,
    Unnamed,
)

_NOT_JUDGED = {
    Origin.PATH: "a local path: it is not on the index, so it is not judged",
    Origin.VCS: "a checkout without a name (#egg= or name @ url): not judged",
    Origin.URL: "a URL whose file name does not tell a package: not judged",
    Origin.INDEX: "no package name: not judged",
}


@dataclass(slots=True)
class Report:
    """A reading under way. Methods never raise; beyond the limits they keep one problem that says so."""

    sources: list[Source] = field(default_factory=list)
    requirements: list[ParsedRequirement] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    options: list[Option] = field(default_factory=list)
    hints: dict[Hint, None] = field(default_factory=dict)
    unnamed: list[Unnamed] = field(default_factory=list)
    own_names: dict[NormalizedName, None] = field(default_factory=dict)
    indexes: list[NamedIndex] = field(default_factory=list)
    locked_from: set[tuple[str, str]] = field(default_factory=set)
    full: bool = False

    def require(self, requirement: ParsedRequirement) -> None:
        """Keep one requirement; its url and raw text lose their credentials here, whoever made it."""
        if len(self.requirements) >= MAX_REQUIREMENTS:
            if not self.full:
                self.full = True
                message = f"more than {MAX_REQUIREMENTS:,} requirements: the rest is not read"
                self.problem(requirement.source, requirement.line, "", message)
            return
        if len(requirement.name) > MAX_NAME_LENGTH or len(requirement.pinned or "") > MAX_VERSION_LENGTH:
            message = f"a name of more than {MAX_NAME_LENGTH} or a version of more than {MAX_VERSION_LENGTH} characters"
            self.problem(requirement.source, requirement.line, requirement.raw, message)
            return
        url = requirement.url
        self.requirements.append(
            replace(
                requirement,
                url=None if url is None else printable(without_credentials(url)),
                raw=shown(requirement.raw, 2_000),
            )
        )

    def leave_unnamed(self, unnamed: Unnamed) -> None:
        """Record a requirement without a name, and say that it is not judged."""
        if len(self.unnamed) < MAX_PROBLEMS:
            self.unnamed.append(replace(unnamed, text=shown(unnamed.text, 2_000)))
        self.problem(unnamed.source, unnamed.line, unnamed.text, _NOT_JUDGED[unnamed.origin])

    def problem(self, path: str, line: int | None, text: str, message: str) -> None:
        """Record what was not understood; after the limit one last problem says that there are more."""
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(Problem(path, line, shown(text), shown(message, 400)))
        elif len(self.problems) == MAX_PROBLEMS:
            self.problems.append(
                Problem(path, None, "", f"more than {MAX_PROBLEMS:,} problems: the rest is not listed")
            )

    def option(self, name: str, value: str, source: str, line: int | None = None) -> None:
        """Record a setting for the installer."""
        if len(self.options) < MAX_PROBLEMS:
            self.options.append(Option(name, shown(value, 2_000), source, line))

    def index(self, option: IndexOption, url: object, source: str, line: int | None = None) -> None:
        """Record an index that the file names; one that no installer could ask is a problem at its place."""
        text = url if isinstance(url, str) else ""
        fault = fault_of(option, url)
        if fault is not None:
            self.problem(source, line, shown_address(text), f"{option.value}: {fault}")
        if fault in (None, ON_DISK) and len(self.indexes) < MAX_PROBLEMS:
            # One on a disk counts all the same: nothing else is asked in its place.
            self.indexes.append(NamedIndex(source, line, option, text.strip()))
        if option is not IndexOption.LOCKED:
            self.option(option.value, shown_address(text, 2_000), source, line)

    def locked_index(self, url: object, source: str, line: int | None) -> None:
        """Record where a locked package was taken from, each index of a lock once; a folder is none."""
        remote = isinstance(url, str) and url.startswith(("http://", "https://"))
        if remote and (source, url) not in self.locked_from and len(self.locked_from) < MAX_PROBLEMS:
            self.locked_from.add((source, str(url)))
            self.index(IndexOption.LOCKED, url, source, line)

    def hint(self, kind: str, value: str, source: str, line: int | None = None) -> None:
        """Record a sign of today's target, once."""
        hint = Hint(kind, shown(value), source, line)
        if len(self.hints) < MAX_PROBLEMS:
            self.hints[hint] = None

    def own(self, name: object) -> None:
        """Remember the name of the project that a file describes."""
        if isinstance(name, str) and 0 < len(name) < 200:
            self.own_names[canonicalize_name(name)] = None

    def intake(self) -> Intake:
        """The finished value."""
        return Intake(
            tuple(self.sources),
            tuple(self.requirements),
            tuple(self.problems),
            tuple(self.options),
            tuple(self.hints),
            tuple(self.unnamed),
            tuple(self.own_names),
            tuple(self.indexes),
        )
