"""The documents of the API. Those of assessments have the shape of the machine-readable assessment (docs/schema.md)."""

from __future__ import annotations

from typing import Any

from ninja import Field, Schema

from projects.api.answers import PagedList, Text
from projects.domain.assessment.verdicts import ProjectVerdict, Severity, Verdict


class KeyDocument(Schema):
    """The key of the request."""

    prefix: str
    name: str
    user: str
    can_write: bool
    project: str | None = Field(description="the only project that it is for; null: all of the user's")
    created_at: str
    last_used_at: str | None


class TargetDocument(Schema):
    """A target of the catalogue."""

    slug: str
    name: str
    label: str
    aliases: list[str]


class TargetList(PagedList):
    """Targets of the catalogue."""

    items: list[TargetDocument]


class VerdictDocument(Schema):
    """What an assessment says about one target, in short."""

    target: str
    verdict: ProjectVerdict
    counts: dict[str, int] = Field(description="packages by verdict")
    blockers: list[str]


class ProjectDocument(Schema):
    """A project."""

    slug: str
    name: str
    tags: list[str]
    role: str
    targets: list[str]
    url: str = Field(description="the page for people")
    assessed_at: str | None = Field(description="when the newest assessment was last confirmed; null: none yet")
    is_complete: bool = Field(description="whether that assessment waits for nothing more of the index")
    verdicts: list[VerdictDocument]


class ProjectList(PagedList):
    """Projects, by name."""

    items: list[ProjectDocument]


class SnapshotFiles(Schema):
    """Dependency files to assess, which become the newest snapshot."""

    files: dict[str, str] = Field(description="texts by path", min_length=1, max_length=50)
    roots: list[Text] = Field([], description="the paths that list requirements; empty: those that no other includes")
    commit: str = Field("", pattern=r"^(?:[0-9a-f]{7,64})?$", description="the commit that has them")
    ref: str = Field("", pattern=r"^[ -~]{0,200}$", description="the branch or tag")


class NewProject(SnapshotFiles):
    """A project to create, with its first snapshot."""

    name: str = Field(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f-\x9f]*$")
    targets: list[Text] = Field(min_length=1, max_length=60, description="slugs or names of targets")


class SnapshotRepository(Schema):
    """A repository with files in a snapshot, and their folder; it is empty where they are the only ones."""

    name: str
    folder: str
    commit: str


class SnapshotDocument(Schema):
    """A snapshot."""

    id: int
    commit: str
    ref: str
    origin: str
    author: str
    taken_at: str
    requirements: int
    files: int
    repositories: list[SnapshotRepository]


class SnapshotList(PagedList):
    """Snapshots of a project, newest first; the newest hundred are kept in the list."""

    items: list[SnapshotDocument]


class SnapshotTexts(Schema):
    """The files of a snapshot, without credentials."""

    id: int
    files: dict[str, str]


class Accepted(Schema):
    """What was stored of files that were sent."""

    project: str
    snapshot: int | None = Field(description="null: the files are still being read")


class WheelImportDocument(Schema):
    """An import in a wheel of a module that some Pythons lack."""

    module: str
    path: str
    line: int
    guard: str = Field(description="what happens where it is missing: certain, other-module, call, script …")
    pythons: str = Field(description="the Pythons that lack it, as a specifier")


class CompiledFindingDocument(Schema):
    """A compiled module that needs more than the tags of its wheel say, or NumPy 1."""

    fault: str = Field(description="numpy-1, glibc or stable-abi")
    path: str
    needs: str
    promised: str


class CompiledModulesDocument(Schema):
    """What was read of the compiled modules of a wheel."""

    findings: list[CompiledFindingDocument]
    modules: int
    unread: int
    numpy: int | None
    error: str | None


class WheelDocument(Schema):
    """What was read of a wheel (docs/schema.md)."""

    file: str
    modules: list[str]
    python_files: int
    unread: int
    imports: list[WheelImportDocument]
    compiled: CompiledModulesDocument | None


class AssessmentDocument(Schema):
    """A machine-readable assessment (docs/schema.md)."""

    schema_: int = Field(alias="schema")
    generated_at: str
    index: dict[str, Any]
    sources: list[dict[str, Any]]
    problems: list[dict[str, Any]]
    requirements: list[dict[str, Any]]
    assessments: list[dict[str, Any]]
    bridge: dict[str, Any] | None
    wheels: list[WheelDocument] = Field(description="what was read of the wheels that the packages take")


class AssessmentItem(Schema):
    """A stored assessment, in short."""

    id: int
    snapshot: int
    state: str
    trigger: str
    created_at: str
    confirmed_at: str
    verdicts: list[VerdictDocument]


class AssessmentList(PagedList):
    """Assessments of a project, newest first."""

    items: list[AssessmentItem]


class TargetPackage(Schema):
    """A package on a target: an entry of `packages` of the machine-readable assessment, with its target."""

    target: str
    name: str
    version: str | None
    direct: bool | None
    availability: str
    verdict: Verdict
    severity: Severity
    file: str | None
    tag: str | None
    reason: str
    advice: str
    first_available: dict[str, Any] | None
    latest_available: dict[str, Any] | None
    declared: str


class TargetPackageList(PagedList):
    """Packages of the newest assessment on its targets."""

    items: list[TargetPackage]


class PlanDocument(Schema):
    """A plan of the machine-readable assessment."""

    target: str
    strategy: str
    feasible: bool
    reason: str | None
    changes: list[dict[str, Any]]
    pins: dict[str, str]
    files: dict[str, str]
    patch: str


class PackageInUse(Schema):
    """A package that projects use."""

    name: str
    projects: list[str]
    checked_at: str | None


class PackagesInUse(PagedList):
    """Packages of the visible projects, by name."""

    items: list[PackageInUse]


class MatrixOffer(Schema):
    """What a release offers on a target."""

    target: str
    availability: str
    yanked: bool


class MatrixRelease(Schema):
    """A release on the targets of the matrix."""

    version: str
    uploaded_at: str | None
    cells: list[MatrixOffer]


class MatrixDocument(Schema):
    """The newest releases of a package on targets."""

    name: str
    status: str
    checked_at: str | None
    releases: list[MatrixRelease]
    release_count: int = Field(description="how many releases the index has in all")


class NewWatch(Schema):
    """A watch to set: of a cell, or without a package of a whole target."""

    target: Text
    package: Text | None = None


class WatchDocument(Schema):
    """A watch of the key's user."""

    id: int
    project: str
    target: str
    package: str | None = Field(description="null: the whole target")
    state: str
    since: str


class WatchList(PagedList):
    """Watches of the key's user, active ones first."""

    items: list[WatchDocument]


class ProofDocument(Schema):
    """The last proof that the planned set of a project ran on a target, or did not."""

    target: str
    ran: bool
    is_current: bool = Field(description="whether the set is the one that would be installed now")
    received_at: str
    python: str
    machine: str
    isolation: str
    tests_passed: bool | None
    failed: list[dict[str, str]]
    pins: dict[str, str]


class ProofList(PagedList):
    """Proofs of a project, one for each target that has any."""

    items: list[ProofDocument]


class NewTargets(Schema):
    """The targets of a project that is created."""

    target: list[Text] = Field([], max_length=60, description="slugs or names of targets")
