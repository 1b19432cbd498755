"""The project page from what is stored: summary, progress, heat map, changes and risk table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from packaging.utils import NormalizedName

from projects.domain.assessment.package_result import PackageResult
from projects.domain.assessment.provenance import Provenance
from projects.domain.assessment.reasons import PackageReason, ReasonKind
from projects.domain.assessment.verdicts import ProjectVerdict, Severity, Verdict
from projects.domain.current_runtime import find_current_runtime
from projects.domain.dependency_files.values import FileProblem
from projects.domain.indexes.named_indexes import IndexNotice
from projects.presentation.cell_summary import summarise_cell
from projects.presentation.changes import DifferenceLine, describe_differences
from projects.presentation.columns import Column, columns_of
from projects.presentation.current_runtime import runtime_text
from projects.presentation.freshness import is_stale
from projects.presentation.heatmap import HeatMap, heat_map
from projects.presentation.name_confusion import ConfusionNotice, confusion_notices
from projects.presentation.readiness import Reach, reach_of
from projects.presentation.risk_table.controls import Heading, Pill, count_words, headings_of, nothing_shown, pills_of
from projects.presentation.risk_table.query import RiskQuery
from projects.presentation.risk_table.table import RiskTable, risk_table
from projects.presentation.stored import PendingRequirement, ProjectState, SnapshotLine, TargetSummary
from projects.presentation.summary import SummaryLine, important, summarise_targets
from scanner.domain.matching.availability import Availability

_COLUMNS_AT_FIRST = 6
_MOST_PROBLEMS = 50
_MOST_CHANGES = 20


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
class ProblemLine:
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
    problems: tuple[ProblemLine, ...]
    answers: tuple[SummaryLine, ...]
    columns: tuple[Column, ...]
    heat: HeatMap
    reach: tuple[Reach, ...]
    today: str
    changes: tuple[DifferenceLine, ...]
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
    targets = _summaries(state)
    cells = {slug: target.cells for slug, target in targets.items()}
    names = {cell.name for column in cells.values() for cell in column}
    shown = tuple(column for column in columns if column.slug in query.targets)
    verdicts = {slug: target.verdict for slug, target in targets.items()}
    table = risk_table(cells, shown or columns_at_first(columns, verdicts), query)
    changes = _changes(state, columns)
    confused = state.assessment.confusions if state.assessment else ()
    return ProjectPage(
        snapshot=state.snapshot,
        checked_at=state.checked_at,
        is_stale=is_stale(state.checked_at, now),
        requirement_count=state.requirement_count,
        package_count=len(names),
        progress=_progress(state, names),
        problems=describe_problems(state.problems),
        answers=summarise_targets(important(columns), targets) if names else (),
        columns=columns,
        reach=reach_of(columns, verdicts),
        today=runtime_text(runtime) if (runtime := find_current_runtime(state.hints)) else "",
        heat=heat_map(columns, targets),
        changes=tuple(changes[:_MOST_CHANGES]),
        changes_left_out=max(0, len(changes) - _MOST_CHANGES),
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


def _summaries(state: ProjectState) -> dict[str, TargetSummary]:
    """Return what is known of each target. All packages are unknown where no assessment has judged one yet."""
    judged = state.assessment.targets if state.assessment else {}
    if judged.keys() >= set(state.targets):
        return {slug: judged[slug] for slug in state.targets}
    cells = [summarise_cell(package) for package in pending_results(state.requirements)]
    unknown = {Verdict.UNKNOWN.value: len(cells)}
    return {
        slug: judged.get(slug, TargetSummary(slug, ProjectVerdict.UNKNOWN, unknown, "", cells))
        for slug in state.targets
    }


def _progress(state: ProjectState, names: set[str]) -> Progress | None:
    if state.assessment is None:
        return progress_of(sorted(names), sorted(names))
    return None if state.assessment.is_complete else progress_of(sorted(names), state.assessment.missing)


def _changes(state: ProjectState, columns: Sequence[Column]) -> list[DifferenceLine]:
    """Nothing while an assessment is partial: what is merely not read yet has not changed."""
    if state.assessment is None or not state.assessment.is_complete:
        return []
    return describe_differences(state.assessment.changes, {column.slug: column for column in columns})


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


def columns_at_first(columns: Sequence[Column], verdicts: Mapping[str, ProjectVerdict]) -> tuple[Column, ...]:
    """A few columns that tell most: every Python of the first platform from the first that is not simply go.

    When all are go, or few are left, the last ones of that platform fill up.
    """
    if not columns:
        return ()
    first = [column for column in columns if column.platform_slug == columns[0].platform_slug]
    start = next((at for at, column in enumerate(first) if verdicts.get(column.slug) != "go"), len(first) - 1)
    return tuple(first[start : start + _COLUMNS_AT_FIRST])


def pending_results(requirements: Sequence[PendingRequirement]) -> list[PackageResult]:
    """Return results for requirements that no assessment has judged: all unknown, never ready."""
    results: dict[str, PackageResult] = {}
    for one in requirements:
        if one.name in results:
            continue
        results[one.name] = PackageResult(
            name=NormalizedName(one.name),
            version=one.version or None,
            provenance=Provenance(one.direct, one.specifier, one.source, one.line),
            availability=Availability.UNKNOWN,
            verdict=Verdict.UNKNOWN,
            severity=Severity.MODERATE,
            reason=PackageReason(ReasonKind.NOT_POLLED),
        )
    return list(results.values())


def describe_problems(problems: Sequence[FileProblem]) -> tuple[ProblemLine, ...]:
    """Return the first fifty problems of the requirement files, each with its place."""
    lines = [
        ProblemLine(f"{problem.path}:{problem.line}" if problem.line else problem.path, problem.text, problem.message)
        for problem in problems[:_MOST_PROBLEMS]
    ]
    if len(problems) > _MOST_PROBLEMS:
        lines.append(ProblemLine("", "", f"and {len(problems) - _MOST_PROBLEMS} more"))
    return tuple(lines)
