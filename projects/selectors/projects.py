"""What the pages of one project read, each with a fixed number of queries."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet, Subquery, TextField
from django.db.models.functions import Cast
from packaging.utils import canonicalize_name

from projects.domain.assessment.diff import changes_from_json
from projects.domain.assessment.package_result import PackageResult
from projects.domain.assessment.stop_reason import StopReason
from projects.domain.assessment.stored_conflict import conflict_from_text
from projects.domain.assessment.verdicts import ProjectVerdict
from projects.domain.dependency_files import split_choices
from projects.domain.dependency_files.values import FileProblem, RuntimeHint
from projects.domain.received_proof import ReceivedProof
from projects.models import (
    Assessment,
    AssessmentState,
    ConsultedPackage,
    PackageRows,
    Project,
    ProjectPackage,
    Snapshot,
    SnapshotRequirement,
    StoredProof,
    Subscription,
    TargetAssessment,
)
from projects.presentation.cell_summary import cells_from_text, marked
from projects.presentation.known_targets import read_target
from projects.presentation.stored import (
    IndexReading,
    PendingRequirement,
    ProjectState,
    SnapshotLine,
    StoredAssessment,
    TargetSummary,
)
from projects.selectors.cells import made_cells
from projects.selectors.indexes import notices_of
from scanner.domain.releases.name_confusion import NameConfusion

if TYPE_CHECKING:
    from django.contrib.auth.models import User


# The states of a package that no index of the project has, and of one for which the index has not answered yet.
_MISSING, _PENDING = "missing", "pending"


def project_state(project: Project, *, has_proofs: bool = True) -> ProjectState:
    """Return what is stored about one project. Seven queries at most, one less for a project without proofs.

    One more tells how far the index is read while the assessment is partial.
    """
    targets = tuple(project.targets.values_list("slug", flat=True))
    count = Count("requirements", filter=Q(requirements__constraint=False))
    snapshot = Snapshot.objects.filter(project=project).annotate(asked=count).order_by("-pk").first()
    if snapshot is None:
        return ProjectState(targets, None, None, 0, (), (), None)
    newest = Assessment.objects.filter(snapshot=snapshot).newest_first().first()
    sent = StoredProof.objects.filter(project=project) if has_proofs else ()
    proofs = {row.target: ReceivedProof.from_json(row.content) for row in sent}
    assessment = _stored(newest, proofs) if newest else None
    requirements: tuple[PendingRequirement, ...] = ()
    if assessment is None or not assessment.targets.keys() >= set(targets):
        requirements = _pending(project, snapshot)
    packages = ProjectPackage.objects.filter(project=project).aggregate(
        checked_at=Min("package__checked_at"),
        names=Count("package__name", distinct=True),
        found=Count("package__name", distinct=True, filter=~Q(package__state=_MISSING)),
    )
    return ProjectState(
        targets=targets,
        checked_at=packages["checked_at"],
        names_asked=packages["names"],
        names_missing=packages["names"] - packages["found"],
        snapshot=snapshot_line(snapshot),
        requirement_count=getattr(snapshot, "asked", 0),
        requirements=requirements,
        problems=tuple(FileProblem(**problem) for problem in snapshot.problems),
        assessment=assessment,
        reading=_reading(project, snapshot) if assessment and not assessment.is_complete else IndexReading(),
        hints=tuple(RuntimeHint(**hint) for hint in snapshot.hints),
        notices=notices_of(project, snapshot),
    )


def _pending(project: Project, snapshot: Snapshot) -> tuple[PendingRequirement, ...]:
    """Return the requirements that no assessment has judged yet, without those of groups that do not count. One query.

    A row has the first of its groups.
    """
    chosen = {canonicalize_name(name) for names in split_choices(project.groups) for name in names}
    rows = snapshot.requirements.filter(constraint=False).values_list(
        *("group", "name", "pinned", "source", "line", "specifier", "direct")
    )
    return tuple(
        PendingRequirement._make(row) for group, *row in rows if not group or canonicalize_name(group) in chosen
    )


def _reading(project: Project, snapshot: Snapshot) -> IndexReading:
    """Return which packages the index has answered for. One query."""
    asked = SnapshotRequirement.objects.filter(snapshot=snapshot, constraint=False, name=OuterRef("package__name"))
    used, consulted = (
        model.objects.filter(project=project)
        .exclude(package__state=_PENDING)
        .values_list("package__name", Exists(asked))
        for model in (ProjectPackage, ConsultedPackage)
    )
    found = dict(used.union(consulted))
    required = frozenset(name for name, is_required in found.items() if is_required)
    return IndexReading(required, len(found) - len(required))


def package_results(state: ProjectState) -> dict[str, list[PackageResult]]:
    """Return all results of the assessment that the pages show, by target. One query."""
    if state.assessment is None:
        return {}
    rows = TargetAssessment.objects.filter(assessment=state.assessment.pk).values_list("target", "packages")
    return {target: list(map(PackageResult.from_json, packages)) for target, packages in rows}


def package_result(project: Project, target: str, package: str) -> PackageResult | None:
    """Return the result of one package on one target in the newest snapshot's newest assessment. One query."""
    newest_snapshot = Snapshot.objects.newest_key(project)
    found = (
        TargetAssessment.objects.filter(assessment__snapshot=Subquery(newest_snapshot), target=target)
        .order_by("-assessment_id")
        .annotate(found=PackageRows([package]))
        .values_list("found", flat=True)
        .first()
    )
    return PackageResult.from_json(found[0]) if found else None


def own_requirement(project: Project, package: PackageResult) -> str:
    """Return the project's own requirement of a package as its file has it, "" where no line names it. One query.

    Extras, specifier and marker are as written; a URL is left out, as it may hold a login.
    """
    newest = Snapshot.objects.newest_key(project)
    provenance = package.provenance
    rows = SnapshotRequirement.objects.filter(
        snapshot=Subquery(newest), name=package.name, source=provenance.source or "", line=provenance.line
    )
    row = rows.first()
    if row is None:
        return ""
    extras = f"[{','.join(row.extras)}]" if row.extras else ""
    return f"{row.name}{extras}{row.specifier}" + (f"; {row.marker}" if row.marker else "")


def stored_confusions(project: Project) -> list[NameConfusion]:
    """Return the confused names of the newest snapshot's newest assessment. One query."""
    newest_snapshot = Snapshot.objects.newest_key(project)
    newest = Assessment.objects.filter(snapshot=Subquery(newest_snapshot)).newest_first()
    return [NameConfusion.from_json(one) for one in newest.values_list("confusions", flat=True).first() or ()]


def is_watching(user: User, project: Project, target: str, package: str) -> bool:
    """Whether the user has an active watch on the cell. One query."""
    return (
        Subscription.objects.active().filter(user=user, project=project, target=target, package__name=package).exists()
    )


def first_check(project: Any) -> QuerySet[Any, datetime | None]:
    """Return when the index answered for each package of the project, longest ago first: a page is as old as that."""
    answered = ProjectPackage.objects.filter(project=project, package__checked_at__isnull=False)
    return answered.order_by("package__checked_at").values_list("package__checked_at", flat=True)


def _stored(assessment: Assessment, proofs: Mapping[str, ReceivedProof]) -> StoredAssessment:
    # The rows themselves are many times as large as what is shown of them, which is quicker to read as text.
    rows = list(
        assessment.targets.annotate(text=Cast("shown", TextField())).values_list(
            "pk", "target", "verdict", "counts", "conflict", "is_decided", "text"
        )
    )
    stored = {row[0]: cells_from_text(row[-1]) for row in rows}
    made = made_cells([pk for pk, cells in stored.items() if cells is None])
    return StoredAssessment(
        pk=assessment.pk,
        created_at=assessment.created_at,
        confirmed_at=assessment.confirmed_at,
        is_complete=assessment.state == AssessmentState.COMPLETE,
        missing=tuple(assessment.missing),
        stopped=StopReason(assessment.stopped) if assessment.stopped else None,
        next_try_at=assessment.next_try_at,
        targets={
            target: TargetSummary(
                target,
                ProjectVerdict(verdict),
                counts,
                conflict_from_text(conflict),
                marked(stored[pk] or made.get(pk, ()), proofs.get(target), without_gil=_is_without_gil(target)),
                is_decided,
            )
            for pk, target, verdict, counts, conflict, is_decided, _ in rows
        },
        changes=changes_from_json(assessment.changes),
        changed_since=assessment.changed_since,
        confusions=tuple(NameConfusion.from_json(one) for one in assessment.confusions),
    )


def _is_without_gil(slug: str) -> bool:
    target = read_target(slug)
    return target is not None and target.python.free_threaded


def snapshot_line(snapshot: Snapshot | None) -> SnapshotLine | None:
    """Return a snapshot in a few words."""
    if snapshot is None:
        return None
    return SnapshotLine(snapshot.commit[:7] or f"#{snapshot.pk}", snapshot.get_origin_display(), snapshot.created_at)
