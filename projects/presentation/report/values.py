"""The report as a value: one document for a project and a target, which Markdown, HTML and JSON say alike."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReportedChange:
    """One package that must move, with the size of the step and the reason."""

    name: str
    before: str
    after: str
    size: str
    direct: bool
    why: str


@dataclass(frozen=True, slots=True)
class ReportedIssue:
    """A package that stands in the way as required. `arrives` is how it comes into the set; `diff` what to write."""

    name: str
    version: str
    severity: str
    verdict: str
    reason: str
    arrives: str
    error: str
    clears: str
    diff: str


@dataclass(frozen=True, slots=True)
class ReportedPackage:
    """One package of the set as it is required today. `file` is what an installer would take, with its upload date.

    `direct` is None where the files list it and do not say whether the project itself asks for it.
    """

    name: str
    version: str
    direct: bool | None
    file: str
    uploaded: str
    reason: str
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PackageCategory:
    """The packages of one kind of availability. `look` is the verdict that colours it."""

    title: str
    meaning: str
    look: str
    packages: tuple[ReportedPackage, ...]


@dataclass(frozen=True, slots=True)
class ReachablePython:
    """One step of the ladder: a Python on the report's platform. `reach` is go, conditional, no-go or unknown."""

    target: str
    python: str
    reach: str
    text: str
    end_of_life: str
    is_this: bool


@dataclass(frozen=True, slots=True)
class RemovedModules:
    """Standard modules that a Python no longer has."""

    python: str
    name: str
    instead: str
    source: str


@dataclass(frozen=True, slots=True)
class PythonChange:
    """Another change of a Python, with its source."""

    python: str
    text: str
    source: str


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """One line of the check list; ticked when it is already proven, and `proof` says by what."""

    done: bool
    text: str
    proof: str


@dataclass(frozen=True, slots=True)
class PinnedFile:
    """One file that the plan would install. `uploaded` is a date, "" where the index gives none."""

    name: str
    version: str
    file: str
    uploaded: str
    availability: str


@dataclass(frozen=True, slots=True)
class RewrittenRequirements:
    """The new requirements: the root file's text, all changes as a patch, and lines to paste."""

    text: str
    patch: str
    constraints: str
    pip: str
    uv: str
    commands: tuple[str, ...]
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MigrationReport:
    """Everything in the order in which it is read. Dates are ISO texts. A name that stands on several indexes is among
    the findings.
    """

    schema: int
    project: str
    target: str
    target_label: str
    verdict: str
    headline: str
    generated_at: str
    index: str
    extra_indexes: tuple[str, ...]
    sources: tuple[str, ...]
    findings: tuple[str, ...]
    moves: tuple[ReportedChange, ...]
    added: tuple[str, ...]
    no_path: str
    issues: tuple[ReportedIssue, ...]
    categories: tuple[PackageCategory, ...]
    ladder: tuple[ReachablePython, ...]
    today: str
    removed: tuple[RemovedModules, ...]
    changes: tuple[PythonChange, ...]
    end_of_life: str
    platform_notes: tuple[str, ...]
    written: RewrittenRequirements | None
    checks: tuple[ChecklistItem, ...]
    evidence: tuple[PinnedFile, ...]
    valid: tuple[str, ...]
    problems: tuple[str, ...]
