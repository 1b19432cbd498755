"""The sentences of an upgrade page: the answer, and what it says of steps."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct

from projects.domain.assessment.counts import packages_needed
from projects.domain.assessment.provenance import Provenance
from projects.domain.assessment.target_result import TargetResult
from projects.domain.assessment.upgrade_plan import UpgradePlan
from projects.domain.assessment.verdicts import ProjectVerdict, Verdict
from projects.presentation.columns import Column, place_text
from projects.presentation.conflicts import conflict_cause
from projects.presentation.heatmap import LOOKS
from projects.presentation.limits import limits_text
from projects.presentation.shares import conditional_text, unknown_text
from scanner.domain.phrases import join_first, join_words
from scanner.domain.resolution.explain.plan_reason import PlanReasonKind
from scanner.domain.resolution.explain.sentences import plan_reason_text
from scanner.domain.resolution.loosen import Step
from scanner.domain.resolution.model.plans import VersionChange
from scanner.domain.resolution.upgrade import Strategy
from scanner.domain.translation import gettext, ngettext, noop

_SIZES = tuple(Step)
MAX_NAMES = 3


class PlanAnswer(Struct, frozen=True):
    """The first sentence of the page: the look of its verdict, the headline, and the cause."""

    look: Verdict
    headline: str
    cause: str


def target_namer(columns: Sequence[Column]) -> Callable[[str], str]:
    """Return how reasons name targets by slug: not at all where there is one target, else in words."""
    names = {column.slug: place_text((column,)) for column in columns}
    return lambda slug: "" if len(names) == 1 else names.get(slug, slug)


def answer_unplanned(columns: Sequence[Column], stored: TargetResult) -> PlanAnswer:
    """Answer where no plan is stored: nothing has to change, or data is missing."""
    place = place_text(columns)
    counts = stored.counts
    look = LOOKS[stored.verdict]
    match stored.verdict:
        case ProjectVerdict.GO:
            total = packages_needed(counts)
            cause = ngettext(
                "No change is needed: its one package installs as written.",
                "No change is needed: all {count} packages install as written.",
                total,
            ).format(count=total)
            return PlanAnswer(look, _ready(place), cause)
        case ProjectVerdict.UNKNOWN:
            cause = f"{unknown_text(counts) or gettext('No upgrade is planned yet')}."
            return PlanAnswer(look, _not_known(place), cause)
        case ProjectVerdict.CONDITIONAL:
            share = conditional_text(counts, stored.names(Verdict.NOT_JUDGED), stored.names(Verdict.IGNORED))
            clauses = [f"{share[:1].upper()}{share[1:]}"] if share else []
            if not counts.get(Verdict.UPGRADE) and counts.get(Verdict.IGNORED):
                headline = gettext("{place}: no upgrade is needed.").format(place=place)
                return PlanAnswer(Verdict.IGNORED, headline, f"{clauses[0]}.")
            if counts.get(Verdict.UPGRADE) or not share:
                clauses.append(gettext("no upgrade is planned yet") if share else gettext("No upgrade is planned yet"))
            return PlanAnswer(look, _after_upgrades(place), f"{'; '.join(clauses)}.")
    return PlanAnswer(look, _not_yet(place), _no_go_cause(stored))


def _ready(place: str) -> str:
    return gettext("{place}: ready.").format(place=place)


def _after_upgrades(place: str) -> str:
    return gettext("{place}: ready after upgrades.").format(place=place)


def _not_yet(place: str) -> str:
    return gettext("{place}: not yet.").format(place=place)


def _not_known(place: str) -> str:
    return gettext("{place}: not known yet.").format(place=place)


def _no_go_cause(stored: TargetResult) -> str:
    if stored.conflict is not None:
        return conflict_cause(stored.conflict)
    blocked = stored.names(Verdict.BLOCKED)
    return _without_version(blocked) if blocked else gettext("No path was found.")


def answer_missing(columns: Sequence[Column], missing: int) -> PlanAnswer:
    """Answer while data from the index is missing."""
    cause = ngettext(
        "{count} release must be read from the index before this set can be planned.",
        "{count} releases must be read from the index before this set can be planned.",
        missing,
    ).format(count=missing)
    return PlanAnswer(Verdict.UNKNOWN, _not_known(place_text(columns)), cause)


def answer_cut_short(columns: Sequence[Column]) -> PlanAnswer:
    """Answer when the search ran out of time."""
    cause = gettext("The search for a set took too long and was stopped. Choose fewer targets, or the fewest changes.")
    return PlanAnswer(Verdict.UNKNOWN, _not_known(place_text(columns)), cause)


def answer_planned(plan: UpgradePlan, columns: Sequence[Column], stored: TargetResult) -> PlanAnswer:
    """Answer with a plan: what it changes, or why there is no path.

    `stored` says how many packages stand in which way; it is of the page's own target.
    """
    place = place_text(columns)
    if len(columns) > 1:
        place = gettext("{places} together").format(places=place)
    if not plan.feasible:
        return PlanAnswer(Verdict.BLOCKED, _not_yet(place), _no_path(plan, columns))
    if not plan.changes and not plan.added:
        if plan.limits:
            cause = gettext("No package changes, but {limits}.").format(limits=limits_text(plan.limits))
            return PlanAnswer(Verdict.UPGRADE, _after_upgrades(place), cause)
        return PlanAnswer(Verdict.READY, _ready(place), gettext("No change is needed: the set in use holds there."))
    if caps_only(plan):
        caps = join_words([f"{change.name}<={change.after}" for change in plan.changes])
        text = gettext("The plan writes down what would be installed anyway, as a cap: {caps}.")
        headline = gettext("{place}: only by going back.").format(place=place)
        return PlanAnswer(Verdict.HELD_BACK, headline, text.format(caps=caps))
    names = (stored.names(Verdict.NOT_JUDGED), stored.names(Verdict.IGNORED))
    share = conditional_text(stored.counts, *names) if len(columns) == 1 else ""
    share = f"{share[:1].upper()}{share[1:]}." if share else ""
    cause = " ".join(filter(None, (share, _changed_packages(plan), _largest_step(plan))))
    return PlanAnswer(Verdict.UPGRADE, _after_upgrades(place), cause)


def _largest_step(plan: UpgradePlan) -> str:
    largest = max(plan.changes, key=lambda change: _SIZES.index(change.size), default=None)
    if largest is None:
        return ""
    if len(plan.changes) == 1:
        text = gettext("It is a {size} step ({step}).")
    else:
        text = gettext("The largest step is a {size} one ({step}).")
    step = f"{largest.name} {largest.before} → {largest.after}"
    return text.format(size=size_word(largest.size), step=step)


_SIZE_WORDS = {Step.MAJOR: noop("major"), Step.MINOR: noop("minor"), Step.PATCH: noop("patch")}


def size_word(size: Step) -> str:
    """Return the word for the size of a step."""
    return gettext(_SIZE_WORDS[size])


def caps_only(plan: UpgradePlan) -> bool:
    """Return whether a plan only caps what is held back."""
    return bool(plan.changes) and all(change.reason.kind is PlanReasonKind.HELD_BACK for change in plan.changes)


def _changed_packages(plan: UpgradePlan) -> str:
    """Return a clause with how many packages change, their kinds, and whether all move to the newest release."""
    number, direct = len(plan.changes), len(plan.direct_changes)
    is_newest = plan.strategy is Strategy.LATEST
    if number == 1:
        if direct:
            changes = gettext("The plan makes 1 change, of a package that your files name")
        else:
            changes = gettext("The plan makes 1 change, of a package that comes with others")
    else:
        own = ngettext("{count} package that your files name", "{count} packages that your files name", direct)
        others = ngettext("{count} dependency", "{count} dependencies", number - direct)
        changes = ngettext(
            "The plan makes {count} change: {own} and {others}",
            "The plan makes {count} changes: {own} and {others}",
            number,
        ).format(count=number, own=own.format(count=direct), others=others.format(count=number - direct))
    if is_newest:
        return gettext("{changes}, to the newest releases that hold together.").format(changes=changes)
    return f"{changes}."


def _no_path(plan: UpgradePlan, columns: Sequence[Column]) -> str:
    stuck = [one.name for one in plan.blockers]
    if not stuck:
        text = plan_reason_text(plan.reason, target_namer(columns)) if plan.reason else gettext("no path was found")
        return f"{text[:1].upper()}{text[1:]}."
    text = _without_version(stuck)
    if not (rest := len(plan.changes)):
        return text
    then = ngettext(
        "The {count} change below clears the rest.", "The {count} changes below clear the rest.", rest
    ).format(count=rest)
    return f"{text} {then}"


def _without_version(names: Sequence[str]) -> str:
    text = ngettext(
        "No path: {packages} has no version that works there.",
        "No path: {packages} have no version that works there.",
        len(names),
    )
    return text.format(packages=join_first(names, MAX_NAMES))


def change_origin(change: VersionChange, provenance: Provenance) -> str:
    """Return how a changed package comes into the set: "direct", "by pydantic", or "listed".

    "listed": the files list it and do not say whether the project itself requires it.
    """
    if change.direct:
        return gettext("listed") if provenance.direct is None else gettext("direct")
    path = provenance.shortest_path[:-1]
    return gettext("by {path}").format(path=" → ".join(path)) if path else gettext("by others")
