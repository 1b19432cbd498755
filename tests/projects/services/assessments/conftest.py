"""A project with one target, and a queue that takes no job."""

import pytest

from projects.models import Project, ProjectTarget
from tests.cast import bare_project
from tests.projects.services.assessments.assessed import WINDOWS


@pytest.fixture
def project() -> Project:
    project = bare_project("practice")
    ProjectTarget.objects.create(project=project, slug=WINDOWS, position=0)
    return project


@pytest.fixture
def no_queue(requested: list[int]) -> None:
    """Hand no snapshot to a worker: they are assessed by hand."""
