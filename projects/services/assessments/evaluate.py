"""Evaluate an assessment request from what is stored, and say what must be fetched first."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from projects.domain.assessment.bridge import bridge_over
from projects.domain.assessment.evaluate import (
    ResolvedTarget,
    explain_targets,
    missing_in,
    releases_to_explain,
    resolve_targets,
)
from projects.domain.assessment.request import AssessmentRequest
from projects.domain.assessment.target_result import TargetResult
from projects.services.assessments.read_index import IndexReader, read_files
from scanner.domain.resolution.model.outcomes import Missing
from scanner.domain.resolution.model.plans import Plan
from scanner.services.index_sets import IndexSet


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The results of a request, what was missing for them, and the names of all packages that they rest on.

    `bridge` is the one set over all targets, when the request asks for it and nothing is missing.
    """

    targets: list[TargetResult]
    missing: Missing
    names: frozenset[str]
    bridge: Plan | None = None


@dataclass(frozen=True, slots=True)
class ResolvedRequest:
    """A request resolved over all its targets, and the reading of the index that it rests on."""

    reader: IndexReader
    resolved: Sequence[ResolvedTarget]
    bridge: Plan | None

    @property
    def missing(self) -> Missing:
        """What must be fetched before every result is known."""
        return missing_in(self.resolved) | (self.bridge.missing if self.bridge is not None else Missing())


def resolve_request(request: AssessmentRequest, reader: IndexReader) -> ResolvedRequest:
    """Resolve a request over all its targets, from what was read."""
    resolved = resolve_targets(request, reader.snapshot)
    return ResolvedRequest(reader, resolved, bridge_over(request, reader.snapshot, resolved))


def evaluate(
    request: AssessmentRequest,
    *,
    indexes: IndexSet,
    as_of: datetime | None = None,
    resolved: ResolvedRequest | None = None,
) -> Evaluation:
    """Evaluate a request from what is stored; a few queries for each step from requirement to dependency.

    `resolved` is the same request, resolved after the last change of what is stored; it saves reading and resolving.
    """
    found = resolved or resolve_request(request, IndexReader(indexes, request, as_of=as_of))
    files_of = read_files(releases_to_explain(found.resolved), as_of=as_of)
    results = explain_targets(request, found.resolved, found.reader.snapshot, files_of)
    return make_evaluation(request, results, found.missing, found.bridge)


def make_evaluation(
    request: AssessmentRequest, results: list[TargetResult], missing: Missing, bridge: Plan | None = None
) -> Evaluation:
    """Return the evaluation that these results make."""
    seen = {package.name for result in results for package in result.packages} - request.foreign
    return Evaluation(results, missing, frozenset(request.names | seen | set(missing.packages)), bridge)


def search_clock() -> Callable[[], bool]:
    """Return a clock for one search, which is True once the time that the settings allow is over."""
    end = time.monotonic() + settings.WHEELWAY_SEARCH_SECONDS
    return lambda: time.monotonic() > end
