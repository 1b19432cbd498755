"""The differences between two assessments as lines: one for each package and kind of change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from projects.domain.assessment.diff import ChangeKind, PackageChange
from projects.domain.assessment.verdicts import Verdict
from projects.presentation.columns import Column
from projects.presentation.heatmap import VERDICT_LABELS

_LOOKS = {
    ChangeKind.WORSE: Verdict.BLOCKED,
    ChangeKind.NEW: Verdict.DEGRADED,
    ChangeKind.BETTER: Verdict.READY,
    ChangeKind.GONE: Verdict.UNKNOWN,
    ChangeKind.MOVED: Verdict.DEGRADED,
}


class ChangeSummary(Struct, frozen=True):
    """One change of a package. `where` is short, `where_title` names every target."""

    kind: ChangeKind
    look: Verdict
    name: str
    text: str
    where: str
    where_title: str


def describe_differences(changes: Sequence[PackageChange], columns: Mapping[str, Column]) -> list[ChangeSummary]:
    """Return the lines for `changes`, in their order; the same change of a package on several targets is one."""
    grouped: dict[tuple[ChangeKind, str, str], list[str]] = {}
    for change in changes:
        grouped.setdefault((change.kind, change.name, _text(change)), []).append(change.target)
    return [
        ChangeSummary(kind, _LOOKS[kind], name, text, *_where(targets, columns))
        for (kind, name, text), targets in grouped.items()
    ]


def _text(change: PackageChange) -> str:
    before, after = change.before_version or "no version", change.after_version or "no version"
    match change.kind:
        case ChangeKind.NEW:
            return f"{after}, {_label(change.after_verdict)}"
        case ChangeKind.GONE:
            return f"{before}, was {_label(change.before_verdict)}"
        case ChangeKind.MOVED:
            return f"{before} → {after}, still {_label(change.after_verdict)}"
    versions = before if before == after else f"{before} → {after}"
    return f"{versions}: {_label(change.before_verdict)} → {_label(change.after_verdict)}"


def _label(verdict: Verdict | None) -> str:
    return VERDICT_LABELS[verdict] if verdict else "unknown"


def _where(targets: Sequence[str], columns: Mapping[str, Column]) -> tuple[str, str]:
    labels = [columns[target].label if target in columns else target for target in targets]
    short = labels[0] if len(labels) == 1 else f"on {len(labels)} targets"
    return short, ", ".join(labels)
