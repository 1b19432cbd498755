"""The report's checklist, and how long the report holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from projects.domain.assessment.verdicts import ProjectVerdict
from projects.domain.received_proof import DatedProof
from projects.domain.report.planned_set import PlannedSet
from projects.presentation.evidence import proof_place
from projects.presentation.report.target import ReportTarget
from projects.presentation.report.values import ChecklistItem, RemovedModules
from scanner.domain.evidence.declared import Declaration
from scanner.domain.phrases import agree, count, join_first
from scanner.domain.targets.pythons import PYTHON_BRANCHES

_MOST_NAMED = 8
_FRESH_FOR = timedelta(days=1)


def checklist(
    entry: ReportTarget,
    now: datetime,
    planned: PlannedSet,
    removed: Sequence[RemovedModules],
    proof: DatedProof | None = None,
) -> Iterator[ChecklistItem]:
    """Yield the steps in order; those that the measurement proves are done."""
    works = entry.result.verdict in (ProjectVerdict.GO, ProjectVerdict.CONDITIONAL)
    number = len(planned.files)
    resolved = f"{count(number, 'version')} resolved over the whole closure" if works else "see the issues"
    listed = f"{count(number, 'file')}, listed under evidence" if works else "see the issues"
    yield ChecklistItem(works, "One set of versions holds together on the target", resolved)
    yield ChecklistItem(works, "Every version of that set has a file that installs there", listed)
    plan = entry.plan
    if plan.changes:
        names = ", ".join(change.name for change in plan.direct_changes)
        yield ChecklistItem(False, f"Write the new requirements: {names or 'the lock alone'}", "")
    if plan.major_changes:
        names = ", ".join(change.name for change in plan.major_changes)
        yield ChecklistItem(False, f"Read the change logs of the packages that take a major step: {names}", "")
    yield from _declarations(entry, planned)
    if yanked := entry.yanked():
        yield ChecklistItem(
            False, f"Replace the yanked {agree(len(yanked), 'release', 'releases')}: {', '.join(yanked)}", ""
        )
    else:
        yield ChecklistItem(True, "No release in use is yanked", "measured")
    if flagged := dict(entry.flags()):
        text = f"Check what the standard library means for {', '.join(flagged)}"
        yield ChecklistItem(False, text, "key findings")
    else:
        text = "No package is known to use removed modules or to be replaced by the standard library"
        yield ChecklistItem(True, text, "by Wheelway's table")
    if removed:
        names = ", ".join(module.name for module in removed)
        yield ChecklistItem(False, f"Search the project's own code for removed modules: {names}", "")
    branch = PYTHON_BRANCHES.get(entry.target.python.version)
    if branch is not None and branch.end_of_life is not None:
        supported = branch.end_of_life > now.date()
        yield ChecklistItem(supported, "That Python gets security fixes", f"until {branch.end_of_life}")
    if proof is not None and proof.is_current:
        text = "Every module of the set can be imported" if proof.proof.ran else "Mend what failed when it was imported"
        yield ChecklistItem(proof.proof.ran, text, f"ran on {proof_place(proof)}")
    else:
        since = ": the last proof is of another set" if proof is not None else ""
        yield ChecklistItem(False, "Install the set and import all of it", f"manage.py prove{since}")
    yield ChecklistItem(False, f"Run the project's tests on {entry.target.label}", "the index cannot tell")


def _declarations(entry: ReportTarget, planned: PlannedSet) -> Iterator[ChecklistItem]:
    """Yield whether the releases of the set name the target's Python; nothing where none was read for it."""
    read = {one.name: Declaration(one.declared) for one in planned.files if one.declared}
    lacking = [name for name, declaration in read.items() if not declaration.is_declared]
    python = f"Python {entry.target.python.version[0]}.{entry.target.python.version[1]}"
    if not read:
        return
    if not lacking:
        yield ChecklistItem(True, f"Every release of the set declares {python}", "by classifiers or Requires-Python")
        return
    text = f"Test the releases that do not declare {python}: {join_first(lacking, _MOST_NAMED)}"
    yield ChecklistItem(False, text, f"{len(read) - len(lacking)} of {count(len(read), 'release')} declare it")


def validity(entry: ReportTarget, now: datetime, planned: PlannedSet) -> Iterator[str]:
    """Yield how long the report holds, a sentence each."""
    yield f"Everything here was true of the index on {now:%Y-%m-%d %H:%M} UTC."
    if planned.checked_at is not None and now - planned.checked_at > _FRESH_FOR:
        yield f"The oldest answer of the index used here is from {planned.checked_at:%Y-%m-%d}: fetch again first."
    ends = [
        f"{name} {version} ({f'until {end:%Y-%m-%d}' if end else 'at any time: its index closes no release'})"
        for (name, version), end in planned.open_releases(now).items()
    ]
    if ends:
        yield f"Releases of the set that may still get files: {', '.join(ends)}."
    else:
        yield "Every release of the set is closed to new files: only new releases or yanks change this."
    if entry.result.verdict in (ProjectVerdict.NO_GO, ProjectVerdict.UNKNOWN):
        yield "A new release of the packages without a version that installs ends it."
    else:
        yield "New releases do not change the pinned set; make a new report before the move, and when pins change."
