"""What installing and importing says of a known break: whether it happens as its entry says."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from scanner.domain.evidence.known_breaks import KnownBreak


class CheckOutcome(StrEnum):
    """What became of the check of one entry. The comments say when."""

    HOLDS = "holds"  # the action fails with the symptom, and the first good release runs
    RUNS = "runs"  # the action does not fail
    OTHER_SYMPTOM = "other-symptom"  # it fails with another error
    FIRST_GOOD_FAILS = "first-good-fails"  # it fails as stated, and with the first good release too
    NOT_INSTALLED = "not-installed"  # the releases did not install from wheels
    NO_INTERPRETER = "no-interpreter"  # no interpreter of these Pythons is at hand

    @property
    def is_wrong(self) -> bool:
        """Whether the check contradicts the entry."""
        return self in {CheckOutcome.RUNS, CheckOutcome.OTHER_SYMPTOM, CheckOutcome.FIRST_GOOD_FAILS}


class FactCheck(Struct, frozen=True):
    """The check of one entry on one interpreter. `installed` names the releases that were tried, `tail` the error."""

    fact: KnownBreak
    outcome: CheckOutcome
    python: str = ""
    installed: tuple[str, ...] = ()
    tail: str = ""


def requirements_of(fact: KnownBreak) -> list[str]:
    """Return what to install to see the break, as requirements: the newest releases that the entry names."""
    partner = [f"{fact.partner.name}{fact.partner.versions}"] if fact.partner is not None else []
    return [f"{fact.package}{fact.versions}", *partner]


def requirements_of_first_good(fact: KnownBreak) -> list[str]:
    """Return what to install to see that the first good release runs."""
    return [f"{fact.package}=={fact.first_good}", *requirements_of(fact)[1:]]


def happens_on(fact: KnownBreak, python: tuple[int, int], *, free_threaded: bool) -> bool:
    """Return whether the entry is about a Python."""
    if fact.free_threaded and not free_threaded:
        return False
    return fact.pythons.contains(f"{python[0]}.{python[1]}", prereleases=True)


def shows_symptom(symptom: str, output: str) -> bool:
    """Return whether the error output of an action ends with the symptom, or with a longer form of it."""
    lines = [line.strip() for line in output.strip().splitlines()]
    return any(line.startswith(symptom.strip().rstrip("…. ")) for line in lines)
