"""Hooks and uploads without queues and without limits."""

from __future__ import annotations

import pytest
from pytest_django.fixtures import Settings

from projects import jobs
from projects.models.repository import Provider, Repository
from projects.models.sealed import Sealed
from tests.cast import Cast
from tests.projects.views.fuzz.sending import SECRET


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    """Queue nothing, and leave out the limits, which a fuzz run would reach."""
    for name in ("request_delivery", "request_assessment", "request_archive_audit"):
        monkeypatch.setattr(jobs, name, lambda pk: None)
    unlimited = {name: type(rate)(0, 1) for name, rate in settings.WHEELWAY_REQUEST_LIMITS.items()}
    settings.WHEELWAY_REQUEST_LIMITS = unlimited


@pytest.fixture
def sender(cast: Cast) -> Repository:
    return Repository.objects.create(project=cast.project, provider=Provider.UPLOAD, secret=Sealed.of(SECRET))
