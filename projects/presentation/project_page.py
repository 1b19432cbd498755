"""The project page from what is stored: summary, progress, heat map, changes and risk table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct
from packaging.utils import NormalizedName

from projects.domain.assessment.package_result import PackageResult
from projects.domain.assessment.provenance import Provenance
from projects.domain.assessment.reasons import PackageReason, ReasonKind
from projects.domain.assessment.verdicts import ProjectVerdict, Severity, Verdict
from projects.domain.current_runtime import find_current_runtime
from projects.domain.dependency_files.values import FileProblem
from projects.domain.indexes.named_indexes import IndexNotice
from projects.presentation.assessment_progress import AssessmentProgress, assessment_progress
from projects.presentation.cell_summary import summarise_cell
from projects.presentation.changes import ChangeSummary, describe_differences
from projects.presentation.columns import Column, columns_of
from projects.presentation.current_runtime import runtime_text
from projects.presentation.freshness import is_stale
from projects.presentation.heatmap import HeatMap, heat_map
from projects.presentation.name_confusion import ConfusionNotice, confusion_notices
from projects.presentation.risk_table.column_choice import ColumnChoice, by_platform, column_choice
from projects.presentation.risk_table.controls import (
    Dropdown,
    Heading,
    HeadingGroup,
    Pill,
    count_text,
    dropdowns,
    empty_text,
    heading_groups,
    state_pills,
    table_headings,
)
from projects.presentation.risk_table.query import RiskQuery
from projects.presentation.risk_table.table import RiskTable, risk_table
from projects.presentation.stored import PendingRequirement, ProjectState, SnapshotLine, StoredAssessment, TargetSummary
from projects.presentation.summary import (
    OtherPlatforms,
    SummaryLine,
    primary_columns,
    summarise_others,
    summarise_targets,
)
from scanner.domain.matching.availability import Availability
from scanner.domain.phrases import grouped
from scanner.domain.translation import gettext, ngettext, noop

_DEFAULT_COLUMNS = 6
# A few are in the table; more are the names of another index, or made up.
_MANY_MISSING = 10
_MOST_PROBLEMS = 50
_COUNTS_NOTHING = noop("No requirement counts: all belong to extras or groups that are not chosen.")
_MOST_CHANGES = 20


class ProblemLine(Struct, frozen=True):
    """A line that could not be read, with its place as path:line."""

    place: str
    text: str
    message: str


class ProjectPage(Struct, frozen=True):
    """Everything that the page of one project shows, for one query of its risk table.

    `confused` maps each name in `confusions` to the number of indexes that have it. `current_runtime` is what the
    project seems to run on now ("Python 3.11 on Debian, according to Dockerfile"), empty when no file says so.
    `missing_names` is a sentence if many names do not exist, as those of a company or made-up ones. `counts_nothing`
    says that all requirements belong to extras and groups that are not chosen.
    """

    snapshot: SnapshotLine | None
    checked_at: datetime | None
    is_stale: bool
    requirement_count: int
    package_count: int
    counts_nothing: bool
    progress: AssessmentProgress | None
    problems: tuple[ProblemLine, ...]
    summary: tuple[SummaryLine, ...]
    others: tuple[OtherPlatforms, ...]
    columns: tuple[Column, ...]
    heat: HeatMap
    current_runtime: str
    changes: tuple[ChangeSummary, ...]
    changes_left_out: int
    changed_since: datetime | None
    query: RiskQuery
    table: RiskTable
    pills: tuple[Pill, ...]
    dropdowns: tuple[Dropdown, ...]
    column_choice: ColumnChoice
    headings: tuple[Heading, ...]
    heading_groups: tuple[HeadingGroup, ...]
    count_text: str
    empty_text: str
    notices: tuple[IndexNotice, ...]
    confusions: tuple[ConfusionNotice, ...]
    confused: Mapping[str, int]
    missing_names: str

    @property
    def chosen(self) -> str:
        """The slug of the one target that is looked at; empty when several are."""
        return self.query.targets[0] if len(self.query.targets) == 1 else ""


def project_page(state: ProjectState, query: RiskQuery, now: datetime) -> ProjectPage:
    """Return the page for what is stored. Targets without a result are unknown, with all their packages."""
    columns = columns_of(state.targets)
    targets = _summaries(state)
    cells = {slug: target.cells for slug, target in targets.items()}
    names = {cell.name for column in cells.values() for cell in column}
    shown = by_platform([column for column in columns if column.slug in query.targets])
    verdicts = {slug: target.verdict for slug, target in targets.items()}
    table = risk_table(cells, shown or default_columns(columns, verdicts), query, now.date())
    changes = _changes(state, columns)
    confused = state.assessment.confusions if state.assessment else ()
    counts_nothing = bool(state.requirement_count) and _has_no_package(state.assessment)
    return ProjectPage(
        snapshot=state.snapshot,
        checked_at=state.checked_at,
        is_stale=is_stale(state.checked_at, now),
        requirement_count=state.requirement_count,
        package_count=len(names),
        counts_nothing=counts_nothing,
        progress=assessment_progress(state, _waiting(targets), now),
        problems=describe_problems(state.problems),
        summary=summarise_targets(primary_columns(columns), targets) if names else (),
        others=summarise_others(columns, targets) if names else (),
        columns=columns,
        current_runtime=runtime_text(runtime) if (runtime := find_current_runtime(state.hints)) else "",
        heat=heat_map(columns, targets),
        changes=tuple(changes[:_MOST_CHANGES]),
        changes_left_out=max(0, len(changes) - _MOST_CHANGES),
        changed_since=state.assessment.changed_since if state.assessment else None,
        missing_names=_missing_names(state),
        query=query,
        table=table,
        pills=state_pills(table, query),
        dropdowns=dropdowns(table, query),
        column_choice=column_choice(columns, table.columns, query),
        headings=table_headings(table, query),
        heading_groups=heading_groups(table),
        count_text=count_text(table),
        empty_text=gettext(_COUNTS_NOTHING) if counts_nothing else empty_text(table, query),
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
        slug: judged.get(slug, TargetSummary(slug, ProjectVerdict.UNKNOWN, unknown, None, cells, is_decided=False))
        for slug in state.targets
    }


def _has_no_package(assessment: StoredAssessment | None) -> bool:
    return (
        assessment is not None and assessment.is_complete and not any(one.cells for one in assessment.targets.values())
    )


def _waiting(targets: Mapping[str, TargetSummary]) -> set[str]:
    return {name for target in targets.values() if not target.is_decided for name in target.required}


def _changes(state: ProjectState, columns: Sequence[Column]) -> list[ChangeSummary]:
    """Return no changes while an assessment is partial: what is only not read yet has not changed."""
    if state.assessment is None or not state.assessment.is_complete:
        return []
    return describe_differences(state.assessment.changes, {column.slug: column for column in columns})


def default_columns(columns: Sequence[Column], verdicts: Mapping[str, ProjectVerdict]) -> tuple[Column, ...]:
    """Return the columns to show by default: the Pythons of the first platform, from the first that is not go.

    When all are go, it is the last one.
    """
    if not columns:
        return ()
    first = [column for column in columns if column.platform_slug == columns[0].platform_slug]
    start = next((at for at, column in enumerate(first) if verdicts.get(column.slug) != "go"), len(first) - 1)
    return tuple(first[start : start + _DEFAULT_COLUMNS])


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


def _missing_names(state: ProjectState) -> str:
    missing, asked = state.names_missing, state.names_asked
    if missing < _MANY_MISSING:
        return ""
    text = ngettext(
        "{missing} of {asked} names does not exist on the index.",
        "{missing} of {asked} names do not exist on the index.",
        missing,
    )
    return text.format(missing=grouped(missing), asked=grouped(asked))


def describe_problems(problems: Sequence[FileProblem]) -> tuple[ProblemLine, ...]:
    """Return the first fifty problems of the requirement files, each with its place."""
    lines = [
        ProblemLine(f"{problem.path}:{problem.line}" if problem.line else problem.path, problem.text, problem.message)
        for problem in problems[:_MOST_PROBLEMS]
    ]
    if len(problems) > _MOST_PROBLEMS:
        lines.append(ProblemLine("", "", _more(len(problems) - _MOST_PROBLEMS)))
    return tuple(lines)


def _more(number: int) -> str:
    return ngettext("and {count} more", "and {count} more", number).format(count=number)
