"""The report's headline: the answer in one sentence."""

from __future__ import annotations

from projects.domain.assessment.verdicts import ProjectVerdict, Verdict
from projects.presentation.limits import limits_text
from projects.presentation.report.target import ReportTarget
from projects.presentation.shares import conditional_text
from scanner.domain.phrases import count, join_words
from scanner.domain.translation import gettext, ngettext


def headline(entry: ReportTarget) -> str:
    """Return the answer in one sentence."""
    label, total = entry.target.label, len(entry.needed)
    match entry.result.verdict:
        case ProjectVerdict.GO:
            if not total:
                return gettext("Ready: nothing is required on {target}.").format(target=label)
            text = ngettext(
                "Ready: its one package installs on {target} as required today.",
                "Ready: all {count} packages install on {target} as required today.",
                total,
            )
            return text.format(count=total, target=label)
        case ProjectVerdict.CONDITIONAL:
            return _conditional(entry)
        case ProjectVerdict.NO_GO:
            stuck = entry.names(Verdict.BLOCKED)
            if stuck:
                text = gettext("Not yet: on {target} no version of {packages} installs.")
                return text.format(target=label, packages=join_words(stuck, "or"))
            return gettext("Not yet: the requirements contradict each other on {target}.").format(target=label)
    text = ngettext(
        "Not known: data about its one package on {target} is missing.",
        "Not known: data about some of the {count} packages on {target} is missing.",
        total,
    )
    return text.format(count=total, target=label)


def _conditional(entry: ReportTarget) -> str:
    label, counts, not_judged = entry.target.label, entry.result.counts, entry.names(Verdict.NOT_JUDGED)
    ignored = entry.names(Verdict.IGNORED)
    need = conditional_text(counts, not_judged, ignored)
    need = "; ".join(filter(None, (need, limits_text(entry.plan.limits))))
    need = need or gettext("the requirements do not hold together as written")
    plan = ""
    if changes := entry.plan.changes:
        own = own_changes_text(len(changes), len(entry.plan.direct_changes))
        plan = gettext("; a plan with {changes}, clears all").format(changes=own)
    if ignored and not conditional_text(counts, not_judged):
        # Nothing but what the team ignores: "ready except …".
        capital = f"{need[:1].upper()}{need[1:]}"
        return gettext("{ready}, on {target}{plan}.").format(ready=capital, target=label, plan=plan)
    return gettext("Ready after changes: on {target}, {need}{plan}.").format(target=label, need=need, plan=plan)


def own_changes_text(total: int, own: int) -> str:
    """Return how many changes there are, and how many of them a person writes."""
    changes = count(total, "change")
    if total == 1 and own:
        return gettext("{changes}, which is in the project's own files").format(changes=changes)
    if total == 1:
        return gettext("{changes}, which is not in the project's own files").format(changes=changes)
    if not own:
        return gettext("{changes}, none of them in the project's own files").format(changes=changes)
    if own == total:
        return gettext("{changes}, all of them in the project's own files").format(changes=changes)
    return gettext("{changes}, {own} of them in the project's own files").format(changes=changes, own=own)
