"""Who plays in tests of the pages: alice manages, bob reads, carol is a stranger. And what their project stores."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.contrib.auth.models import User

from projects.domain.assessment.verdicts import ProjectVerdict, Verdict, count_verdicts
from projects.models import (
    Assessment,
    AssessmentState,
    Membership,
    Origin,
    Project,
    ProjectPackage,
    ProjectTarget,
    Role,
    Snapshot,
    SnapshotRequirement,
    TargetAssessment,
)
from projects.presentation.cell_summary import summarise_cells
from projects.services.assessments.run import changes_since
from scanner.models import Index, Package, PackageState

PASSWORD = "a password of the tests"
LINUX_313 = "cp313-manylinux_2_28_x86_64"
LINUX_314 = "cp314-manylinux_2_28_x86_64"
WINDOWS_313 = "cp313-win_amd64"
TARGETS = (LINUX_313, WINDOWS_313, LINUX_314)
# A working day in the past: nothing that is asserted depends on the clock of this machine.
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Cast:
    """Three people and the project of the first two."""

    alice: User
    bob: User
    carol: User
    project: Project


def make_cast(targets: Sequence[str] = TARGETS) -> Cast:
    """The people and an empty project with targets."""
    alice, bob, carol = (User.objects.create_user(name, f"{name}@team.example") for name in ("alice", "bob", "carol"))
    project = make_project("practice-api", targets)
    Membership.objects.create(project=project, user=alice, role=Role.MANAGER)
    Membership.objects.create(project=project, user=bob, role=Role.READER)
    return Cast(alice, bob, carol, project)


def make_project(name: str, targets: Sequence[str] = TARGETS) -> Project:
    """A project with targets and without members."""
    project = Project.objects.create(name=name, slug=name)
    ProjectTarget.objects.bulk_create(
        ProjectTarget(project=project, slug=slug, position=position) for position, slug in enumerate(targets)
    )
    return project


LACKING = {"reason": "no wheel for cp313; has cp38 to cp312", "cause": "no wheel for cp313"}


def package_row(name: str, verdict: Verdict | str = Verdict.READY, **more: Any) -> dict[str, Any]:
    """A stored package row (design §10) that a verdict makes likely, with whatever is given on top."""
    verdict = Verdict(verdict)
    availability = {
        Verdict.READY: "native",
        Verdict.DEGRADED: "fallback",
        Verdict.UPGRADE: "source",
        Verdict.BLOCKED: "none",
        Verdict.UNKNOWN: "unknown",
        Verdict.INACTIVE: "inactive",
    }
    severity = {Verdict.DEGRADED: "low", Verdict.UPGRADE: "moderate", Verdict.BLOCKED: "critical"}
    newer = {"version": "9.0", "file": f"{name}-9.0-cp313-cp313-win_amd64.whl", "uploaded_at": "2026-01-02T03:04:05Z"}
    return {
        "name": name,
        "version": "1.0",
        "direct": True,
        "paths": [],
        "availability": availability[verdict],
        "detail": None,
        "yanked": False,
        "verdict": verdict.value,
        "severity": severity.get(verdict, "none"),
        "file": f"{name}-1.0-cp313-cp313-win_amd64.whl" if verdict is Verdict.READY else None,
        "tag": "cp313-cp313-win_amd64" if verdict is Verdict.READY else None,
        "uploaded_at": "2025-05-06T07:08:09Z" if verdict is Verdict.READY else None,
        "reason": "" if verdict is Verdict.READY else LACKING["reason"],
        "first_available": newer if verdict is Verdict.UPGRADE else None,
        "latest_available": newer if verdict is Verdict.UPGRADE else None,
        "specifier": "==1.0",
        "source": "requirements.txt",
        "line": 3,
        "advice": "Nothing to do.",
        "error": None,
        "newest": {**LACKING, "version": "1.0"} if verdict is Verdict.BLOCKED else None,
        "pending": False,
        **more,
    }


def project_verdict(verdicts: Sequence[Verdict]) -> ProjectVerdict:
    """What such packages likely mean for the project; the real rules are the resolver's."""
    for verdict, meaning in (
        (Verdict.BLOCKED, ProjectVerdict.NO_GO),
        (Verdict.UNKNOWN, ProjectVerdict.UNKNOWN),
        (Verdict.UPGRADE, ProjectVerdict.CONDITIONAL),
    ):
        if verdict in verdicts:
            return meaning
    return ProjectVerdict.GO


def take_snapshot_of(project: Project, names: Sequence[str], **more: Any) -> Snapshot:
    """A snapshot whose requirements are `names`, pinned to 1.0, without any assessment."""
    snapshot = Snapshot.objects.create(
        project=project,
        origin=more.pop("origin", Origin.PASTE),
        digest=hashlib.sha256(" ".join(names).encode()).hexdigest(),
        **more,
    )
    SnapshotRequirement.objects.bulk_create(
        SnapshotRequirement(
            snapshot=snapshot, name=name, specifier="==1.0", pinned="1.0", source="requirements.txt", line=line
        )
        for line, name in enumerate(names, 1)
    )
    return snapshot


def assess_as(
    project: Project,
    rows: Mapping[str, Sequence[Mapping[str, Any]]],
    *,
    snapshot: Snapshot | None = None,
    missing: Sequence[str] = (),
    at: datetime = NOON,
    resting: Sequence[str] | None = None,
) -> Assessment:
    """Store an assessment with these package rows by target, and the packages that it rests on (all, or `resting`)."""
    names = sorted({row["name"] for target in rows.values() for row in target})
    made = Assessment(
        snapshot=snapshot or take_snapshot_of(project, names),
        project=project,
        state=AssessmentState.PARTIAL if missing else AssessmentState.COMPLETE,
        index_url="https://index.example/simple/",
        missing=list(missing),
        created_at=at,
        confirmed_at=at,
    )
    made.changes, made.changed_since = changes_since(made, rows)
    made.save()
    for position, (target, packages) in enumerate(rows.items()):
        verdicts = [Verdict(row["verdict"]) for row in packages]
        TargetAssessment.objects.create(
            assessment=made,
            target=target,
            position=position,
            verdict=project_verdict(verdicts).value,
            counts=dict(count_verdicts(verdicts)),
            packages=list(packages),
            shown=summarise_cells(packages),
        )
    rest_on(project, names if resting is None else resting, checked_at=at)
    return made


def rest_on(project: Project, names: Sequence[str], *, checked_at: datetime | None = NOON) -> None:
    """The packages of a project as polls left them, on the index that settings name."""
    from scanner.services.indexes import get_index

    index: Index = get_index()
    for name in names:
        package, _ = Package.objects.get_or_create(
            index=index, name=name, defaults={"state": PackageState.CURRENT, "checked_at": checked_at}
        )
        ProjectPackage.objects.get_or_create(project=project, package=package)


def usual_rows(moved: int = 0) -> dict[str, list[dict[str, Any]]]:
    """Four packages on the three targets: ready, slower, to upgrade, and blocked on Python 3.14."""
    everywhere = [
        package_row("aiohttp", Verdict.READY),
        package_row("sqlalchemy", Verdict.DEGRADED),
        package_row("orjson", Verdict.READY if moved else Verdict.UPGRADE),
    ]
    return {
        LINUX_313: [*everywhere, package_row("pyyaml", Verdict.READY)],
        WINDOWS_313: [*everywhere, package_row("pyyaml", Verdict.UPGRADE)],
        LINUX_314: [*everywhere, package_row("pyyaml", Verdict.BLOCKED)],
    }
