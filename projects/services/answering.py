"""Answer a wish from what is stored, and say what would have to be fetched first."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from projects.domain.assessing import TargetAnswer, Wish, answer_all, missing_in, named_releases, resolve_all
from projects.domain.bridging import bridge_over
from projects.services.offers import files_reader, read_knowledge
from scanner.domain.resolution.outcomes import Missing
from scanner.domain.resolution.plans import Plan


@dataclass(frozen=True, slots=True)
class Answer:
    """The verdicts over the targets, what the index was not yet asked for, and every package that was looked at.

    `bridge` is the one set over all targets, when the wish asks for it and nothing is missing.
    """

    targets: list[TargetAnswer]
    missing: Missing
    names: frozenset[str]
    bridge: Plan | None = None


def answer(wish: Wish, *, index_id: int, as_of: datetime | None = None) -> Answer:
    """Judge over all targets from what is stored; a few queries for each step from requirement to dependency."""
    knowledge = read_knowledge(index_id, wish, as_of=as_of)
    resolved = resolve_all(wish, knowledge)
    files_of = files_reader(named_releases(resolved), as_of=as_of)
    answers = answer_all(resolved, knowledge, files_of, wish.now)
    seen = {row["name"] for target in answers for row in target.packages} - wish.foreign
    bridge = bridge_over(wish, knowledge, resolved)
    missing = missing_in(resolved) | (bridge.missing if bridge is not None else Missing())
    return Answer(answers, missing, frozenset(wish.names | seen | set(missing.packages)), bridge)


def search_clock() -> Callable[[], bool]:
    """A fresh clock for one target's search: true once the time that the settings allow is up."""
    end = time.monotonic() + settings.WHEELWAY_SEARCH_SECONDS
    return lambda: time.monotonic() > end
