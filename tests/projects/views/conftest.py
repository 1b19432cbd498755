"""The cast of the pages' tests, and clients that are signed in as them."""

import pytest
from django.test import Client

from tests.cast import Cast, assess_as, make_cast, usual_rows


@pytest.fixture
def cast(db: None) -> Cast:
    """The people and their project, assessed as usual."""
    cast = make_cast()
    assess_as(cast.project, usual_rows())
    return cast


@pytest.fixture
def alice(cast: Cast) -> Client:
    """A client that alice is signed in with: she manages the project."""
    client = Client()
    client.force_login(cast.alice)
    return client


@pytest.fixture
def bob(cast: Cast) -> Client:
    """A client that bob is signed in with: he reads the project."""
    client = Client()
    client.force_login(cast.bob)
    return client


@pytest.fixture
def carol(cast: Cast) -> Client:
    """A client that carol is signed in with: she is a stranger to the project."""
    client = Client()
    client.force_login(cast.carol)
    return client
