"""The navigation of a project: few groups, and every page in at most two clicks, for those who may open it."""

import re

import pytest
from django.test import Client

from tests.cast import Cast

PAGE = "/projects/practice-api/"
_NAV = re.compile(r'<nav class="within".*?</nav>', re.DOTALL)
_LINK = re.compile(r'<a href="([^"]+)"(?: aria-current="(\w+)")?>([^<]+)</a></li>')


def links(client: Client, path: str) -> dict[str, tuple[str, str]]:
    """The address and the mark of each link, by its text."""
    found = _NAV.search(client.get(path).content.decode())
    assert found is not None
    return {text: (url, current) for url, current, text in _LINK.findall(found.group())}


def test_the_overview_shows_the_groups_alone(alice: Client, cast: Cast) -> None:
    found = links(alice, PAGE)
    assert list(found) == ["Overview", "Snapshots", "Source", "Decisions", "Setup"]
    assert found["Overview"] == (PAGE, "page")


@pytest.mark.parametrize(
    ("group", "pages"),
    [
        ("Decisions", ["Waivers", "Known breaks"]),
        ("Setup", ["Targets and policy", "Repository", "Indexes", "Endpoints", "Badges", "Settings"]),
    ],
)
def test_a_group_leads_to_its_pages_and_both_are_marked(
    alice: Client, cast: Cast, group: str, pages: list[str]
) -> None:
    for name in pages:
        inside = links(alice, links(alice, PAGE)[group][0])
        assert list(inside)[5:] == pages
        there = links(alice, inside[name][0])
        assert (there[group][1], there[name][1]) == ("true", "page")


def test_readers_are_led_only_to_what_they_may_open(bob: Client, cast: Cast) -> None:
    inside = links(bob, links(bob, PAGE)["Setup"][0])
    assert list(inside)[5:] == ["Indexes", "Badges"]
    assert all(bob.get(url).status_code == 200 for url, _ in inside.values())


def test_a_page_below_another_counts_as_that_one(alice: Client, cast: Cast) -> None:
    found = links(alice, f"{PAGE}known-breaks/add/")
    assert (found["Decisions"][1], found["Known breaks"][1]) == ("true", "page")
