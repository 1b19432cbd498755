"""The OpenAPI document against the API: schemathesis finds no answer that it does not describe, and no error.

A longer run: `SCHEMATHESIS_EXAMPLES=200 pytest tests/projects/api/test_description.py`.
"""

import os
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import positive_data_acceptance

from compat_site.wsgi import application
from projects.models import KeyScope
from projects.services.api_keys import make_key
from tests.cast import NOON, Cast

EXAMPLES = int(os.environ.get("SCHEMATHESIS_EXAMPLES", "4"))


@pytest.fixture
def description(cast: Cast, settings: Any) -> Iterator[Any]:
    # As Django's own client does: each request would close the connection of the test's transaction.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    settings.ALLOWED_HOSTS = ["localhost"]
    yield schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def key(cast: Cast, settings: Any) -> str:
    """A key of the manager, without the limits that a thousand requests would reach."""
    unlimited = {name: type(rate)(0, 1) for name, rate in settings.WHEELWAY_REQUEST_LIMITS.items()}
    settings.WHEELWAY_REQUEST_LIMITS = unlimited
    return make_key(cast.alice, "a test", KeyScope.WRITE, NOON)[1]


def test_the_api_answers_as_its_description_says(description: Any, key: str) -> None:
    wrong = []
    for operation in (found.ok() for found in description.get_all_operations()):

        @given(case=operation.as_strategy())
        @settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
        def ask(case: Any) -> None:
            if "slug" in case.path_parameters and len(str(case.path_parameters["slug"])) % 3:
                # A project that there is: schemathesis would not guess it.
                case.path_parameters["slug"] = "practice-api"
            # What is valid by its description may still be refused: an unknown target, files that list nothing.
            case.call_and_validate(
                headers={"Authorization": f"Bearer {key}"}, excluded_checks=[positive_data_acceptance]
            )

        try:
            ask()
        except (FailureGroup, ExceptionGroup) as found:
            wrong.append(f"{operation.label}: {found}")
    assert not wrong, "\n\n".join(wrong)
