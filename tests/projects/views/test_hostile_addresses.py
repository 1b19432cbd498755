"""No address makes an error on the server, whatever stands in its parts."""

import pytest
from django.test import Client
from django.urls import URLPattern

from projects.urls import urlpatterns
from tests.cast import Cast

HOSTILE = [
    "0",
    "9223372036854775807",
    "9223372036854775808",
    "1" * 30,
    "x" * 3000,
    "%00",
    "%0d%0aa",
    "%ff",
    "%F0%9F%92%A3",
]
PATTERNS = [pattern for pattern in urlpatterns if isinstance(pattern, URLPattern) and "<" in str(pattern.pattern)]


def address(pattern: URLPattern, value: str, slug: str) -> str:
    """Return an address of the pattern with `value` in each of its parts, but for the project's own slug."""
    parts = str(pattern.pattern).split("/")
    filled = [slug if part == "<slug:slug>" and parts[0] == "projects" else part for part in parts]
    return "/" + "/".join(value if part.startswith("<") else part.replace("<str:kind>", value) for part in filled)


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern.name)
def test_an_address_with_anything_in_it_is_no_error_of_the_server(
    pattern: URLPattern, method: str, alice: Client, cast: Cast
) -> None:
    # An address whose only part is the slug of the project is the same for all.
    asked = dict.fromkeys(address(pattern, value, cast.project.slug) for value in HOSTILE)
    for client in (alice, Client()):
        for one in asked:
            assert getattr(client, method)(one).status_code < 500, one


@pytest.mark.parametrize("number", ["9223372036854775808", "18446744073709551616", "9" * 40])
@pytest.mark.parametrize(
    "address",
    ["projects/practice-api/indexes/{}/login/", "projects/practice-api/indexes/{}/remove/", "alerts/{}/end/"],
)
def test_a_number_beyond_64_bits_is_not_found(address: str, number: str, alice: Client) -> None:
    assert alice.get("/" + address.format(number)).status_code == 404
