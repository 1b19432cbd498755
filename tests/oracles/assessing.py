"""Assessments of what a replay index has, from fetching on."""

from datetime import timedelta

from projects.domain.assessment.request import AssessmentRequest
from projects.domain.assessment.target_result import TargetResult
from projects.services.assessments.budget import Budget
from projects.services.assessments.evaluate import evaluate
from projects.services.assessments.fetch import fetch_missing
from scanner.services.index_sets import IndexSet


def assessed(request: AssessmentRequest, indexes: IndexSet) -> list[TargetResult]:
    """Fetch what the request needs, and return the result of each target."""
    fetch_missing(
        request, indexes=indexes, progress=lambda *_: None, fresh_for=timedelta(minutes=10), budget=Budget(60)
    )
    return evaluate(request, indexes=indexes).targets
