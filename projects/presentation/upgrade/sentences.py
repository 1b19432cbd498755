"""What an upgrade plan comes to, in sentences: the answer of its page, and what holds already. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from projects.domain.assessment.verdicts import ProjectVerdict, Verdict
from projects.presentation.columns import Column
from projects.presentation.heatmap import LOOKS
from scanner.domain.phrases import count, join_words
from scanner.domain.resolution.loosen import Step

PlanDocument = Mapping[str, Any]
_SIZES = tuple(Step)


@dataclass(frozen=True, slots=True)
class Sentence:
    """The answer: its look, the few words that matter most, and the rest."""

    look: Verdict
    headline: str
    cause: str


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that is proven, or that is left for a person. `command` is a line to paste, when there is one."""

    done: bool
    text: str
    command: str = ""


def plain(text: str, columns: Sequence[Column]) -> str:
    """A resolver's clause without the slugs of targets: left out when there is one target, else said in words."""
    for column in columns:
        if len(columns) == 1:
            text = text.replace(f" for {column.slug}", "").replace(f" on {column.slug}", "")
        text = text.replace(column.slug, f"{column.interpreter} on {column.platform}")
    return text


def place_words(columns: Sequence[Column]) -> str:
    """ "Python 3.11 and 3.13 on Linux x86-64"; several platforms are joined by "and"."""
    parts = []
    for platform, group in groupby(columns, key=lambda column: column.platform):
        pythons = [column.interpreter if not at else column.python for at, column in enumerate(group)]
        parts.append(join_words(pythons) + (f" on {platform}" if platform else ""))
    return join_words(parts)


def answer_unplanned(columns: Sequence[Column], verdict: str, counts: Mapping[str, int], conflict: str) -> Sentence:
    """The answer where no plan is stored: nothing has to move, or nothing is known yet."""
    place = place_words(columns)
    total = sum(counts.values())
    if verdict == ProjectVerdict.GO:
        return Sentence(
            Verdict.READY, f"{place}: go.", f"Nothing has to move: all {count(total, 'package')} install as written."
        )
    if verdict == ProjectVerdict.UNKNOWN:
        missing = counts.get(Verdict.UNKNOWN, 0)
        cause = f"{missing} of {count(total, 'package')} {'is' if missing == 1 else 'are'} not known yet."
        return Sentence(Verdict.UNKNOWN, f"{place}: not known yet.", cause if missing else "No path is planned yet.")
    if verdict == ProjectVerdict.CONDITIONAL:
        moving = count(counts.get(Verdict.UPGRADE, 0), "package")
        return Sentence(Verdict.UPGRADE, f"{place}: conditional go.", f"{moving} must move; how is not planned yet.")
    cause = conflict.partition("\n")[0] or "No path was found."
    return Sentence(LOOKS[ProjectVerdict(verdict)], f"{place}: no go yet.", cause)


def answer_missing(columns: Sequence[Column], missing: int) -> Sentence:
    """The answer while the index has to tell more first."""
    verb = "has" if missing == 1 else "have"
    cause = f"{count(missing, 'release')} {verb} to be read from the index before this set can be planned."
    return Sentence(Verdict.UNKNOWN, f"{place_words(columns)}: not known yet.", cause)


def answer_cut_short(columns: Sequence[Column]) -> Sentence:
    """The answer when the time was up."""
    cause = (
        "The search for a set took too long and was cut short. Ask for fewer targets at once, or for the smallest move."
    )
    return Sentence(Verdict.UNKNOWN, f"{place_words(columns)}: not known yet.", cause)


def answer_planned(plan: PlanDocument, columns: Sequence[Column]) -> Sentence:
    """The answer of a plan that was found, or that is known not to be there."""
    place = place_words(columns)
    together = " together" if len(columns) > 1 else ""
    if not plan["feasible"]:
        return Sentence(Verdict.BLOCKED, f"{place}{together}: no go yet.", _no_path(plan, columns))
    changes = plan["changes"]
    if not changes and not plan["added"]:
        return Sentence(Verdict.READY, f"{place}{together}: go.", "Nothing has to move: the set in use holds there.")
    newest = plan["strategy"] == "latest"
    cause = f"{_who_moves(changes)}{', to the newest releases that hold together' if newest else ''}."
    largest = max(changes, key=lambda change: _SIZES.index(Step(change["size"])), default=None)
    if largest is not None:
        step = f"{largest['name']} {largest['from']} → {largest['to']}"
        cause += f" The largest step is a {largest['size']} one ({step})."
    return Sentence(Verdict.UPGRADE, f"{place}{together}: conditional go.", cause)


def _who_moves(changes: Sequence[Mapping[str, Any]]) -> str:
    direct = sum(bool(change["direct"]) for change in changes)
    moves = f"{count(len(changes), 'package')} {'moves' if len(changes) == 1 else 'move'}"
    if len(changes) == 1:
        return f"{moves}, {'which your files name' if direct else 'which others bring'}"
    return f"{moves}: {direct} that your files name and {len(changes) - direct} that they bring"


def _no_path(plan: PlanDocument, columns: Sequence[Column]) -> str:
    stuck = [one["name"] for one in plan["stuck"]]
    if not stuck:
        reason = plain(plan["reason"] or "", columns).removeprefix("no path: ")
        return f"No path, because {reason.rstrip('.')}." if reason else "No path was found."
    named = join_words(stuck) if len(stuck) < 4 else f"{', '.join(stuck[:3])} and {len(stuck) - 3} more"
    has = "has" if len(stuck) == 1 else "have"
    rest = len(plan["changes"])
    then = f" The {count(rest, 'change')} below {'clears' if rest == 1 else 'clear'} the rest." if rest else ""
    return f"No path, because {named} {has} no version that works there.{then}"


def checks_of(
    plan: PlanDocument, columns: Sequence[Column], *, in_use: int, open_today: str, on_today: str
) -> tuple[Check, ...]:
    """What the plan proves, ticked, then what is left. `in_use` counts the packages of the set as written.

    `on_today` is the label of today's target when the set holds there too, `open_today` when nobody asked yet.
    """
    place = place_words(columns)
    pins, changes = len(plan["pins"]), plan["changes"]
    checks = []
    if plan["feasible"]:
        whole = f"A whole set of {count(pins, 'package')} holds on {place}: each has a file that the policy accepts."
        checks.append(Check(True, whole))
        if plan["strategy"] == "minimal" and changes:
            checks.append(Check(True, "Nothing moves without need: taking back any one change breaks the set."))
    else:
        checks += [Check(False, f"{one['name']} needs a release that works there.") for one in plan["stuck"]]
    staying = in_use - len(changes) - len(plan["dropped"]) - len(plan["stuck"])
    if 0 < staying < in_use:
        checks.append(Check(True, f"{staying} of {count(in_use, 'package')} in use {_stays(staying)}."))
    checks += [
        Check(True, f"{path} is rewritten below; comments, order and markers stay.") for path in plan.get("files") or ()
    ]
    checks += [
        Check(False, f"{_place(problem)}: {problem['message']}.") for problem in plan.get("rewriting_problems") or ()
    ]
    checks += [
        Check(False, "Have the lock written again by its own tool:", command) for command in plan.get("commands") or ()
    ]
    if on_today:
        checks.append(Check(True, f"The set holds on {on_today} too: move the packages first, switch Python after."))
    elif open_today:
        checks.append(Check(False, f"Whether the set also holds on {open_today}, where you are today: tick it above."))
    checks.append(Check(False, "Install it there and run your tests. Nothing here has run your code."))
    return tuple(checks)


def _stays(number: int) -> str:
    return "stays as it is" if number == 1 else "stay as they are"


def _place(problem: Mapping[str, Any]) -> str:
    return f"{problem['path']} line {problem['line']}" if problem.get("line") else str(problem["path"])


def policy_words(source: str, step: str, holds: Sequence[str], minimum_age_days: int, *, prereleases: bool) -> str:
    """What bounds every plan of the project, in one line."""
    builds = {"never": "wheels only", "pure": "wheels, and source builds of pure Python", "any": "any source build"}
    steps = {"patch": "patch steps only", "minor": "steps up to a minor one", "major": "steps of any size"}
    words = [builds[source], steps[step]]
    if prereleases:
        words.append("pre-releases count")
    if minimum_age_days:
        words.append(f"releases at least {count(minimum_age_days, 'day')} old")
    if holds:
        words.append(f"{join_words(list(holds))} never touched")
    return "; ".join(words)
