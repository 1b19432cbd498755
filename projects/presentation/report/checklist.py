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
from scanner.domain.phrases import join_first
from scanner.domain.targets.pythons import PYTHON_BRANCHES
from scanner.domain.translation import gettext, ngettext

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
    resolved = listed = gettext("see the issues")
    if works:
        resolved = ngettext(
            "{count} version resolved over the whole closure",
            "{count} versions resolved over the whole closure",
            number,
        ).format(count=number)
        listed = ngettext("{count} file, listed under evidence", "{count} files, listed under evidence", number)
        listed = listed.format(count=number)
    yield ChecklistItem(works, gettext("One set of versions holds together on the target"), resolved)
    yield ChecklistItem(works, gettext("Every version of that set has a file that installs there"), listed)
    plan = entry.plan
    if plan.changes:
        names = ", ".join(change.name for change in plan.direct_changes) or gettext("the lock alone")
        yield ChecklistItem(False, gettext("Write the new requirements: {packages}").format(packages=names), "")
    if plan.major_changes:
        names = ", ".join(change.name for change in plan.major_changes)
        text = gettext("Read the change logs of the packages that take a major step: {packages}")
        yield ChecklistItem(False, text.format(packages=names), "")
    yield from _declarations(entry, planned)
    if yanked := entry.yanked():
        text = ngettext(
            "Replace the yanked release: {releases}", "Replace the yanked releases: {releases}", len(yanked)
        )
        yield ChecklistItem(False, text.format(releases=", ".join(yanked)), "")
    else:
        yield ChecklistItem(True, gettext("No release in use is yanked"), gettext("measured"))
    if flagged := dict(entry.flags()):
        text = gettext("Check what the standard library means for {packages}").format(packages=", ".join(flagged))
        yield ChecklistItem(False, text, gettext("key findings"))
    else:
        text = gettext("No package is known to use removed modules or to be replaced by the standard library")
        yield ChecklistItem(True, text, gettext("by Wheelway's table"))
    if removed:
        names = ", ".join(module.name for module in removed)
        text = gettext("Search the project's own code for removed modules: {modules}").format(modules=names)
        yield ChecklistItem(False, text, "")
    branch = PYTHON_BRANCHES.get(entry.target.python.version)
    if branch is not None and branch.end_of_life is not None:
        supported = branch.end_of_life > now.date()
        until = gettext("until {day}").format(day=branch.end_of_life)
        yield ChecklistItem(supported, gettext("That Python gets security fixes"), until)
    yield _proven(proof)
    text = gettext("Run the project's tests on {target}").format(target=entry.target.label)
    yield ChecklistItem(False, text, gettext("the index cannot tell"))


def _proven(proof: DatedProof | None) -> ChecklistItem:
    if proof is not None and proof.is_current:
        text = gettext("Fix what failed on import")
        if proof.proof.ran:
            text = gettext("Every module of the set can be imported")
        return ChecklistItem(proof.proof.ran, text, gettext("ran on {place}").format(place=proof_place(proof)))
    how = gettext("manage.py prove")
    if proof is not None:
        how = gettext("{command}: the last proof is of another set").format(command=how)
    return ChecklistItem(False, gettext("Install the set and import all of it"), how)


def _declarations(entry: ReportTarget, planned: PlannedSet) -> Iterator[ChecklistItem]:
    """Yield whether the releases of the set name the target's Python; nothing where none was read for it."""
    read = {one.name: Declaration(one.declared) for one in planned.files if one.declared}
    lacking = [name for name, declaration in read.items() if not declaration.is_declared]
    python = f"Python {entry.target.python.version[0]}.{entry.target.python.version[1]}"
    if not read:
        return
    if not lacking:
        text = gettext("Every release of the set declares {python}").format(python=python)
        yield ChecklistItem(True, text, gettext("by classifiers or Requires-Python"))
        return
    text = gettext("Test the releases that do not declare {python}: {packages}")
    text = text.format(python=python, packages=join_first(lacking, _MOST_NAMED))
    yield ChecklistItem(False, text, declared_text(len(read) - len(lacking), len(read)))


def declared_text(declared: int, read: int) -> str:
    """Return how many releases declare a Python: "3 of 5 releases declare it"."""
    text = ngettext("{declared} of {count} release declare it", "{declared} of {count} releases declare it", read)
    return text.format(declared=declared, count=read)


def validity(entry: ReportTarget, now: datetime, planned: PlannedSet) -> Iterator[str]:
    """Yield how long the report holds, a sentence each."""
    yield gettext("Everything here was true of the index on {moment} UTC.").format(moment=f"{now:%Y-%m-%d %H:%M}")
    if planned.checked_at is not None and now - planned.checked_at > _FRESH_FOR:
        text = gettext("The oldest answer of the index used here is from {day}: fetch again first.")
        yield text.format(day=f"{planned.checked_at:%Y-%m-%d}")
    ends = [f"{name} {version} ({_until(end)})" for (name, version), end in planned.open_releases(now).items()]
    if ends:
        yield gettext("Releases of the set that may still get files: {releases}.").format(releases=", ".join(ends))
    else:
        yield gettext("Every release of the set is closed to new files: only new releases or yanks change this.")
    if entry.result.verdict in (ProjectVerdict.NO_GO, ProjectVerdict.UNKNOWN):
        yield gettext("A new release of the packages without a version that installs ends it.")
    else:
        yield gettext(
            "New releases do not change the pinned set; make a new report before the move, and when pins change."
        )


def _until(end: datetime | None) -> str:
    """Return until when a release may get files."""
    if end is None:
        return gettext("at any time: its index closes no release")
    return gettext("until {day}").format(day=f"{end:%Y-%m-%d}")
