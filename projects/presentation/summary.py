"""The summary at the top of a project's page: a line for each primary target with verdict, cause and one action."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from projects.domain.assessment.counts import packages_needed
from projects.domain.assessment.verdicts import ProjectVerdict, Verdict
from projects.presentation.columns import Column, place_text
from projects.presentation.conflicts import conflict_cause
from projects.presentation.heatmap import LOOKS
from projects.presentation.shares import conditional_text, unknown_text
from projects.presentation.stored import TargetSummary
from scanner.domain.phrases import agree, count, join_words

_HEADLINES = {
    ProjectVerdict.GO: "go",
    ProjectVerdict.CONDITIONAL: "conditional go",
    ProjectVerdict.NO_GO: "no go yet",
    ProjectVerdict.UNKNOWN: "not known yet",
}
_NAMED_BLOCKERS = 2


@dataclass(frozen=True, slots=True)
class SummaryLine:
    """One line. `action` is the text of its link; `watch` names the package to watch when only a release can help."""

    look: Verdict
    headline: str
    cause: str
    action: str
    target: str
    watch: str = ""


def primary_columns(columns: Sequence[Column]) -> tuple[Column, ...]:
    """Return the targets to summarise: every Python on the project's first platform."""
    return tuple(column for column in columns if column.platform_slug == columns[0].platform_slug)


def summarise_targets(columns: Sequence[Column], results: Mapping[str, TargetSummary]) -> tuple[SummaryLine, ...]:
    """Return the lines for `columns`, in their order; neighbours that are all go, or all unknown, share one."""
    pairs = [(column, results[column.slug]) for column in columns if column.slug in results]
    lines: list[SummaryLine] = []
    for verdict, group in groupby(pairs, key=lambda pair: pair[1].verdict):
        together = list(group)
        match verdict:
            case ProjectVerdict.GO:
                lines.append(_go(together))
            case ProjectVerdict.UNKNOWN:
                lines.append(_unknown(together))
            case _:
                lines += [_line(column, result) for column, result in together]
    return tuple(lines)


def _headline(pairs: Sequence[tuple[Column, TargetSummary]]) -> str:
    """Return "Python 3.11 and 3.12 on Linux x86-64: go."."""
    return f"{place_text([column for column, _ in pairs])}: {_HEADLINES[pairs[0][1].verdict]}."


def _go(pairs: Sequence[tuple[Column, TargetSummary]]) -> SummaryLine:
    column, result = pairs[-1]
    slower = max(pair[1].counts.get(Verdict.DEGRADED, 0) for pair in pairs)
    cause = f"All {count(packages_needed(result.counts), 'package')} install as written"
    cause += f", {slower} without a fast part or by a source build." if slower else "."
    yanked = list(dict.fromkeys(f"{cell.name} {cell.version}" for _, one in pairs for cell in one.cells if cell.yanked))
    if yanked:
        cause += f" Withdrawn by {agree(len(yanked), 'its', 'their')} maintainers (yanked): {join_words(yanked)}."
    return SummaryLine(Verdict.READY, _headline(pairs), cause, "See the packages", column.slug)


def _unknown(pairs: Sequence[tuple[Column, TargetSummary]]) -> SummaryLine:
    # The one of which least is known speaks for all.
    column, result = max(pairs, key=lambda pair: pair[1].counts.get(Verdict.UNKNOWN, 0))
    cause = unknown_text(result.counts)
    action = "See which" if cause else "See the packages"
    cause = f"{cause or 'The search for a set that fits is not complete'}."
    return SummaryLine(Verdict.UNKNOWN, _headline(pairs), cause, action, column.slug)


def _line(column: Column, result: TargetSummary) -> SummaryLine:
    headline = _headline([(column, result)])
    look = LOOKS[result.verdict]
    if result.verdict is ProjectVerdict.NO_GO:
        cause, action, watch = _no_go(result)
        return SummaryLine(look, headline, cause, action, column.slug, watch)
    not_judged = [cell.name for cell in result.cells if cell.verdict == Verdict.NOT_JUDGED]
    share = conditional_text(result.counts, not_judged)
    if not share:
        cause = "The requirements do not hold together as written; an upgrade path exists."
        return SummaryLine(look, headline, cause, "See the packages", column.slug)
    cause = f"{share[:1].upper()}{share[1:]}"
    if moving := result.counts.get(Verdict.UPGRADE, 0):
        cause += f"; {agree(moving, 'it has a version that works', 'all have a version that works')}"
    return SummaryLine(look, headline, f"{cause}.", "See the upgrade path", column.slug)


_CONTRADICTION = "The requirements contradict each other."


def _no_go(result: TargetSummary) -> tuple[str, str, str]:
    """Return cause, action and the package to watch."""
    blocked = [cell for cell in result.cells if cell.verdict == Verdict.BLOCKED]
    if not blocked:
        cause = conflict_cause(result.conflict) if result.conflict is not None else _CONTRADICTION
        return cause, "See the conflict", ""
    causes = [cell.cause for cell in blocked[:_NAMED_BLOCKERS]]
    more = len(blocked) - len(causes)
    cause = "; ".join(causes) + (f"; and {more} more." if more else ".")
    if len(blocked) == 1:
        return cause, "Tell me when it clears", blocked[0].name
    return cause, f"See the {len(blocked)} blockers", ""
