"""Answer a wish from what is stored, and say what would have to be fetched first."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from projects.domain.assessment.bridge import bridge_over
from projects.domain.assessment.evaluate import (
    ResolvedTarget,
    TargetResult,
    explain_targets,
    missing_in,
    releases_to_explain,
    resolve_targets,
)
from projects.domain.assessment.request import AssessmentRequest
from projects.services.assessments.read_index import IndexReader, read_files
from scanner.domain.resolution.model.outcomes import Missing
from scanner.domain.resolution.model.plans import Plan
from scanner.services.index_sets import IndexSet


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The verdicts over the targets, what the index was not yet asked for, and every package that was looked at.

    `bridge` is the one set over all targets, when the wish asks for it and nothing is missing.
    """

    targets: list[TargetResult]
    missing: Missing
    names: frozenset[str]
    bridge: Plan | None = None


@dataclass(frozen=True, slots=True)
class ResolvedRequest:
    """A wish resolved over all its targets, and the reading that it rests on."""

    reader: IndexReader
    resolved: Sequence[ResolvedTarget]
    bridge: Plan | None

    @property
    def missing(self) -> Missing:
        """What must be fetched before every answer is known."""
        return missing_in(self.resolved) | (self.bridge.missing if self.bridge is not None else Missing())


def resolve_request(request: AssessmentRequest, reader: IndexReader) -> ResolvedRequest:
    """Resolve a wish over all its targets from what was read."""
    resolved = resolve_targets(request, reader.snapshot)
    return ResolvedRequest(reader, resolved, bridge_over(request, reader.snapshot, resolved))


def evaluate(
    request: AssessmentRequest,
    *,
    indexes: IndexSet,
    as_of: datetime | None = None,
    resolved_request: ResolvedRequest | None = None,
) -> Evaluation:
    """Judge over all targets from what is stored; a few queries for each step from requirement to dependency.

    `findings` of the same wish, when they are at hand and nothing was stored since, save reading and resolving.
    """
    found = resolved_request or resolve_request(request, IndexReader(indexes, request, as_of=as_of))
    files_of = read_files(releases_to_explain(found.resolved), as_of=as_of)
    answers = explain_targets(found.resolved, found.reader.snapshot, files_of, request.now)
    return make_evaluation(request, answers, found.missing, found.bridge)


def make_evaluation(
    request: AssessmentRequest, answers: list[TargetResult], missing: Missing, bridge: Plan | None = None
) -> Evaluation:
    """The answer that these entries make up."""
    seen = {row["name"] for target in answers for row in target.packages} - request.foreign
    return Evaluation(answers, missing, frozenset(request.names | seen | set(missing.packages)), bridge)


def search_clock() -> Callable[[], bool]:
    """A fresh clock for one target's search: true once the time that the settings allow is up."""
    end = time.monotonic() + settings.WHEELWAY_SEARCH_SECONDS
    return lambda: time.monotonic() > end
