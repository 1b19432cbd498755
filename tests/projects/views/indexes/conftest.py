"""A project with an index of its own beside that of the installation."""

import pytest
from pytest_django.fixtures import Settings

from projects.models import IndexRole, ProjectIndex
from projects.services.indexes import add_index
from tests.cast import Cast


@pytest.fixture(autouse=True)
def own_index(settings: Settings) -> None:
    settings.WHEELWAY_INDEX_URL = "https://index.example/simple"


@pytest.fixture
def row(cast: Cast) -> ProjectIndex:
    return add_index(cast.project, "https://robot:s3cret@private.example/simple", IndexRole.EXTRA)
