"""The summary at the top of a project's page: a line for each primary target with verdict, cause and one action."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import groupby

from msgspec import Struct

from projects.domain.assessment.counts import UNREAD, packages_needed
from projects.domain.assessment.verdicts import ProjectVerdict, Verdict
from projects.presentation.columns import Column, place_text
from projects.presentation.conflicts import conflict_cause
from projects.presentation.heatmap import LOOKS
from projects.presentation.shares import unfinished_text, unknown_text, with_help
from projects.presentation.stored import TargetSummary
from projects.presentation.target_names import describe_targets
from scanner.domain.phrases import join_first, join_words
from scanner.domain.translation import gettext, ngettext

_NAMED_BLOCKERS = 2
_NAMED_OTHERS = 3
_OTHERS = (ProjectVerdict.NO_GO, ProjectVerdict.UNKNOWN, ProjectVerdict.CONDITIONAL, ProjectVerdict.GO)


class SummaryLine(Struct, frozen=True):
    """One line. `action` is the text of its link; `watch` names the package to watch when only a release can help."""

    look: Verdict
    headline: str
    cause: str
    action: str
    target: str
    watch: str = ""


class OtherPlatforms(Struct, frozen=True):
    """Targets of other platforms with one verdict and cause. `target` is the first of them."""

    look: Verdict
    where: str
    text: str
    cause: str
    target: str


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


def summarise_others(columns: Sequence[Column], results: Mapping[str, TargetSummary]) -> tuple[OtherPlatforms, ...]:
    """Return the targets beside the primary ones, those with the same verdict for the same cause together, worst first.

    A target with the verdict of the primary target of its Python is left out.
    """
    primary = {column.python_slug: _stand(results[column.slug]) for column in primary_columns(columns)}
    groups: dict[tuple[ProjectVerdict, str, str], list[str]] = {}
    for column in columns:
        stand = _stand(results[column.slug])
        if column.platform_slug != columns[0].platform_slug and stand != primary.get(column.python_slug):
            groups.setdefault(stand, []).append(column.slug)
    ranked = sorted(groups.items(), key=lambda item: _OTHERS.index(item[0][0]))
    return tuple(
        OtherPlatforms(LOOKS[verdict], describe_targets(slugs), text, cause, slugs[0])
        for (verdict, text, cause), slugs in ranked
    )


def _stand(result: TargetSummary) -> tuple[ProjectVerdict, str, str]:
    """Return verdict, words and cause of a target, as far as other platforms share them."""
    if result.verdict is not ProjectVerdict.NO_GO:
        return result.verdict, verdict_text(result), ""
    names = [cell.name for cell in result.cells if cell.verdict == Verdict.BLOCKED]
    if not names:
        return result.verdict, verdict_text(result), gettext("requirements contradict")
    cause = ngettext("{packages} has no version that works", "{packages} have no version that works", len(names))
    return result.verdict, verdict_text(result), cause.format(packages=join_first(names, _NAMED_OTHERS))


def _headline(pairs: Sequence[tuple[Column, TargetSummary]]) -> str:
    """Return "Python 3.11 and 3.12 on Linux x86-64: ready."."""
    place = place_text([column for column, _ in pairs])
    return gettext("{place}: {verdict}.").format(place=place, verdict=verdict_text(pairs[0][1]))


def verdict_text(result: TargetSummary) -> str:
    """Return a verdict in words: "ready", "ready after 7 upgrades", "not yet", "not known yet"."""
    match result.verdict:
        case ProjectVerdict.GO:
            return gettext("ready")
        case ProjectVerdict.CONDITIONAL:
            moving = result.counts.get(Verdict.UPGRADE, 0)
            if moving:
                return ngettext("ready after {count} upgrade", "ready after {count} upgrades", moving).format(
                    count=moving
                )
            if _only_ignored(result):
                ignored = result.counts.get(Verdict.IGNORED, 0)
                return ngettext("ready except {count} ignored", "ready except {count} ignored", ignored).format(
                    count=ignored
                )
            return gettext("ready after changes")
        case ProjectVerdict.NO_GO:
            return gettext("not yet")
        case ProjectVerdict.UNKNOWN:
            return gettext("not known yet")


def _only_ignored(result: TargetSummary) -> bool:
    """Return whether the packages that the team ignores are all that keeps the target from being ready."""
    counts = result.counts
    others = (Verdict.UPGRADE, Verdict.HELD_BACK, Verdict.NOT_JUDGED, Verdict.BLOCKED, Verdict.UNKNOWN)
    return bool(counts.get(Verdict.IGNORED)) and not any(counts.get(one) for one in others) and UNREAD not in counts


def _go(pairs: Sequence[tuple[Column, TargetSummary]]) -> SummaryLine:
    column = pairs[-1][0]
    cause = _all_install({(packages_needed(one.counts), one.counts.get(Verdict.DEGRADED, 0)) for _, one in pairs})
    yanked = list(dict.fromkeys(f"{cell.name} {cell.version}" for _, one in pairs for cell in one.cells if cell.yanked))
    if yanked:
        withdrawn = ngettext(
            "Withdrawn by its maintainers (yanked): {releases}.",
            "Withdrawn by their maintainers (yanked): {releases}.",
            len(yanked),
        )
        cause = f"{cause} {withdrawn.format(releases=join_words(yanked))}"
    return SummaryLine(Verdict.READY, _headline(pairs), cause, gettext("See the packages"), column.slug)


def _all_install(numbers: Collection[tuple[int, int]]) -> str:
    """Return that all packages install. `numbers` has for each target how many they are, and how many with limits.

    Where targets differ (an older Python needs backports), no number is true of all: the heat map has each.
    """
    if len(numbers) > 1:
        if any(slower for _, slower in numbers):
            return gettext("All packages install as written, some with limits: slower, or built from source.")
        return gettext("All packages install as written.")
    ((total, slower),) = numbers
    if not total:
        return gettext("Nothing is required there.")
    if slower:
        text = ngettext(
            "Its one package installs as written, with limits: slower, or built from source.",
            "All {count} packages install as written, {slower} with limits: slower, or built from source.",
            total,
        )
    else:
        text = ngettext("Its one package installs as written.", "All {count} packages install as written.", total)
    return text.format(count=total, slower=slower)


def _unknown(pairs: Sequence[tuple[Column, TargetSummary]]) -> SummaryLine:
    # The one about which least is known speaks for all.
    column, result = max(pairs, key=lambda pair: pair[1].counts.get(Verdict.UNKNOWN, 0))
    cause = unknown_text(result.counts) if result.is_searched else unfinished_text(result.counts)
    action = gettext("See which") if cause else gettext("See the packages")
    cause = f"{cause or gettext('The search for a set that fits is not complete')}."
    return SummaryLine(Verdict.UNKNOWN, _headline(pairs), cause, action, column.slug)


def _line(column: Column, result: TargetSummary) -> SummaryLine:
    headline = _headline([(column, result)])
    look = LOOKS[result.verdict]
    if result.verdict is ProjectVerdict.NO_GO:
        cause, action, watch = _no_go(result)
        return SummaryLine(look, headline, cause, action, column.slug, watch)
    ignored = [cell for cell in result.cells if cell.verdict == Verdict.IGNORED]
    if _only_ignored(result):
        causes = [f"{cell.name}: {cell.reason}" for cell in ignored[:_NAMED_BLOCKERS]]
        cause = _with_more(causes, len(ignored))
        return SummaryLine(Verdict.IGNORED, headline, cause, gettext("See the packages"), column.slug)
    not_judged = [cell.name for cell in result.cells if cell.verdict == Verdict.NOT_JUDGED]
    share = with_help(result.counts, not_judged, [cell.name for cell in ignored])
    if not share:
        cause = gettext("The requirements do not hold together as written; an upgrade path exists.")
        return SummaryLine(look, headline, cause, gettext("See the packages"), column.slug)
    return SummaryLine(look, headline, f"{share}.", gettext("See the upgrade path"), column.slug)


def _with_more(causes: Sequence[str], total: int) -> str:
    """Return causes as one sentence, which ends with the number of the others."""
    more = total - len(causes)
    joined = "; ".join(causes)
    if not more:
        return gettext("{causes}.").format(causes=joined)
    return ngettext("{causes}; and {count} more.", "{causes}; and {count} more.", more).format(
        causes=joined, count=more
    )


def _no_go(result: TargetSummary) -> tuple[str, str, str]:
    """Return cause, action and the package to watch."""
    blocked = [cell for cell in result.cells if cell.verdict == Verdict.BLOCKED]
    if not blocked:
        cause = (
            conflict_cause(result.conflict)
            if result.conflict is not None
            else gettext("The requirements contradict each other.")
        )
        return cause, gettext("See the conflict"), ""
    cause = _with_more([cell.cause for cell in blocked[:_NAMED_BLOCKERS]], len(blocked))
    if len(blocked) == 1:
        return cause, gettext("Tell me when it clears"), blocked[0].name
    number = len(blocked)
    return cause, ngettext("See the {count} blocker", "See the {count} blockers", number).format(count=number), ""
