"""The search field in the head of every page."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests.cast import LINUX_314, Cast, rest_on

pytestmark = pytest.mark.django_db
PAGE = "/find/"


def test_every_page_has_the_field_and_it_works_by_address(alice: Client) -> None:
    assert 'action="/find/"' in alice.get("/alerts/").content.decode()
    assert 'value="no &lt;such&gt; thing"' in alice.get(PAGE, {"q": "no <such> thing"}).content.decode()


@pytest.mark.parametrize(
    ("text", "there"),
    [
        ("practice-api", "/projects/practice-api/"),
        (" PRACTICE ", "/projects/practice-api/"),
        ("orjson", "/packages/orjson/"),
        ("PyYAML", "/packages/pyyaml/"),
        ("sqlal", "/packages/sqlalchemy/"),
    ],
)
def test_what_is_meant_opens_at_once(alice: Client, text: str, there: str) -> None:
    response = alice.get(PAGE, {"q": text})
    assert (response.status_code, response.headers["Location"]) == (302, there)


def test_several_are_listed_and_none_is_said(alice: Client) -> None:
    several = alice.get(PAGE, {"q": "y"}).content.decode()
    assert 'href="/packages/pyyaml/"' in several
    assert 'href="/packages/sqlalchemy/"' in several
    assert "None of your projects" in alice.get(PAGE, {"q": "nothing"}).content.decode()
    assert "Enter a part of the name" in alice.get(PAGE).content.decode()


@pytest.mark.parametrize("text", ["\0", "%", "_", "'; --", "a" * 5000, "é" * 300])
def test_any_text_gives_a_page(alice: Client, text: str) -> None:
    assert alice.get(PAGE, {"q": text}).status_code in (200, 302)


def test_strangers_find_nothing_of_others(client: Client, carol: Client, cast: Cast) -> None:
    assert client.get(PAGE, {"q": "orjson"}).status_code == 302
    for text in ("practice", "orjson"):
        assert "None of your projects" in carol.get(PAGE, {"q": text}).content.decode()


@pytest.mark.parametrize("packages", [1, 50])
def test_the_page_asks_the_database_the_same_whatever_it_finds(
    alice: Client, cast: Cast, django_assert_num_queries: DjangoAssertNumQueries, packages: int
) -> None:
    rest_on(cast.project, [f"thing-{number}" for number in range(packages)] + ["thing-else"])
    with django_assert_num_queries(7):
        page = alice.get(PAGE, {"q": "thing-"})
    assert page.content.decode().count('href="/packages/thing-') == min(50, packages + 1)


def test_a_package_is_listed_with_who_uses_it_and_its_verdicts(alice: Client) -> None:
    html = alice.get(PAGE, {"q": "y"}).content.decode()
    assert f'href="/projects/practice-api/cells/{LINUX_314}/pyyaml/"' in html
    assert '<a href="/projects/practice-api/">practice-api</a>' in html


@pytest.mark.parametrize(("sought", "key"), [("3.13 windows", "cp313-windows-x64"), ("cp314", "cp314-linux-x86-64")])
def test_a_target_leads_to_the_portfolio_on_it(alice: Client, sought: str, key: str) -> None:
    html = alice.get(PAGE, {"q": sought}).content.decode()
    assert f'href="/?on={key}"' in html
    assert alice.get(f"/?on={key}").status_code == 200
