"""A project with a private index beside the installation's."""

from collections.abc import Iterator

import pytest
from pytest_django.fixtures import Settings

from projects.models import IndexRole, Project, ProjectTarget
from projects.services.indexes import add_index
from tests.cast import bare_project
from tests.projects.services.several_indexes.answers import WINDOWS
from tests.replay import ReplayIndex

LOGIN = "robot:s3cret"


@pytest.fixture(autouse=True)
def _assessed_by_hand(requested: list[int]) -> None:
    """Hand no snapshot to a worker."""


@pytest.fixture
def public(settings: Settings) -> Iterator[ReplayIndex]:
    with ReplayIndex(recorded=False) as index:
        settings.WHEELWAY_INDEX_URL = index.url
        yield index


@pytest.fixture
def private(public: ReplayIndex, settings: Settings) -> Iterator[ReplayIndex]:
    settings.WHEELWAY_ALLOW_PRIVATE_HOSTS = ["127.0.0.1"]
    with ReplayIndex(recorded=False, login=LOGIN) as index:
        index.style.serials = False
        yield index


@pytest.fixture
def project(private: ReplayIndex) -> Project:
    project = bare_project("practice")
    ProjectTarget.objects.create(project=project, slug=WINDOWS, position=0)
    add_index(project, private.url_with_login, IndexRole.EXTRA)
    return project
