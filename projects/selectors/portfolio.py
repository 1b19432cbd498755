"""What the portfolio reads of all projects of a user, with a fixed number of queries."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from django.db.models import Exists, Min, OuterRef, Subquery

from projects.domain.assessment.diff import PackageChange, changes_from_json
from projects.domain.assessment.verdicts import SEVERITIES, ProjectVerdict
from projects.domain.upstream.note_facts import NoteFacts
from projects.domain.upstream.notes import NoteKind
from projects.models import Assessment, Note, Project, ProjectTarget, ShownCells, Snapshot, TargetAssessment
from projects.presentation.cell_summary import WORK, read_cells, serving_version
from projects.presentation.portfolio.burndown import sample_days
from projects.presentation.portfolio.headlines import all_headlines, default_headlines, slugs_of
from projects.presentation.portfolio.query import PortfolioQuery
from projects.presentation.portfolio.stored import (
    DeletedProject,
    PastOutcomes,
    PortfolioState,
    RecentNote,
    StoredOutcome,
    StoredProject,
)
from projects.presentation.upstream_notes import describe_note
from projects.selectors.cells import made_cells
from projects.selectors.projects import first_check, snapshot_line

if TYPE_CHECKING:
    from django.contrib.auth.models import User

_WEEK = timedelta(days=7)
_MOST_NOTES = 200


def portfolio_state(user: User, query: PortfolioQuery, now: datetime) -> PortfolioState:
    """Return what is stored about the user's projects, on the headlines of the query. Eleven queries at most."""
    newest_snapshot = Snapshot.objects.newest_key(OuterRef("pk"))
    asking = Snapshot.objects.filter(pk=OuterRef("snapshot_pk"), requirements__constraint=False)
    newest = Assessment.objects.filter(snapshot=OuterRef("snapshot_pk")).newest_first()
    rows = list(
        Project.objects.visible_to(user)
        .annotate(snapshot_pk=Subquery(newest_snapshot))
        .annotate(assessment_pk=Subquery(newest.values("pk")[:1]), checked=Subquery(first_check(OuterRef("pk"))[:1]))
        .annotate(asks=Exists(asking), is_assessed=Exists(newest.complete()))
        .order_by("name", "pk")
        .values(
            *("pk", "name", "slug", "snapshot_pk", "assessment_pk", "checked", "tags", "asks", "is_assessed"),
            *("team__slug", "team__name"),
        )
    )
    pks = [row["pk"] for row in rows]
    targets: dict[int, list[str]] = {}
    for pk, slug in ProjectTarget.objects.filter(project__in=pks).values_list("project_id", "slug"):
        targets.setdefault(pk, []).append(slug)
    lists = [targets[pk] for pk in pks if pk in targets]
    known = all_headlines(lists)
    headlines = tuple(one for one in known if one.key in query.on) or default_headlines(lists, known)
    slugs = slugs_of(lists, headlines)
    snapshots = Snapshot.objects.in_bulk([row["snapshot_pk"] for row in rows if row["snapshot_pk"]])
    outcomes = _outcomes([row["assessment_pk"] for row in rows if row["assessment_pk"]], slugs)
    first = Assessment.objects.filter(project__in=pks).complete().aggregate(first=Min("created_at"))["first"]
    days = sample_days(first, now)
    return PortfolioState(
        projects=tuple(
            StoredProject(
                pk=row["pk"],
                name=row["name"],
                slug=row["slug"],
                team=(row["team__slug"], row["team__name"]),
                tags=tuple(row["tags"]),
                targets=tuple(targets.get(row["pk"], ())),
                outcomes=outcomes.get(row["assessment_pk"], {}),
                snapshot=snapshot_line(snapshots.get(row["snapshot_pk"])),
                # An assessment that is complete and rests on no package has found that no requirement counts.
                asks=row["asks"] and (row["checked"] is not None or not row["is_assessed"]),
                checked_at=row["checked"],
            )
            for row in rows
        ),
        all_headlines=known,
        headlines=headlines,
        changes=_changes(pks, now - _WEEK),
        notes=_notes(pks, now - _WEEK),
        days=days,
        past=_past(pks, days, slugs),
        first_assessed_at=first,
        deleted=tuple(
            DeletedProject(one.name, one.slug, one.deleted_at)
            for one in Project.objects.deleted_by_manager(user)
            if one.deleted_at is not None
        ),
    )


def _outcomes(assessments: Collection[int], targets: Collection[str]) -> dict[int, dict[str, StoredOutcome]]:
    """Return these targets of assessments with the packages that need work. Two queries at most."""
    rows = (
        TargetAssessment.objects.filter(assessment__in=assessments, target__in=targets)
        .annotate(found=ShownCells(WORK), version=ShownCells.version())
        .values_list("pk", "assessment_id", "target", "verdict", "counts", "version", "found")
    )
    found: dict[int, dict[str, StoredOutcome]] = {}
    outdated = {}
    serving = serving_version()
    for pk, assessment, target, verdict, counts, version, cells in rows:
        if version != serving:
            outdated[pk] = (assessment, target)
        shown = read_cells(cells) if version == serving else ()
        found.setdefault(assessment, {})[target] = StoredOutcome(ProjectVerdict(verdict), counts, shown)
    # Of another language, or stored by another version of Wheelway until the project is assessed again.
    for pk, made in made_cells(outdated, only_work=True).items():
        assessment, target = outdated[pk]
        stored = found[assessment][target]
        found[assessment][target] = StoredOutcome(stored.verdict, stored.counts, made)
    return found


def _changes(projects: Collection[int], since: datetime) -> dict[int, tuple[PackageChange, ...]]:
    """Return the changes of these projects since then, oldest first. One query."""
    found: dict[int, tuple[PackageChange, ...]] = {}
    rows = Assessment.objects.filter(project__in=projects, created_at__gte=since).complete().order_by("pk")
    for project, changes in rows.exclude(changes=[]).values_list("project_id", "changes"):
        found[project] = (*found.get(project, ()), *changes_from_json(changes))
    return found


def _notes(projects: Collection[int], since: datetime) -> tuple[RecentNote, ...]:
    """Return the open notes of these projects that were written since then, worst first. One query."""
    notes = (
        Note.objects.open().upstream().filter(project__in=projects, created_at__gte=since).order_by("-severity", "-pk")
    )
    return tuple(
        RecentNote(
            note.project_id,
            describe_note(
                note.name,
                NoteKind(note.kind),
                note.subject,
                SEVERITIES[note.severity],
                NoteFacts.from_json(note.facts),
            ),
        )
        for note in notes[:_MOST_NOTES]
    )


def _past(projects: Collection[int], days: Sequence[date], targets: Collection[str]) -> tuple[PastOutcomes, ...]:
    """Return the verdicts of these projects at the end of each day (UTC). Two queries, none for fewer than two days."""
    if len(days) < 2:
        return ()
    made = (
        Assessment.objects.filter(project__in=projects)
        .complete()
        .order_by("created_at", "pk")
        .values_list("project_id", "created_at", "pk")
    )
    history: dict[int, list[tuple[datetime, int]]] = {}
    for project, created, pk in made:
        history.setdefault(project, []).append((created, pk))
    chosen: dict[tuple[int, date], int] = {}
    for project, assessments in history.items():
        for day in days:
            end = datetime.combine(day, time.max, UTC)
            until = [pk for created, pk in assessments if created <= end]
            if until:
                chosen[project, day] = until[-1]
    verdicts: dict[int, dict[str, ProjectVerdict]] = {}
    rows = TargetAssessment.objects.filter(assessment__in=set(chosen.values()), target__in=targets)
    for assessment, target, verdict in rows.values_list("assessment_id", "target", "verdict"):
        verdicts.setdefault(assessment, {})[target] = ProjectVerdict(verdict)
    return tuple(PastOutcomes(project, day, verdicts.get(pk, {})) for (project, day), pk in chosen.items())
