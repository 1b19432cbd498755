"""The upgrade page of one target, from a plan and what is stored about the target."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from projects.domain.assessment.counts import packages_needed
from projects.domain.assessment.provenance import Provenance
from projects.domain.assessment.run_evidence import DemandedEvidence
from projects.domain.assessment.upgrade_plan import UpgradePlan
from projects.domain.current_runtime import CurrentRuntime, likely_targets
from projects.presentation.columns import Column, column_of, columns_of, place_text
from projects.presentation.conflicts import ConflictTable, conflict_table
from projects.presentation.evidence import declaration_word
from projects.presentation.known_targets import read_target
from projects.presentation.sentences import causes_after_name
from projects.presentation.upgrade.checklist import PlanCheck, demand_check, plan_checks
from projects.presentation.upgrade.marked_lines import marked_lines
from projects.presentation.upgrade.query import UpgradeQuery
from projects.presentation.upgrade.sentences import (
    PlanAnswer,
    answer_cut_short,
    answer_missing,
    answer_planned,
    answer_unplanned,
    change_origin,
    target_namer,
)
from projects.presentation.upgrade.values import (
    ChangeRow,
    MarkedFile,
    PlannedUpgrade,
    StoredUpgrade,
    TargetChoice,
    UpgradePage,
)
from scanner.domain.evidence.declared import Declaration, read_declared
from scanner.domain.releases.standing import ReleaseStanding
from scanner.domain.resolution.explain.sentences import plan_cause_text
from scanner.domain.resolution.model.plans import Blocker, VersionChange

_CONTEXT = 3
# Of longer files only the lines around the changes are shown.
_MAX_WHOLE_LINES = 80


def upgrade_page(
    target: str,
    targets: Sequence[str],
    query: UpgradeQuery,
    stored: StoredUpgrade,
    planned: PlannedUpgrade,
    *,
    files: Mapping[str, str],
    standings: Mapping[tuple[str, str], ReleaseStanding],
    runtime: CurrentRuntime | None,
    demanded: DemandedEvidence = DemandedEvidence.INSTALLS,
) -> UpgradePage:
    """Return the page. `files` are texts before the change, by path; `standings` is of releases that the plan takes."""
    columns = columns_of(query.targets(target))
    plan = planned.plan or UpgradePlan()
    name_target = target_namer(columns)
    current = likely_targets(runtime, targets)
    choices = [
        TargetChoice(column_of(slug), slug in query.together, slug in current) for slug in targets if slug != target
    ]
    platform = columns[-1].platform_slug
    near = [one for one in choices if one.chosen or one.is_today or one.column.platform_slug == platform]
    is_waiting = query.is_stored or bool(query.looks)
    changes = tuple(_change(change, name_target, stored, standings, columns[-1]) for change in plan.changes)
    taken = {**{name: plan.pins.get(name, "") for name in plan.added}, **{row.name: row.after for row in changes}}
    said = {name: _declaration(standings.get((name, version)), columns[-1]) for name, version in taken.items()}
    demand = _demand(plan, said, stored, columns[-1], demanded)
    return UpgradePage(
        column=columns[-1],
        query=query,
        answer=_answer(columns, stored, planned),
        # The schedule completes a stored plan; any other plan is fetched on request.
        can_fetch=bool(planned.missing) and not is_waiting,
        next_look=query.next_look if planned.missing and is_waiting else "",
        changes=changes,
        added=tuple((name, plan.pins.get(name, "")) for name in plan.added),
        dropped=plan.dropped,
        stuck=tuple((one.name, f"{_stuck(one, columns, stored, name_target)}.") for one in plan.blockers),
        conflict=_conflict(stored, planned, name_target),
        files=tuple(_file(path, files.get(path, ""), text) for path, text in planned.written.files.items()),
        written=planned.written,
        is_installable=plan.feasible,
        checks=(*demand, *_checks(planned, columns, stored, choices)),
        near=tuple(near),
        far=tuple(choice for choice in choices if choice not in near),
    )


def _answer(columns: Sequence[Column], stored: StoredUpgrade, planned: PlannedUpgrade) -> PlanAnswer:
    if planned.cut_short:
        return answer_cut_short(columns)
    if planned.plan is not None:
        return answer_planned(planned.plan, columns, stored.result)
    if planned.missing:
        return answer_missing(columns, planned.missing)
    return answer_unplanned(columns[-1:], stored.result)


def _stuck(
    blocker: Blocker, columns: Sequence[Column], stored: StoredUpgrade, name_target: Callable[[str], str]
) -> str:
    """Return why a package has no version that works, as text that follows its name: on one target that of its row."""
    cause = causes_after_name(stored.result).get(blocker.name, "") if len(columns) == 1 else ""
    return cause or f": {plan_cause_text(blocker.reason, name_target)}"


def _conflict(
    stored: StoredUpgrade, planned: PlannedUpgrade, name_target: Callable[[str], str]
) -> ConflictTable | None:
    """Return the conflict of the requirements as written, else that of the plan at hand."""
    conflict = stored.result.conflict or (planned.plan.conflict if planned.plan is not None else None)
    return conflict_table(conflict, name_target) if conflict is not None else None


def _change(
    change: VersionChange,
    name_target: Callable[[str], str],
    stored: StoredUpgrade,
    standings: Mapping[tuple[str, str], ReleaseStanding],
    column: Column,
) -> ChangeRow:
    package = next((one for one in stored.result.packages if one.name == change.name), None)
    provenance = package.provenance if package is not None else Provenance(direct=False)
    standing = standings.get((change.name, str(change.after)))
    return ChangeRow(
        name=change.name,
        before=str(change.before),
        after=str(change.after),
        size=change.size.value,
        is_back=change.after < change.before,
        arrives=change_origin(change, provenance),
        why=f"{plan_cause_text(change.reason, name_target)}.",
        released=standing.uploaded_at if standing is not None else None,
        declares=declaration_word(_declaration(standing, column)),
    )


def _declaration(standing: ReleaseStanding | None, column: Column) -> Declaration:
    target = read_target(column.slug)
    if standing is None or not standing.declared or target is None:
        return Declaration.NOT_READ
    return read_declared(standing.declared).on(target.python)


def _demand(
    plan: UpgradePlan,
    said: Mapping[str, Declaration],
    stored: StoredUpgrade,
    column: Column,
    demanded: DemandedEvidence,
) -> list[PlanCheck]:
    """Return what the plan's set has of the evidence that the project demands. `said` is of what it changes."""
    target = read_target(column.slug)
    if not plan.feasible or target is None:
        return []
    declaring = {name for name, declaration in said.items() if declaration.is_declared}
    declaring |= {
        package.name
        for package in stored.result.packages
        if package.evidence.declaration.is_declared and plan.pins.get(package.name) == package.installed_version
    }
    lacking = [name for name in plan.pins if name not in declaring]
    check = demand_check(lacking, len(plan.pins), target.python.label, demanded)
    return [] if check is None else [check]


def _file(path: str, before: str, after: str) -> MarkedFile:
    is_long = after.count("\n") > _MAX_WHOLE_LINES
    return MarkedFile(path, marked_lines(before, after, context=_CONTEXT if is_long else None))


def _checks(
    planned: PlannedUpgrade, columns: Sequence[Column], stored: StoredUpgrade, choices: Sequence[TargetChoice]
) -> Iterator[PlanCheck]:
    if planned.plan is None:
        return iter(())
    current = next((choice for choice in choices if choice.is_today), None)
    return plan_checks(
        planned.plan,
        planned.written,
        columns,
        in_use=packages_needed(stored.result.counts),
        current=place_text((current.column,)) if current else "",
        included=current is not None and current.chosen,
    )
