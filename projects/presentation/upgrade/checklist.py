"""The checklist of an upgrade page: what the plan proves, and what is left to a person."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from projects.domain.assessment.run_evidence import DemandedEvidence
from projects.domain.assessment.upgrade_plan import UpgradePlan
from projects.domain.rewriting.edits import RewriteProblem
from projects.domain.rewriting.written_plan import WrittenPlan
from projects.presentation.columns import Column, place_text
from projects.presentation.limits import limit_advice
from projects.presentation.shares import some_packages
from projects.presentation.upgrade.sentences import MAX_NAMES, caps_only
from scanner.domain.phrases import join_first
from scanner.domain.resolution.upgrade import Strategy
from scanner.domain.translation import gettext, ngettext


class PlanCheck(Struct, frozen=True):
    """A line of the checklist: proven (`done`) or left to a person. `command` is a line to paste, if there is one."""

    done: bool
    text: str
    command: str = ""


def plan_checks(
    plan: UpgradePlan, written: WrittenPlan, columns: Sequence[Column], *, in_use: int, current: str, included: bool
) -> Iterator[PlanCheck]:
    """Yield what the plan proves, then what is left to do. `in_use` is how many packages the target needs as written.

    `current` names the target that the project runs on now, empty when unknown; `included` says that the set is
    planned for it too.
    """
    if plan.feasible:
        whole = ngettext(
            "A whole set of {count} package holds on {place}: each has a file that the policy accepts.",
            "A whole set of {count} packages holds on {place}: each has a file that the policy accepts.",
            len(plan.pins),
        )
        yield PlanCheck(True, whole.format(count=len(plan.pins), place=place_text(columns)))
        if plan.strategy is Strategy.MINIMAL and plan.changes and not caps_only(plan):
            yield PlanCheck(True, gettext("Each change is needed: without any one of them the set does not hold."))
    else:
        needs = gettext("{package} needs a release that works there.")
        yield from (PlanCheck(False, needs.format(package=one.name)) for one in plan.blockers)
    unchanged = in_use - len(plan.changes) - len(plan.dropped) - len(plan.blockers)
    if 0 < unchanged < in_use:
        stays = ngettext("{some} in use stays as it is.", "{some} in use stay as they are.", unchanged)
        yield PlanCheck(True, stays.format(some=some_packages(unchanged, in_use)))
    for limit in plan.limits:
        yield PlanCheck(limit.after is not None, limit_advice(limit))
    for path in written.files:
        text = gettext("{path} is rewritten below; comments, order and markers stay.")
        yield PlanCheck(True, text.format(path=path))
    for problem in written.problems:
        yield PlanCheck(False, f"{_place(problem)}: {problem.message}.")
    for command in written.commands:
        yield PlanCheck(False, gettext("Update the lock with its own tool:"), command)
    if current and included and plan.feasible:
        text = gettext("The set holds on {place} too: upgrade the packages first, then switch Python.")
        yield PlanCheck(True, text.format(place=current))
    elif current and not included:
        text = gettext("Check that the set also holds on {place}, where you are today: tick it above.")
        yield PlanCheck(False, text.format(place=current))
    yield PlanCheck(False, gettext("Install it there and run your tests. Wheelway has not run your code."))


def demand_check(lacking: Sequence[str], number: int, python: str, demanded: DemandedEvidence) -> PlanCheck | None:
    """Return what a plan's set has of the evidence that the project demands; None where it demands none.

    `lacking` are the packages of it, of `number`, that are not known to declare the Python: the search passes over
    those that are known not to.
    """
    if demanded is DemandedEvidence.INSTALLS:
        return None
    if demanded is DemandedEvidence.RAN:
        text = gettext("The project demands that releases ran there: prove this set and send the proof.")
        return PlanCheck(False, text)
    if not lacking:
        text = ngettext(
            "All {count} release declare Python {python}, as the project demands.",
            "All {count} releases declare Python {python}, as the project demands.",
            number,
        )
        return PlanCheck(True, text.format(count=number, python=python))
    text = ngettext(
        "The project demands releases that declare Python {python}: of this set {packages} is not known to.",
        "The project demands releases that declare Python {python}: of this set {packages} are not known to.",
        len(lacking),
    )
    return PlanCheck(False, text.format(python=python, packages=join_first(lacking, MAX_NAMES)))


def _place(problem: RewriteProblem) -> str:
    if not problem.line:
        return problem.path
    return gettext("{place} line {line}").format(place=problem.path, line=problem.line)
