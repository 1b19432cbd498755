"""Answer a wish from what is stored, and say what would have to be fetched first."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from projects.domain.assessment.bridge import bridge_over
from projects.domain.assessment.evaluate import (
    Resolved,
    TargetAnswer,
    Wish,
    answer_all,
    missing_in,
    named_releases,
    resolve_all,
)
from projects.services.assessments.read_index import Reading, files_reader
from scanner.domain.resolution.model.outcomes import Missing
from scanner.domain.resolution.model.plans import Plan
from scanner.services.index_sets import IndexSet


@dataclass(frozen=True, slots=True)
class Answer:
    """The verdicts over the targets, what the index was not yet asked for, and every package that was looked at.

    `bridge` is the one set over all targets, when the wish asks for it and nothing is missing.
    """

    targets: list[TargetAnswer]
    missing: Missing
    names: frozenset[str]
    bridge: Plan | None = None


@dataclass(frozen=True, slots=True)
class Findings:
    """A wish resolved over all its targets, and the reading that it rests on."""

    reading: Reading
    resolved: Sequence[Resolved]
    bridge: Plan | None

    @property
    def missing(self) -> Missing:
        """What must be fetched before every answer is known."""
        return missing_in(self.resolved) | (self.bridge.missing if self.bridge is not None else Missing())


def find(wish: Wish, reading: Reading) -> Findings:
    """Resolve a wish over all its targets from what was read."""
    resolved = resolve_all(wish, reading.knowledge)
    return Findings(reading, resolved, bridge_over(wish, reading.knowledge, resolved))


def answer(wish: Wish, *, indexes: IndexSet, as_of: datetime | None = None, findings: Findings | None = None) -> Answer:
    """Judge over all targets from what is stored; a few queries for each step from requirement to dependency.

    `findings` of the same wish, when they are at hand and nothing was stored since, save reading and resolving.
    """
    found = findings or find(wish, Reading(indexes, wish, as_of=as_of))
    files_of = files_reader(named_releases(found.resolved), as_of=as_of)
    answers = answer_all(found.resolved, found.reading.knowledge, files_of, wish.now)
    return answer_of(wish, answers, found.missing, found.bridge)


def answer_of(wish: Wish, answers: list[TargetAnswer], missing: Missing, bridge: Plan | None = None) -> Answer:
    """The answer that these entries make up."""
    seen = {row["name"] for target in answers for row in target.packages} - wish.foreign
    return Answer(answers, missing, frozenset(wish.names | seen | set(missing.packages)), bridge)


def search_clock() -> Callable[[], bool]:
    """A fresh clock for one target's search: true once the time that the settings allow is up."""
    end = time.monotonic() + settings.WHEELWAY_SEARCH_SECONDS
    return lambda: time.monotonic() > end
