"""The differences between two assessments as lines: one for each package and kind of change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from projects.domain.assessment.diff import ChangeKind, PackageChange
from projects.domain.assessment.verdicts import Verdict
from projects.presentation.columns import Column
from projects.presentation.words import verdict_word
from scanner.domain.translation import gettext, ngettext, noop

_LOOKS = {
    ChangeKind.WORSE: Verdict.BLOCKED,
    ChangeKind.NEW: Verdict.DEGRADED,
    ChangeKind.BETTER: Verdict.READY,
    ChangeKind.GONE: Verdict.UNKNOWN,
    ChangeKind.MOVED: Verdict.DEGRADED,
}


_WORDS = {
    ChangeKind.WORSE: noop("worse"),
    ChangeKind.NEW: noop("new"),
    ChangeKind.BETTER: noop("better"),
    ChangeKind.GONE: noop("gone"),
    ChangeKind.MOVED: noop("moved"),
}


class ChangeSummary(Struct, frozen=True):
    """One change of a package. `where` is short, `where_title` names every target."""

    kind: ChangeKind
    look: Verdict
    name: str
    text: str
    where: str
    where_title: str

    @property
    def word(self) -> str:
        """The word for the kind of change."""
        return gettext(_WORDS[self.kind])


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
    before, after = change.before_version or gettext("no version"), change.after_version or gettext("no version")
    match change.kind:
        case ChangeKind.NEW:
            return gettext("{version}, {verdict}").format(version=after, verdict=_label(change.after_verdict))
        case ChangeKind.GONE:
            return gettext("{version}, was {verdict}").format(version=before, verdict=_label(change.before_verdict))
        case ChangeKind.MOVED:
            text = gettext("{before} → {after}, still {verdict}")
            return text.format(before=before, after=after, verdict=_label(change.after_verdict))
    versions = before if before == after else f"{before} → {after}"
    return f"{versions}: {_label(change.before_verdict)} → {_label(change.after_verdict)}"


def _label(verdict: Verdict | None) -> str:
    return verdict_word(verdict or Verdict.UNKNOWN)


def _where(targets: Sequence[str], columns: Mapping[str, Column]) -> tuple[str, str]:
    labels = [columns[target].label if target in columns else target for target in targets]
    several = ngettext("on {count} target", "on {count} targets", len(labels)).format(count=len(labels))
    return labels[0] if len(labels) == 1 else several, ", ".join(labels)
