"""A project that follows a repository, on a host of its own."""

import pytest
from pytest_django.fixtures import Settings

from projects import jobs
from projects.models.repository import Repository
from projects.models.sealed import Sealed
from tests.cast import bare_project
from tests.hosting.git_server import GitServer
from tests.projects.services.webhooks.deliveries import SECRET


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The deliveries handed to the worker."""
    ids: list[int] = []
    monkeypatch.setattr(jobs, "request_delivery", ids.append)
    return ids


@pytest.fixture
def repository(host: GitServer, settings: Settings) -> Repository:
    settings.WHEELWAY_ALLOW_PRIVATE_HOSTS = ["127.0.0.1"]
    project = bare_project("App", slug="app")
    return Repository.objects.create(
        project=project, clone_url=host.url, secret=Sealed.of(SECRET), paths=["requirements.txt"]
    )
