"""One set for several targets, a bridge, as rows and as a sentence for the text formats."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from msgspec import Struct

from projects.domain.assessment.upgrade_plan import UpgradePlan
from projects.presentation.target_names import describe_targets
from scanner.domain.phrases import count
from scanner.domain.resolution.explain.conflict_text import conflict_lines
from scanner.domain.resolution.explain.sentences import plan_cause_text

BRIDGE_COLUMNS = ("Package", "From", "To", "Step", "Why")


class BridgeRow(NamedTuple):
    """One package that the bridge moves, or that it has no version of (`after` empty)."""

    name: str
    before: str
    after: str
    size: str
    why: str


class Bridge(Struct, frozen=True):
    """A plan for all of these targets together."""

    plan: UpgradePlan
    targets: tuple[str, ...]

    @property
    def headline(self) -> str:
        """Whether one set holds on all targets, and what it changes."""
        number = len(self.targets)
        every = "both targets" if number == 2 else f"all {count(number, 'target')}"
        place = describe_targets(self.targets)
        if not self.plan.feasible:
            return f"No one set for {every} ({place}). {self._reason}"
        if not self.plan.changes:
            return f"One set holds on {every} ({place}) without a change."
        changes = count(len(self.plan.changes), "change")
        return f"One set holds on {every} ({place}) after {changes}:"

    @property
    def _reason(self) -> str:
        if self.plan.conflict is not None:
            return " ".join(conflict_lines(self.plan.conflict, _name))
        if self.plan.blockers or self.plan.reason is None:
            return "No version of these works on all of them:" if self.plan.blockers else ""
        text = plan_cause_text(self.plan.reason, _name)
        return f"{text[:1].upper()}{text[1:]}."

    @property
    def rows(self) -> tuple[BridgeRow, ...]:
        """The packages that move, then those without a version that works."""
        changes = (
            BridgeRow(one.name, str(one.before), str(one.after), one.size.value, plan_cause_text(one.reason, _name))
            for one in self.plan.changes
        )
        blocked = (BridgeRow(one.name, "", "", "", plan_cause_text(one.reason, _name)) for one in self.plan.blockers)
        return (*changes, *blocked)


def bridge_of(plan: UpgradePlan | None, targets: Iterable[str]) -> Bridge | None:
    """Return the bridge of a plan; None where none was asked for."""
    return Bridge(plan, tuple(targets)) if plan is not None else None


def _name(slug: str) -> str:
    return describe_targets([slug])
