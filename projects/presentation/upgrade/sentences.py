"""The sentences of an upgrade page: the answer, the checklist and the policy."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct

from projects.domain.assessment.counts import packages_needed
from projects.domain.assessment.provenance import Provenance
from projects.domain.assessment.run_evidence import DemandedEvidence
from projects.domain.assessment.target_result import TargetResult
from projects.domain.assessment.upgrade_plan import UpgradePlan
from projects.domain.assessment.verdicts import ProjectVerdict, Verdict
from projects.domain.rewriting.edits import RewriteProblem
from projects.domain.rewriting.written_plan import WrittenPlan
from projects.presentation.columns import Column, place_text
from projects.presentation.conflicts import conflict_cause
from projects.presentation.heatmap import LOOKS
from projects.presentation.limits import limit_advice, limits_text
from projects.presentation.shares import conditional_text, unknown_text
from scanner.domain.phrases import agree, count, join_first, join_words
from scanner.domain.resolution.explain.plan_reason import PlanReasonKind
from scanner.domain.resolution.explain.sentences import plan_reason_text
from scanner.domain.resolution.loosen import Step
from scanner.domain.resolution.model.plans import VersionChange
from scanner.domain.resolution.upgrade import Strategy

_SIZES = tuple(Step)
_MAX_NAMES = 3


class PlanAnswer(Struct, frozen=True):
    """The first sentence of the page: the look of its verdict, the headline, and the cause."""

    look: Verdict
    headline: str
    cause: str


class PlanCheck(Struct, frozen=True):
    """A line of the checklist: proven (`done`) or left to a person. `command` is a line to paste, if there is one."""

    done: bool
    text: str
    command: str = ""


def target_namer(columns: Sequence[Column]) -> Callable[[str], str]:
    """Return how reasons name targets by slug: not at all where there is one target, else in words."""
    names = {column.slug: place_text((column,)) for column in columns}
    return lambda slug: "" if len(names) == 1 else names.get(slug, slug)


def answer_unplanned(columns: Sequence[Column], stored: TargetResult) -> PlanAnswer:
    """Answer where no plan is stored: nothing has to change, or data is missing."""
    place = place_text(columns)
    counts = stored.counts
    total = count(packages_needed(counts), "package")
    look = LOOKS[stored.verdict]
    match stored.verdict:
        case ProjectVerdict.GO:
            return PlanAnswer(look, f"{place}: ready.", f"No change is needed: all {total} install as written.")
        case ProjectVerdict.UNKNOWN:
            cause = f"{unknown_text(counts) or 'No upgrade is planned yet'}."
            return PlanAnswer(look, f"{place}: not known yet.", cause)
        case ProjectVerdict.CONDITIONAL:
            share = conditional_text(counts, stored.names(Verdict.NOT_JUDGED), stored.names(Verdict.IGNORED))
            clauses = [f"{share[:1].upper()}{share[1:]}"] if share else []
            if not counts.get(Verdict.UPGRADE) and counts.get(Verdict.IGNORED):
                return PlanAnswer(Verdict.IGNORED, f"{place}: no upgrade is needed.", f"{clauses[0]}.")
            if counts.get(Verdict.UPGRADE) or not share:
                clauses.append("no upgrade is planned yet" if share else "No upgrade is planned yet")
            return PlanAnswer(look, f"{place}: ready after upgrades.", f"{'; '.join(clauses)}.")
    return PlanAnswer(look, f"{place}: not yet.", _conflict_cause(stored))


def _conflict_cause(stored: TargetResult) -> str:
    return "No path was found." if stored.conflict is None else conflict_cause(stored.conflict)


def answer_missing(columns: Sequence[Column], missing: int) -> PlanAnswer:
    """Answer while data from the index is missing."""
    cause = f"{count(missing, 'release')} must be read from the index before this set can be planned."
    return PlanAnswer(Verdict.UNKNOWN, f"{place_text(columns)}: not known yet.", cause)


def answer_cut_short(columns: Sequence[Column]) -> PlanAnswer:
    """Answer when the search ran out of time."""
    cause = "The search for a set took too long and was stopped. Choose fewer targets, or the fewest changes."
    return PlanAnswer(Verdict.UNKNOWN, f"{place_text(columns)}: not known yet.", cause)


def answer_planned(plan: UpgradePlan, columns: Sequence[Column], stored: TargetResult) -> PlanAnswer:
    """Answer with a plan: what it changes, or why there is no path.

    `stored` says how many packages stand in which way; it is of the page's own target.
    """
    place = place_text(columns) + (" together" if len(columns) > 1 else "")
    if not plan.feasible:
        return PlanAnswer(Verdict.BLOCKED, f"{place}: not yet.", _no_path(plan, columns))
    if not plan.changes and not plan.added:
        if plan.limits:
            cause = f"No package changes, but {limits_text(plan.limits)}."
            return PlanAnswer(Verdict.UPGRADE, f"{place}: ready after upgrades.", cause)
        return PlanAnswer(Verdict.READY, f"{place}: ready.", "No change is needed: the set in use holds there.")
    if caps_only(plan):
        caps = join_words([f"{change.name}<={change.after}" for change in plan.changes])
        cause = f"The plan writes down what would be installed anyway, as a cap: {caps}."
        return PlanAnswer(Verdict.HELD_BACK, f"{place}: only by going back.", cause)
    newest = ", to the newest releases that hold together" if plan.strategy is Strategy.LATEST else ""
    names = (stored.names(Verdict.NOT_JUDGED), stored.names(Verdict.IGNORED))
    share = conditional_text(stored.counts, *names) if len(columns) == 1 else ""
    share = f"{share[:1].upper()}{share[1:]}. " if share else ""
    cause = f"{share}{_changed_packages(plan)}{newest}."
    largest = max(plan.changes, key=lambda change: _SIZES.index(change.size), default=None)
    if largest is not None:
        step = f"{largest.name} {largest.before} → {largest.after}"
        is_only = len(plan.changes) == 1
        size = f"It is a {largest.size} step" if is_only else f"The largest step is a {largest.size} one"
        cause += f" {size} ({step})."
    return PlanAnswer(Verdict.UPGRADE, f"{place}: ready after upgrades.", cause)


def caps_only(plan: UpgradePlan) -> bool:
    """Return whether a plan only caps what is held back."""
    return bool(plan.changes) and all(change.reason.kind is PlanReasonKind.HELD_BACK for change in plan.changes)


def _changed_packages(plan: UpgradePlan) -> str:
    number, direct = len(plan.changes), len(plan.direct_changes)
    changes = f"The plan makes {count(number, 'change')}"
    if number == 1:
        return f"{changes}, of a package {'that your files name' if direct else 'that comes with others'}"
    others = count(number - direct, "dependency", "dependencies")
    return f"{changes}: {count(direct, 'package')} that your files name and {others}"


def _no_path(plan: UpgradePlan, columns: Sequence[Column]) -> str:
    stuck = [one.name for one in plan.blockers]
    if not stuck:
        text = plan_reason_text(plan.reason, target_namer(columns)) if plan.reason else "no path was found"
        return f"{text[:1].upper()}{text[1:]}."
    named = join_first(stuck, _MAX_NAMES)
    rest = len(plan.changes)
    then = f" The {count(rest, 'change')} below {agree(rest, 'clears', 'clear')} the rest." if rest else ""
    return f"No path: {named} {agree(len(stuck), 'has', 'have')} no version that works there.{then}"


def plan_checks(
    plan: UpgradePlan, written: WrittenPlan, columns: Sequence[Column], *, in_use: int, current: str, included: bool
) -> Iterator[PlanCheck]:
    """Yield what the plan proves, then what is left to do. `in_use` is how many packages the target needs as written.

    `current` names the target that the project runs on now, empty when unknown; `included` says that the set is
    planned for it too.
    """
    if plan.feasible:
        whole = f"A whole set of {count(len(plan.pins), 'package')} holds on {place_text(columns)}"
        yield PlanCheck(True, f"{whole}: each has a file that the policy accepts.")
        if plan.strategy is Strategy.MINIMAL and plan.changes and not caps_only(plan):
            yield PlanCheck(True, "Each change is needed: without any one of them the set does not hold.")
    else:
        yield from (PlanCheck(False, f"{one.name} needs a release that works there.") for one in plan.blockers)
    unchanged = in_use - len(plan.changes) - len(plan.dropped) - len(plan.blockers)
    if 0 < unchanged < in_use:
        stays = agree(unchanged, "stays as it is", "stay as they are")
        yield PlanCheck(True, f"{unchanged} of {count(in_use, 'package')} in use {stays}.")
    for limit in plan.limits:
        yield PlanCheck(limit.after is not None, limit_advice(limit))
    for path in written.files:
        yield PlanCheck(True, f"{path} is rewritten below; comments, order and markers stay.")
    for problem in written.problems:
        yield PlanCheck(False, f"{_place(problem)}: {problem.message}.")
    for command in written.commands:
        yield PlanCheck(False, "Update the lock with its own tool:", command)
    if current and included and plan.feasible:
        yield PlanCheck(True, f"The set holds on {current} too: upgrade the packages first, then switch Python.")
    elif current and not included:
        yield PlanCheck(False, f"Check that the set also holds on {current}, where you are today: tick it above.")
    yield PlanCheck(False, "Install it there and run your tests. Wheelway has not run your code.")


_DEMANDS = {
    "declared": "only releases that declare the Python",
    "ran": "none that failed in the last proof, and each must have run to be ready",
}


def demand_check(lacking: Sequence[str], number: int, python: str, demanded: DemandedEvidence) -> PlanCheck | None:
    """Return what a plan's set has of the evidence that the project demands; None where it demands none.

    `lacking` are the packages of it, of `number`, that are not known to declare the Python: the search passes over
    those that are known not to.
    """
    if demanded is DemandedEvidence.INSTALLS:
        return None
    if demanded is DemandedEvidence.RAN:
        return PlanCheck(False, "The project demands that releases ran there: prove this set and send the proof.")
    if not lacking:
        return PlanCheck(True, f"All {count(number, 'release')} declare Python {python}, as the project demands.")
    named = join_first(lacking, _MAX_NAMES)
    text = f"The project demands releases that declare Python {python}: of this set {named}"
    return PlanCheck(False, f"{text} {agree(len(lacking), 'is', 'are')} not known to.")


def _place(problem: RewriteProblem) -> str:
    return f"{problem.path} line {problem.line}" if problem.line else problem.path


def change_origin(change: VersionChange, provenance: Provenance) -> str:
    """Return how a changed package comes into the set: "direct", "by pydantic", or "listed".

    "listed": the files list it and do not say whether the project itself requires it.
    """
    if change.direct:
        return "listed" if provenance.direct is None else "direct"
    path = provenance.shortest_path[:-1]
    return f"by {' → '.join(path)}" if path else "by others"


def policy_text(
    source: str,
    step: str,
    holds: Sequence[str],
    minimum_age_days: int,
    *,
    prereleases: bool,
    demanded: str = "installs",
) -> str:
    """Describe in one line the limits of the project's policy on each plan."""
    builds = {"never": "wheels only", "pure": "wheels, and source builds of pure Python", "any": "any source build"}
    steps = {"patch": "patch steps only", "minor": "steps up to a minor one", "major": "steps of any size"}
    limits = [builds[source], steps[step]]
    if prereleases:
        limits.append("pre-releases count")
    if minimum_age_days:
        limits.append(f"releases at least {count(minimum_age_days, 'day')} old")
    if demanded != "installs":
        limits.append(_DEMANDS[demanded])
    if holds:
        limits.append(f"{join_words(list(holds))} {agree(len(holds), 'stays as it is', 'stay as they are')}")
    return "; ".join(limits)
