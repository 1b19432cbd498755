"""Assessments, in the shape of the machine-readable assessment (docs/schema.md)."""

from __future__ import annotations

from typing import Any

from ninja import Field, Schema

from projects.api.answers import PagedList
from projects.domain.assessment.verdicts import ProjectVerdict, Severity, Verdict


class VerdictDocument(Schema):
    """What an assessment says about one target, in short."""

    target: str
    verdict: ProjectVerdict
    counts: dict[str, int] = Field(description="packages by verdict")
    blockers: list[str]


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
