"""The words of verdicts and severities, as pages and mails show them."""

from __future__ import annotations

from projects.domain.assessment.verdicts import Severity, Verdict
from scanner.domain.translation import gettext, noop, pgettext

_VERDICTS = {
    Verdict.BLOCKED: noop("blocked"),
    Verdict.UPGRADE: noop("upgrade"),
    Verdict.HELD_BACK: noop("held back"),
    Verdict.UNKNOWN: noop("unknown"),
    Verdict.NOT_JUDGED: noop("not judged"),
    Verdict.IGNORED: noop("ignored"),
    Verdict.DEGRADED: noop("slower"),
    Verdict.READY: noop("ready"),
    Verdict.INACTIVE: noop("not needed"),
}
_SEVERITIES = {
    Severity.LOW: noop("low"),
    Severity.MODERATE: noop("moderate"),
    Severity.HIGH: noop("high"),
    Severity.CRITICAL: noop("critical"),
}


def verdict_word(verdict: Verdict) -> str:
    """Return the word for a verdict."""
    return gettext(_VERDICTS[verdict])


def severity_word(severity: Severity | str) -> str:
    """Return the word for a severity, given as such or as its value."""
    if severity == Severity.NONE:
        return pgettext("severity", "none")
    return gettext(_SEVERITIES[Severity(severity)])
