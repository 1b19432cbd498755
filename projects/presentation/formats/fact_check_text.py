"""The check of one known break as text."""

from __future__ import annotations

from projects.domain.fact_check import CheckOutcome, FactCheck
from scanner.domain.phrases import join_words


def fact_check_text(check: FactCheck) -> str:
    """Return a check as one line, and the end of the error where it contradicts the entry."""
    fact = check.fact
    tried = join_words(list(check.installed)) or f"{fact.package}{fact.versions}"
    where = f" on Python {check.python}" if check.python else ""
    text = f"{_mark(check.outcome)} {tried}{where}: {_said(check)}"
    if check.tail and check.outcome is not CheckOutcome.HOLDS:
        text += "".join(f"\n    {line}" for line in check.tail.splitlines()[-2:])
    return text


def _mark(outcome: CheckOutcome) -> str:
    return "✕" if outcome.is_wrong else "✓" if outcome is CheckOutcome.HOLDS else "~"


def _said(check: FactCheck) -> str:
    fact = check.fact
    match check.outcome:
        case CheckOutcome.HOLDS:
            return f"{fact.action} fails as stated"
        case CheckOutcome.RUNS:
            return f"{fact.action} runs"
        case CheckOutcome.OTHER_SYMPTOM:
            return f"{fact.action} fails, but not with {fact.symptom!r}"
        case CheckOutcome.FIRST_GOOD_FAILS:
            return f"{fact.action} fails too, and is stated as the first that runs"
        case CheckOutcome.NOT_INSTALLED:
            return "not checked, since it does not install from wheels"
        case CheckOutcome.NO_INTERPRETER:
            return "not checked, since no such Python was found here"
