"""Why the verdict on a target is unknown, in the words of all documents and commands."""

from __future__ import annotations

from projects.domain.assessment.target_result import TargetResult
from projects.presentation.shares import unknown_text
from scanner.domain.resolution.explain.sentences import plan_reason_text
from scanner.domain.translation import gettext


def unknown_reason(result: TargetResult) -> str:
    """Return why a verdict is unknown, as a sentence without a full stop.

    It counts the packages that are not known, whose rows say why. Where each is known, it says what the search lacks.
    """
    if counted := unknown_text(result.counts):
        return counted
    reason = result.open_reason or (result.plan.reason if result.plan is not None else None)
    text = gettext("The search for a set that fits is not complete")
    if reason is None:
        return text
    return gettext("{text}: {cause}").format(text=text, cause=plan_reason_text(reason))
