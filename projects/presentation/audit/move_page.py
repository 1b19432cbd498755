"""The page of a move: what changes, each with its reason and a box, and the patch of what is chosen."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from urllib.parse import urlencode

from msgspec import Struct

from projects.domain.assessment.target_result import TargetResult
from projects.domain.assessment.upgrade_plan import UpgradePlan
from projects.domain.python_places.moves import PlaceMove
from projects.domain.python_places.whole_move import REQUIREMENTS, WholeMove
from projects.domain.rewriting.edits import RewriteProblem
from projects.presentation.audit.move_text import by_hand_text, change_reason, change_text
from projects.presentation.columns import Column, columns_of
from projects.presentation.report.blocks import CodeBlock
from projects.presentation.upgrade.sentences import PlanAnswer, answer_planned, answer_unplanned
from scanner.domain.phrases import join_first
from scanner.domain.resolution.explain.sentences import plan_cause_text
from scanner.domain.translation import gettext, ngettext

_SHOWN_CHANGES = 30
_CHOSEN = "chosen"
_TAKE = "take"


class MoveChoice(Struct, frozen=True):
    """What a reader of a move's page chose: the names of the changes to take; None takes all."""

    taken: frozenset[str] | None = None

    @classmethod
    def parse(cls, parameters: Mapping[str, Sequence[str]]) -> MoveChoice:
        """Read a query string. A form sends nothing for an empty box, so another field says that it was sent."""
        return cls(frozenset(parameters.get(_TAKE, ())) if _CHOSEN in parameters else None)

    def skipped(self, move: WholeMove) -> frozenset[str]:
        """Return the changes of the whole move that are not taken."""
        return frozenset() if self.taken is None else frozenset(_names(move)) - self.taken

    def encode(self, move: WholeMove) -> str:
        """Return the query string: empty for all changes, and only names of changes that there are."""
        if self.taken is None:
            return ""
        return urlencode([(_CHOSEN, "1"), *((_TAKE, name) for name in _names(move) if name in self.taken)])


class MoveItem(Struct, frozen=True):
    """A change that may be left out. `details` are its parts, which go together."""

    name: str
    where: str
    text: str
    reason: str
    is_taken: bool
    details: tuple[str, ...] = ()


class MovePage(Struct, frozen=True):
    """The view model of the page.

    `query` keeps the choice in links. `notes` say what the patch leaves to people; `commands` are for locks.
    """

    column: Column
    answer: PlanAnswer
    items: tuple[MoveItem, ...]
    query: str
    files: tuple[tuple[str, CodeBlock], ...]
    patch: str
    commands: tuple[str, ...]
    notes: tuple[str, ...]


def move_page(
    result: TargetResult,
    whole: WholeMove,
    chosen: WholeMove,
    choice: MoveChoice,
    patch: str,
    commands: Sequence[str],
    problems: Sequence[RewriteProblem],
) -> MovePage:
    """Return the page for the whole move, and for the part of it that was chosen, whose patch is given."""
    columns = columns_of([result.target])
    plan = result.plan if result.plan is not None and result.plan.feasible else None
    answer = answer_planned(plan, columns, result) if plan is not None else answer_unplanned(columns, result)
    skipped = choice.skipped(whole)
    takes_plan = REQUIREMENTS not in skipped
    return MovePage(
        columns[0],
        answer,
        tuple(_items(whole, plan or UpgradePlan(), skipped)),
        choice.encode(whole),
        tuple((file.path, CodeBlock(file.patch, "diff")) for file in chosen.files),
        patch,
        tuple(commands) if takes_plan else (),
        (
            *(f"{by_hand_text(place)}." for place in chosen.by_hand),
            *(f"{one.path}:{one.line or 1}: {one.message}." for one in problems if takes_plan),
        ),
    )


def _names(move: WholeMove) -> list[str]:
    """Return the names of the changes, as `whole_move` takes them."""
    plan = [REQUIREMENTS] if any(file.is_planned for file in move.files) else []
    return plan + [_name(one) for file in move.files for one in file.moves]


def _name(one: PlaceMove) -> str:
    return f"{one.place.path}:{one.place.line}"


def _items(move: WholeMove, plan: UpgradePlan, skipped: Collection[str]) -> Iterator[MoveItem]:
    planned = [file.path for file in move.files if file.is_planned]
    if planned:
        yield MoveItem(
            REQUIREMENTS,
            join_first(planned, 4),
            _plan_text(plan),
            gettext("they are one set: it holds only together"),
            REQUIREMENTS not in skipped,
            tuple(_changes(plan)),
        )
    seen = set()
    for file in move.files:
        for one in file.moves:
            if (name := _name(one)) not in seen:
                seen.add(name)
                here = [other for other in file.moves if other.place.line == one.place.line]
                text = ", ".join(map(change_text, here))
                yield MoveItem(name, name, text, change_reason(one), name not in skipped)


def _plan_text(plan: UpgradePlan) -> str:
    if not plan.changes:
        return gettext("the requirements of the plan")
    text = ngettext(
        "{count} version of the plan, {own} of them named in the files",
        "{count} versions of the plan, {own} of them named in the files",
        len(plan.changes),
    )
    return text.format(count=len(plan.changes), own=len(plan.direct_changes))


def _changes(plan: UpgradePlan) -> Iterator[str]:
    for change in plan.direct_changes[:_SHOWN_CHANGES]:
        yield f"{change.name} {change.before} → {change.after}: {plan_cause_text(change.reason, lambda _: '')}"
    if len(plan.direct_changes) > _SHOWN_CHANGES:
        yield gettext("and {number} more").format(number=len(plan.direct_changes) - _SHOWN_CHANGES)
