"""Filters and orders of the portfolio, and what the page says of what they leave."""

import pytest
from django.test import Client

from projects.domain.assessment.verdicts import Verdict
from tests.cast import (
    LINUX_313,
    LINUX_314,
    TARGETS,
    Cast,
    assess_as,
    make_package,
)
from tests.projects.views.portfolio.heat_table import add_project, rows
from tests.web import text


def test_a_filter_counts_only_what_it_shows(alice: Client, cast: Cast) -> None:
    add_project(cast, "shop")
    said = text(alice.get("/?q=shop&on=cp313-windows-x64").content)
    assert "1 of 2 projects, worst first" in said
    assert "3.13 on Windows x64: 0 of 1 project ready, 1 unknown" in said
    assert "No project name contains “nothing”" in text(alice.get("/?q=nothing").content)


@pytest.mark.parametrize("query", ["q=nothing", "state=unknown&q=practice"])
def test_below_a_filter_that_leaves_no_project_nothing_is_said_of_those_that_are_hidden(
    alice: Client, query: str
) -> None:
    assert "What blocks most" in text(alice.get("/").content)
    said = text(alice.get(f"/?{query}").content)
    assert "0 of 1 project" in said
    for heading in ("What blocks most", "Which upgrade clears most", "What changed this week", "Burn-down"):
        assert heading not in said


def test_the_table_is_sorted_by_name_or_by_one_target(alice: Client, cast: Cast) -> None:
    assess_as(add_project(cast, "a-ready"), {target: [make_package("orjson")] for target in TARGETS})
    blocked = {LINUX_313: [make_package("ray", Verdict.BLOCKED)], LINUX_314: [make_package("orjson")]}
    assess_as(add_project(cast, "b-blocked-on-313"), blocked)
    assert rows(alice.get("/?sort=name").content) == ["a-ready", "b-blocked-on-313", "practice-api"]
    html = alice.get("/?sort=cp313-linux-x86-64").content
    assert rows(html)[0] == "b-blocked-on-313"
    assert "3 of 3 projects, worst on 3.13 on Linux x86-64 first" in text(html)
    assert html.count(b"aria-sort=") == 1
    assert rows(alice.get("/?sort=cp314-linux-x86-64").content)[0] == "practice-api"
    assert rows(alice.get("/?sort=nothing").content) == rows(alice.get("/").content)


def test_a_heading_keeps_the_filter_and_leads_back_to_the_first_order(alice: Client, cast: Cast) -> None:
    html = alice.get("/?q=practice&sort=name").content.decode()
    assert '<th scope="col" aria-sort="ascending"><a href="/?q=practice">Project</a>' in html
    assert '<a href="/?q=practice&amp;sort=cp314-linux-x86-64">' in html
    assert '<a href="/?sort=name">Clear the filters</a>' in html
    assert '<input type="hidden" name="sort" value="name">' in html


def test_a_state_has_the_number_of_projects_that_are_in_it_somewhere(alice: Client, cast: Cast) -> None:
    add_project(cast, "fresh")
    said = text(alice.get("/?q=fresh").content)
    assert "✕ blocked 1 ↑ after upgrades 1 ? unknown 1 ✓ ready 0" in said


def test_the_projects_of_some_teams_are_shown_where_there_are_several(alice: Client, cast: Cast) -> None:
    assert 'name="team"' not in alice.get("/").content.decode()
    add_project(cast, "shop")
    html = alice.get("/?team=shop").content
    assert rows(html) == ["shop"]
    assert b'<input type="checkbox" name="team" value="shop" checked>' in html
    assert b'href="/?team=shop&amp;sort=name"' in html
    assert "No project of these teams passes the filter." in text(alice.get("/?team=nothing").content)


def test_a_filter_by_state_keeps_the_projects_with_it_on_a_target_that_is_shown(alice: Client, cast: Cast) -> None:
    assess_as(add_project(cast, "fine"), {target: [make_package("orjson")] for target in TARGETS})
    add_project(cast, "fresh")
    assert rows(alice.get("/?state=blocked").content) == ["practice-api"]
    assert rows(alice.get("/?state=ready&state=unknown").content) == ["fresh", "fine"]
    # It is blocked on 3.14 and needs an upgrade on 3.13, which is the only one shown.
    assert rows(alice.get("/?state=upgrade&on=cp313-linux-x86-64").content) == ["practice-api"]
    page = alice.get("/?state=blocked&on=cp313-linux-x86-64")
    assert rows(page.content) == []
    assert "No project has one of these states on these targets." in text(page.content)
    assert rows(alice.get("/?state=nonsense").content) == ["practice-api", "fresh", "fine"]


def test_the_numbers_and_forms_follow_the_state(alice: Client, cast: Cast) -> None:
    add_project(cast, "fresh")
    html = alice.get("/?state=unknown").content
    assert "1 of 2 projects, worst first" in text(html)
    assert "3.14 on Linux x86-64: 0 of 1 project ready, 1 unknown." in text(html)
    assert b'name="state" value="unknown" checked' in html
    assert b'<input type="hidden" name="state" value="unknown">' in html
    assert b'href="/export.csv?state=unknown"' in html


def test_htmx_gets_the_address_without_what_was_left_empty(alice: Client, cast: Cast) -> None:
    answer = alice.get("/?q=&state=blocked", headers={"HX-Request": "true"})
    assert answer["HX-Replace-Url"] == "/?state=blocked"
    assert rows(answer.content) == ["practice-api"]
    assert "HX-Replace-Url" not in alice.get("/?q=&state=blocked")
