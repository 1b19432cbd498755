"""The cast of the pages' tests, and clients that are signed in as them."""

from http.cookies import SimpleCookie

import pytest
from django.test import Client

from tests.cast import Cast, assess_as, make_cast, usual_rows
from tests.kept import kept


@kept
def usual_cast() -> Cast:
    cast = make_cast()
    assess_as(cast.project, usual_rows())
    return cast


@kept
def cookies_of_alice(usual_cast: Cast) -> SimpleCookie:
    client = Client()
    client.force_login(usual_cast.alice)
    return client.cookies


@pytest.fixture
def cast(usual_cast: Cast) -> Cast:
    """The people and their project, assessed as usual."""
    return usual_cast


@pytest.fixture
def alice(cookies_of_alice: SimpleCookie) -> Client:
    """A client that alice is signed in with: she manages the project."""
    client = Client()
    client.cookies = cookies_of_alice
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
