"""The cast of the pages, with keys in place of sign-ins."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from projects.models import KeyScope, Project
from projects.services.api_keys import make_key
from tests.cast import NOON
from tests.projects.views.conftest import cast, usual_cast

__all__ = ["cast", "usual_cast"]
MakeClient = Callable[..., Client]


@pytest.fixture
def with_key() -> MakeClient:
    """Make a client that sends a key of a user."""

    def make(user: User, scope: KeyScope = KeyScope.WRITE, project: Project | None = None) -> Client:
        _, text = make_key(user, "a test", scope, NOON, project)
        return Client(headers={"Authorization": f"Bearer {text}"})

    return make


def problem_of(response: Any) -> dict[str, Any]:
    """Return the problem document of an answer."""
    assert response.headers["Content-Type"] == "application/problem+json", response.content
    document: dict[str, Any] = response.json()
    assert document["status"] == response.status_code
    return document
