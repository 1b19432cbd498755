"""The project page from what is stored: answer, progress, heat map, changes and risk table. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from projects.domain.assessment.verdicts import ProjectVerdict, Severity, Verdict
from projects.domain.current_runtime import find_current_runtime
from projects.domain.indexes.named_indexes import IndexNotice
from projects.presentation.cell_summary import summarise_cells
from projects.presentation.changes import ToldChange, tell_changes
from projects.presentation.columns import Column, columns_of
from projects.presentation.current_runtime import runtime_text
from projects.presentation.freshness import is_stale
from projects.presentation.heatmap import HeatMap, heat_map
from projects.presentation.name_confusion import ConfusionNotice, confusion_notices
from projects.presentation.readiness import Reach, reach_of
from projects.presentation.risk_table.controls import Heading, Pill, count_words, headings_of, nothing_shown, pills_of
from projects.presentation.risk_table.query import RiskQuery
from projects.presentation.risk_table.table import RiskTable, risk_table
from projects.presentation.stored import ProjectState, SnapshotLine
from projects.presentation.summary import Answer, TargetSummary, answers, important
from scanner.domain.matching.availability import Availability

_COLUMNS_AT_FIRST = 6
_TOLD_PROBLEMS = 50
_TOLD_CHANGES = 20


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the index has answered. `done` of `total` packages; `words` is "23 of 31, greenlet…"."""

    done: int
    total: int
    words: str
    left: int

    @property
    def mark(self) -> str:
        """Changes with every step forward, so that a page knows when to fetch its answers again."""
        return f"{self.done}-{self.left}"


@dataclass(frozen=True, slots=True)
class ToldProblem:
    """A line that could not be read, with its place as path:line."""

    place: str
    text: str
    message: str


@dataclass(frozen=True, slots=True)
class ProjectPage:
    """Everything that the page of one project says, for one question to its risk table.

    `confused` says on how many indexes each of the names in `confusions` stands. `today` tells where it seems to run
    now ("Python 3.11 on Debian, according to Dockerfile"); empty when nothing says so.
    """

    snapshot: SnapshotLine | None
    checked_at: datetime | None
    is_stale: bool
    requirement_count: int
    package_count: int
    progress: Progress | None
    problems: tuple[ToldProblem, ...]
    answers: tuple[Answer, ...]
    columns: tuple[Column, ...]
    heat: HeatMap
    reach: tuple[Reach, ...]
    today: str
    changes: tuple[ToldChange, ...]
    changes_left_out: int
    changed_since: datetime | None
    query: RiskQuery
    table: RiskTable
    pills: tuple[Pill, ...]
    headings: tuple[Heading, ...]
    count_words: str
    nothing_shown: str
    notices: tuple[IndexNotice, ...]
    confusions: tuple[ConfusionNotice, ...]
    confused: Mapping[str, int]

    @property
    def chosen(self) -> str:
        """The slug of the one target that is looked at; empty when several are."""
        return self.query.targets[0] if len(self.query.targets) == 1 else ""


def project_page(state: ProjectState, query: RiskQuery, now: datetime) -> ProjectPage:
    """The page for what is stored. Targets that no assessment has judged yet are unknown with all their packages."""
    columns = columns_of(state.targets)
    results = _results(state)
    rows = {slug: result.rows for slug, result in results.items()}
    names = {row.name for shown in rows.values() for row in shown}
    shown = tuple(column for column in columns if column.slug in query.targets)
    verdicts = {slug: result.verdict.value for slug, result in results.items()}
    table = risk_table(rows, shown or columns_at_first(columns, verdicts), query)
    changes = _changes(state, columns)
    confused = state.assessment.confusions if state.assessment else ()
    return ProjectPage(
        snapshot=state.snapshot,
        checked_at=state.checked_at,
        is_stale=is_stale(state.checked_at, now),
        requirement_count=state.requirement_count,
        package_count=len(names),
        progress=_progress(state, names),
        problems=tell_problems(state.problems),
        answers=answers(important(columns), results) if names else (),
        columns=columns,
        reach=reach_of(columns, verdicts),
        today=runtime_text(runtime) if (runtime := find_current_runtime(state.hints)) else "",
        heat=heat_map(columns, {slug: (result.verdict, result.counts) for slug, result in results.items()}),
        changes=tuple(changes[:_TOLD_CHANGES]),
        changes_left_out=max(0, len(changes) - _TOLD_CHANGES),
        changed_since=state.assessment.changed_since if state.assessment else None,
        query=query,
        table=table,
        pills=pills_of(table, query),
        headings=headings_of(table, query),
        count_words=count_words(table),
        nothing_shown=nothing_shown(table, query),
        notices=state.notices,
        confusions=confusion_notices(confused),
        confused={confusion.name: len(confusion.listings) for confusion in confused},
    )


def _results(state: ProjectState) -> dict[str, TargetSummary]:
    judged = state.assessment.targets if state.assessment else {}
    results = {
        slug: TargetSummary(ProjectVerdict(stored.verdict), stored.counts, stored.conflict, stored.rows)
        for slug in state.targets
        if (stored := judged.get(slug)) is not None
    }
    if len(results) == len(state.targets):
        return results
    rows = summarise_cells(pending_results(state.requirements))
    unknown = TargetSummary(ProjectVerdict.UNKNOWN, {Verdict.UNKNOWN.value: len(rows)}, "", rows)
    return {slug: results.get(slug, unknown) for slug in state.targets}


def _progress(state: ProjectState, names: set[str]) -> Progress | None:
    if state.assessment is None:
        return progress_of(sorted(names), sorted(names))
    return None if state.assessment.is_complete else progress_of(sorted(names), state.assessment.missing)


def _changes(state: ProjectState, columns: Sequence[Column]) -> list[ToldChange]:
    """Nothing while an assessment is partial: what is merely not read yet has not changed."""
    if state.assessment is None or not state.assessment.is_complete:
        return []
    return tell_changes(state.assessment.changes, {column.slug: column for column in columns})


def progress_of(names: Sequence[str], missing: Sequence[str]) -> Progress | None:
    """The progress while something is missing; None when nothing is.

    An entry of `missing` is a package that was not polled, or "package version": a release whose dependencies are not
    read. The bar counts packages; releases are told when all packages have answered.
    """
    if not missing:
        return None
    packages = {entry for entry in missing if " " not in entry}
    total = len({*names, *(entry.partition(" ")[0] for entry in missing)})
    done = total - len(packages)
    if packages:
        return Progress(done, total, f"{done} of {total}, {min(packages)}…", len(set(missing)))
    left = len(set(missing))
    releases = f"{left} release{'' if left == 1 else 's'}"
    words = f"{done} of {total}; next what {releases} need{'s' if left == 1 else ''}, {min(missing)}…"
    return Progress(done, total, words, left)


def columns_at_first(columns: Sequence[Column], verdicts: Mapping[str, str]) -> tuple[Column, ...]:
    """A few columns that tell most: every Python of the first platform from the first that is not simply go.

    When all are go, or few are left, the last ones of that platform fill up.
    """
    if not columns:
        return ()
    first = [column for column in columns if column.platform_slug == columns[0].platform_slug]
    start = next((at for at, column in enumerate(first) if verdicts.get(column.slug) != "go"), len(first) - 1)
    return tuple(first[start : start + _COLUMNS_AT_FIRST])


def pending_results(requirements: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Package rows for requirements that no assessment has looked at: all unknown, never green."""
    rows: dict[str, dict[str, Any]] = {}
    for requirement in requirements:
        rows.setdefault(
            requirement["name"],
            {
                "name": requirement["name"],
                "version": requirement["pinned"] or None,
                "direct": requirement["direct"],
                "paths": [],
                "availability": Availability.UNKNOWN.value,
                "verdict": Verdict.UNKNOWN.value,
                "severity": Severity.MODERATE.value,
                "reason": "Not polled yet.",
                "pending": True,
                "advice": "Wait for the index to be read; an unknown is never counted as ready.",
                "source": requirement["source"],
                "line": requirement["line"],
                "specifier": requirement["specifier"],
            },
        )
    return list(rows.values())


def tell_problems(problems: Sequence[Mapping[str, Any]]) -> tuple[ToldProblem, ...]:
    """The problems of the requirement files, the first fifty, each with its place."""
    told = []
    for problem in problems[:_TOLD_PROBLEMS]:
        place = f"{problem['path']}:{problem['line']}" if problem.get("line") else str(problem["path"])
        told.append(ToldProblem(place, str(problem.get("text") or ""), str(problem["message"])))
    if len(problems) > _TOLD_PROBLEMS:
        told.append(ToldProblem("", "", f"and {len(problems) - _TOLD_PROBLEMS} more"))
    return tuple(told)
