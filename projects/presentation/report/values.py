"""The report as a value: one document for a project and a target, which Markdown, HTML and JSON render.

The names of the fields are the keys of the JSON form. Dates are ISO 8601 texts.
"""

from __future__ import annotations

from msgspec import Struct

from projects.domain.report.planned_set import PinnedFile


class ReportedChange(Struct, frozen=True):
    """A package that the plan changes, with the size of the step and the reason."""

    name: str
    before: str
    after: str
    size: str
    direct: bool
    why: str


class ReportedIssue(Struct, frozen=True):
    """A package that does not install as required.

    `arrives` is the path by which the requirements lead to it; `clears` the first version that installs, `diff` the
    change of the project's files that leads to it, both empty where there is none.
    """

    name: str
    version: str
    severity: str
    verdict: str
    reason: str
    arrives: str
    error: str
    clears: str
    diff: str


class ReportedPackage(Struct, frozen=True):
    """A package of the set as required. `file` is what an installer takes, `uploaded` its date.

    `direct` is None where the files list the package and do not say whether the project itself requires it.
    """

    name: str
    version: str
    direct: bool | None
    file: str
    uploaded: str
    reason: str
    flags: tuple[str, ...] = ()


class PackageCategory(Struct, frozen=True):
    """The packages of one availability. `look` is the verdict that gives the color."""

    title: str
    meaning: str
    look: str
    packages: tuple[ReportedPackage, ...]


class ReachablePython(Struct, frozen=True):
    """A Python on the report's platform. `reach` is the verdict there, `is_this` marks the report's target."""

    target: str
    python: str
    reach: str
    text: str
    end_of_life: str
    is_this: bool


class RemovedModules(Struct, frozen=True):
    """Modules of the standard library that a Python no longer has."""

    python: str
    name: str
    instead: str
    source: str


class PythonChange(Struct, frozen=True):
    """Another incompatible change of a Python, with its source."""

    python: str
    text: str
    source: str


class ChecklistItem(Struct, frozen=True):
    """A line of the checklist. `done`: it is proven, and `proof` says by what."""

    done: bool
    text: str
    proof: str


class RewrittenRequirements(Struct, frozen=True):
    """The new requirements: the root file's text, all changes as a patch, and lines to paste."""

    text: str
    patch: str
    constraints: str
    pip: str
    uv: str
    commands: tuple[str, ...]
    problems: tuple[str, ...]


class MigrationReport(Struct, frozen=True):
    """The whole report, in the order of reading. `valid` says how long its parts hold."""

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
    dropped: tuple[str, ...]
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
