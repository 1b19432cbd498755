"""Who plays in tests of the pages: alice manages, bob reads, carol is a stranger. And what their project stores."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from django.contrib.auth.models import User
from msgspec import Struct
from packaging.utils import NormalizedName

from projects.domain.assessment.package_result import AvailableVersion, NewestMismatch, PackageResult
from projects.domain.assessment.provenance import Provenance
from projects.domain.assessment.reasons import PackageReason, ReasonKind
from projects.domain.assessment.target_result import TargetResult
from projects.domain.assessment.verdicts import ProjectVerdict, Severity, Verdict
from projects.domain.permissions import Role
from projects.models import (
    Assessment,
    AssessmentState,
    Membership,
    Origin,
    Project,
    ProjectPackage,
    ProjectTarget,
    Snapshot,
    SnapshotRequirement,
    TargetAssessment,
    Team,
)
from projects.presentation.cell_summary import cells_to_json
from projects.services.assessments.store import changes_since
from scanner.domain.matching.availability import Availability
from scanner.domain.matching.reason import AvailabilityReason, MismatchKind, WheelMismatch
from scanner.models import Index, Package, PackageState

PASSWORD = "a password of the tests"
LINUX_313 = "cp313-manylinux_2_28_x86_64"
LINUX_314 = "cp314-manylinux_2_28_x86_64"
WINDOWS_313 = "cp313-win_amd64"
TARGETS = (LINUX_313, WINDOWS_313, LINUX_314)
# A working day in the past: nothing that is asserted depends on the clock of this machine.
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


class Cast(Struct, frozen=True):
    """Three people and the project of the first two."""

    alice: User
    bob: User
    carol: User
    project: Project


def make_cast(targets: Sequence[str] = TARGETS) -> Cast:
    """The people and an empty project with targets."""
    alice, bob, carol = (User.objects.create_user(name, f"{name}@team.example") for name in ("alice", "bob", "carol"))
    project = make_project("practice-api", targets)
    add_member(project, alice, Role.MANAGER)
    add_member(project, bob, Role.READER)
    return Cast(alice, bob, carol, project)


def bare_project(name: str, slug: str = "", **fields: Any) -> Project:
    """A project of a team of its own, without targets and members, whose slug is its name unless one is given."""
    return Project.objects.create(
        team=Team.objects.create(name=name, slug=slug or name), name=name, slug=slug or name, **fields
    )


def add_member(project: Project, user: User, role: Role) -> None:
    """Make the user a member of the team that has the project."""
    Membership.objects.create(team=project.team, user=user, role=role)


def role_of(project: Project, user: User) -> str | None:
    """The role of the user in the project's team, None without one."""
    return Membership.objects.filter(team=project.team, user=user).values_list("role", flat=True).first()


def only_member(project: Project) -> User:
    """The one who is alone in the project's team."""
    return Membership.objects.get(team=project.team).user


def make_project(name: str, targets: Sequence[str] = TARGETS) -> Project:
    """A project with targets and without members."""
    project = bare_project(name)
    ProjectTarget.objects.bulk_create(
        ProjectTarget(project=project, slug=slug, position=position) for position, slug in enumerate(targets)
    )
    return project


LACKING = WheelMismatch(MismatchKind.PYTHON, ("cp38 to cp312",), "cp313")
_AVAILABILITY = {
    Verdict.READY: Availability.NATIVE,
    Verdict.DEGRADED: Availability.FALLBACK,
    Verdict.HELD_BACK: Availability.NATIVE,
    Verdict.UPGRADE: Availability.SOURCE,
    Verdict.BLOCKED: Availability.NONE,
    Verdict.NOT_JUDGED: Availability.UNKNOWN,
    Verdict.IGNORED: Availability.NONE,
    Verdict.UNKNOWN: Availability.UNKNOWN,
    Verdict.INACTIVE: Availability.INACTIVE,
}
_SEVERITY = {
    Verdict.DEGRADED: Severity.LOW,
    Verdict.UPGRADE: Severity.MODERATE,
    Verdict.BLOCKED: Severity.CRITICAL,
}


def make_package(
    name: str,
    verdict: Verdict | str = Verdict.READY,
    *,
    direct: bool | None = True,
    paths: Sequence[Sequence[str]] = (),
    specifier: str = "==1.0",
    source: str = "requirements.txt",
    **fields: Any,
) -> PackageResult:
    """A result that the verdict makes likely, with whatever is given on top."""
    verdict = Verdict(verdict)
    availability = fields.get("availability", _AVAILABILITY[verdict])
    is_ready = verdict is Verdict.READY
    reason = files_reason(availability, None if is_ready else LACKING)
    newer = AvailableVersion("9.0", f"{name}-9.0-cp313-cp313-win_amd64.whl", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))
    usual: dict[str, Any] = {
        "version": "1.0",
        "availability": availability,
        "severity": _SEVERITY.get(verdict, Severity.NONE),
        "file": f"{name}-1.0-cp313-cp313-win_amd64.whl" if is_ready else None,
        "tag": "cp313-cp313-win_amd64" if is_ready else None,
        "uploaded_at": datetime(2025, 5, 6, 7, 8, 9, tzinfo=UTC) if is_ready else None,
        "reason": reason,
        "first_available": newer if verdict is Verdict.UPGRADE else None,
        "latest_available": newer if verdict is Verdict.UPGRADE else None,
        "newest_mismatch": NewestMismatch("1.0", reason) if verdict is Verdict.BLOCKED else None,
    }
    return PackageResult(
        name=NormalizedName(name),
        verdict=verdict,
        provenance=Provenance(direct, specifier, source, 3, tuple(map(tuple, paths))),
        **{**usual, **fields},
    )


def files_reason(availability: Availability, mismatch: WheelMismatch | None) -> PackageReason:
    """A reason that the files of a release give."""
    tag = "cp313-cp313-win_amd64" if mismatch is None else None
    return PackageReason(ReasonKind.FILES, files=AvailabilityReason(availability, tag, mismatch))


def project_verdict(verdicts: Sequence[Verdict]) -> ProjectVerdict:
    """What such packages likely mean for the project; the real rules are the resolver's."""
    for verdict, meaning in (
        (Verdict.BLOCKED, ProjectVerdict.NO_GO),
        (Verdict.UNKNOWN, ProjectVerdict.UNKNOWN),
        (Verdict.UPGRADE, ProjectVerdict.CONDITIONAL),
        (Verdict.HELD_BACK, ProjectVerdict.CONDITIONAL),
        (Verdict.NOT_JUDGED, ProjectVerdict.CONDITIONAL),
        (Verdict.IGNORED, ProjectVerdict.CONDITIONAL),
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
    packages: Mapping[str, Sequence[PackageResult]],
    *,
    snapshot: Snapshot | None = None,
    missing: Sequence[str] = (),
    at: datetime = NOON,
    resting: Sequence[str] | None = None,
) -> Assessment:
    """Store an assessment with these packages by target, and the packages that it rests on (all, or `resting`)."""
    names = sorted({package.name for column in packages.values() for package in column})
    made = Assessment(
        snapshot=snapshot or take_snapshot_of(project, names),
        project=project,
        state=AssessmentState.PARTIAL if missing else AssessmentState.COMPLETE,
        index_url="https://index.example/simple/",
        missing=list(missing),
        created_at=at,
        confirmed_at=at,
    )
    made.changes, made.changed_since = changes_since(made, packages)
    made.save()
    for position, (target, column) in enumerate(packages.items()):
        verdict = project_verdict([package.verdict for package in column])
        row = TargetAssessment.from_result(TargetResult(target, verdict, tuple(column)), position)
        row.assessment, row.shown = made, cells_to_json(column)
        row.is_decided = not missing or verdict is not ProjectVerdict.UNKNOWN
        row.save()
    rest_on(project, names if resting is None else resting, checked_at=at)
    return made


def rest_on(project: Project, names: Sequence[str], *, checked_at: datetime | None = NOON) -> None:
    """The packages of a project as polls left them, on the index that settings name."""
    from scanner.services.indexes import get_index

    index: Index = get_index()
    Package.objects.bulk_create(
        [Package(index=index, name=name, state=PackageState.CURRENT, checked_at=checked_at) for name in names],
        ignore_conflicts=True,
    )
    packages = Package.objects.filter(index=index, name__in=names).order_by("pk")
    ProjectPackage.objects.bulk_create(
        [ProjectPackage(project=project, package=package) for package in packages], ignore_conflicts=True
    )


def usual_rows(moved: int = 0) -> dict[str, list[PackageResult]]:
    """Four packages on the three targets: ready, slower, to upgrade, and blocked on Python 3.14."""
    everywhere = [
        make_package("aiohttp", Verdict.READY),
        make_package("sqlalchemy", Verdict.DEGRADED),
        make_package("orjson", Verdict.READY if moved else Verdict.UPGRADE),
    ]
    return {
        LINUX_313: [*everywhere, make_package("pyyaml", Verdict.READY)],
        WINDOWS_313: [*everywhere, make_package("pyyaml", Verdict.UPGRADE)],
        LINUX_314: [*everywhere, make_package("pyyaml", Verdict.BLOCKED)],
    }
