"""The portfolio: where the projects stand on the headline targets, what blocks, and what changed."""

import csv
import io
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from projects.domain.assessment.package_result import NewestMismatch
from projects.domain.assessment.verdicts import Verdict
from projects.domain.permissions import Role
from projects.models import Project, Snapshot, TargetAssessment
from scanner.domain.matching.availability import Availability
from scanner.domain.matching.reason import MismatchKind, WheelMismatch
from tests.cast import (
    LINUX_313,
    LINUX_314,
    TARGETS,
    Cast,
    add_member,
    assess_as,
    files_reason,
    make_package,
    make_project,
    usual_rows,
)
from tests.web import text


def add_project(cast: Cast, name: str) -> Project:
    project = make_project(name, TARGETS)
    add_member(project, cast.alice, Role.MANAGER)
    return project


def rows(html: bytes) -> list[str]:
    """The projects of the heat table in their order."""
    table = re.search(rb'<table class="heat portfolio">.*?</table>', html, re.DOTALL)
    return re.findall(r'<th scope="row"><a href="/projects/([\w-]+)/"', table[0].decode()) if table else []


def test_a_bar_names_its_denominator(alice: Client, cast: Cast) -> None:
    add_project(cast, "fresh")
    assess_as(add_project(cast, "ready"), {LINUX_314: [make_package("orjson")]})
    said = text(alice.get("/").content)
    assert "3.14 on Linux x86-64: 1 of 3 projects ready, 1 blocked, 1 unknown." in said


def test_a_project_without_the_target_is_not_in_the_denominator(alice: Client, cast: Cast) -> None:
    add_member(make_project("old", [LINUX_313]), cast.alice, Role.READER)
    said = text(alice.get("/").content)
    assert "3.13 on Linux x86-64: 0 of 2 projects ready" in said
    assert "3.14 on Linux x86-64: 0 of 1 project ready" in said


def test_the_table_has_the_worst_project_first(alice: Client, cast: Cast) -> None:
    assess_as(add_project(cast, "a-ready"), {target: [make_package("orjson")] for target in TARGETS})
    add_project(cast, "b-unknown")
    assert rows(alice.get("/").content) == ["practice-api", "b-unknown", "a-ready"]


def test_every_cell_leads_to_what_to_do(alice: Client, cast: Cast) -> None:
    html = alice.get("/").content.decode()
    assert f'href="/projects/practice-api/upgrade/{LINUX_313}/"' in html
    for path in set(re.findall(r'<td class="\w+"><a href="([^"#]+)', html)):
        assert alice.get(path).status_code == 200


def test_floors_of_the_same_platform_share_a_column(alice: Client, cast: Cast) -> None:
    old = "cp314-manylinux_2_17_x86_64"
    project = make_project("old-glibc", [old])
    add_member(project, cast.alice, Role.READER)
    assess_as(project, {old: [make_package("orjson")]})
    assert "3.14 on Linux x86-64: 1 of 2 projects ready" in text(alice.get("/").content)


def test_blockers_are_ranked_by_the_projects_and_packages_that_hang_on_them(alice: Client, cast: Cast) -> None:
    project = add_project(cast, "shop")
    through = make_package("asyncpg", Verdict.BLOCKED, direct=False, paths=[("databases", "asyncpg")])
    assess_as(project, {LINUX_314: [make_package("pyyaml", Verdict.BLOCKED), through]})
    said = text(alice.get("/").content)
    assert "pyyaml 1.0 2 projects" in said
    assert "asyncpg 1.0 1 project, 1 package needs it" in said
    assert said.index("pyyaml 1.0 2 projects") < said.index("asyncpg 1.0 1 project")


def test_causes_that_differ_are_named_with_their_targets(alice: Client, cast: Cast) -> None:
    reason = files_reason(Availability.NONE, WheelMismatch(MismatchKind.PYTHON, ("cp38",), "cp314"))
    other = make_package("grpcio", Verdict.BLOCKED, newest_mismatch=NewestMismatch("1.0", reason))
    assess_as(add_project(cast, "shop"), {LINUX_313: [make_package("grpcio", Verdict.BLOCKED)], LINUX_314: [other]})
    said = text(alice.get("/").content)
    assert "no wheel for cp313 (Python 3.13 on Linux x86-64); no wheel for cp314 (Python 3.14 on Linux x86-64)." in said


def test_the_upgrade_that_clears_most_comes_first(alice: Client, cast: Cast) -> None:
    alone = {target: [make_package("uvloop", Verdict.UPGRADE)] for target in (LINUX_313, LINUX_314)}
    assess_as(add_project(cast, "shop"), alone)
    said = text(alice.get("/").content)
    first, second = "uvloop 1.0 → 9.0 1 project needs it on 2 targets; on all of them nothing else is missing", "orjson"
    assert first in said
    assert said.index(first) < said.index(second, said.index("Which upgrade clears most"))


def test_a_week_shows_what_it_amounts_to_with_the_projects(alice: Client, cast: Cast) -> None:
    now = timezone.now()
    assess_as(cast.project, usual_rows(moved=1), at=now - timedelta(days=2))
    html = alice.get("/").content
    assert "this week: 1 cleared or better" in text(html)
    assert "better orjson 1.0: upgrade → ready on 2 targets practice-api" in text(html)


def test_a_project_whose_files_ask_for_nothing_says_so(alice: Client, cast: Cast) -> None:
    project = add_project(cast, "empty")
    Snapshot.objects.create(project=project)
    assert "empty its files ask for no package" in text(alice.get("/").content)
    page = text(alice.get("/projects/empty/").content)
    assert "No answer yet. The files ask for no package, so there is nothing to assess." in page


def test_a_week_is_silent_about_what_only_became_known(alice: Client, cast: Cast) -> None:
    cast.project.assessments.all().delete()
    now = timezone.now()
    for days, verdict in ((2, Verdict.UNKNOWN), (1, Verdict.DEGRADED)):
        assess_as(cast.project, {LINUX_314: [make_package("uvloop", verdict)]}, at=now - timedelta(days=days))
    assert "this week:" not in text(alice.get("/").content)


def test_the_burn_down_has_a_bar_for_each_day_in_words(alice: Client, cast: Cast) -> None:
    now = timezone.now()
    cast.project.assessments.all().delete()
    assess_as(cast.project, {LINUX_314: [make_package("pyyaml", Verdict.BLOCKED)]}, at=now - timedelta(days=1))
    assert "The first assessment was made" not in text(alice.get("/").content)
    assess_as(cast.project, {LINUX_314: [make_package("pyyaml")]}, at=now)
    said = text(alice.get("/").content)
    assert "3.14 on Linux x86-64 0 of 1 project ready, 1 blocked 1 of 1 project ready" in said


def test_numbers_of_plots_have_points_where_the_language_writes_commas(alice: Client, cast: Cast) -> None:
    cast.project.assessments.all().delete()
    assess_as(cast.project, usual_rows(), at=timezone.now() - timedelta(days=2))
    html = alice.get("/", headers={"Accept-Language": "de"}).content.decode()
    assert "translate(33.33 40) scale(26.67 -0.4)" in html
    assert 'x="0.0" y="0" width="100.0"' in html


def test_the_first_day_has_no_burn_down_yet(alice: Client, cast: Cast) -> None:
    cast.project.assessments.all().delete()
    assess_as(cast.project, usual_rows(), at=timezone.now())
    assert "The first assessment was made just now." in text(alice.get("/").content)


def test_cells_of_another_version_are_made_from_the_rows(alice: Client, cast: Cast) -> None:
    before = alice.get("/").content
    TargetAssessment.objects.update(shown=None)
    assert text(alice.get("/").content) == text(before)


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


def test_without_a_verdict_nothing_is_said_of_blockers(alice: Client, cast: Cast) -> None:
    cast.project.assessments.all().delete()
    said = text(alice.get("/").content)
    assert said.count("Not known yet: no project has a verdict on these targets.") == 2
    assert "every package has a version that works" not in said


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


def test_an_open_page_is_sent_again_only_when_something_is_new(alice: Client, cast: Cast) -> None:
    (mark,) = re.findall(r'"seen": "([0-9a-f]{16})"', alice.get("/", {"q": "a"}).content.decode())
    asked = {"q": "a", "seen": mark}
    assert alice.get("/", asked, headers={"HX-Request": "true"}).status_code == 204
    Project.objects.filter(pk=cast.project.pk).update(name="Renamed app")
    changed = alice.get("/", asked, headers={"HX-Request": "true"})
    assert changed.status_code == 200
    assert "Renamed app" in changed.content.decode()
    assert changed["HX-Replace-Url"] == "/?q=a"


def test_an_export_has_what_the_page_shows_in_its_order(alice: Client, cast: Cast) -> None:
    add_project(cast, "fresh")
    query = "?state=blocked&on=cp314-linux-x86-64"
    answer = alice.get(f"/export.csv{query}")
    assert answer["Content-Disposition"] == 'attachment; filename="portfolio.csv"'
    (line,) = csv.DictReader(io.StringIO(answer.content.decode()))
    (same,) = alice.get(f"/export.json{query}").json()
    assert {**same, "tags": ""} == {**line, "checked_at": line["checked_at"] or None}
    assert (line["project"], line["headline"]) == ("practice-api", "3.14 on Linux x86-64")
    assert (line["target"], line["verdict"], line["text"]) == (LINUX_314, "no-go", "1 blocked")
    everything = alice.get("/export.json").json()
    assert list(dict.fromkeys(one["project"] for one in everything)) == rows(alice.get("/").content)
    assert alice.get("/export.xml").status_code == 404


def test_a_target_that_a_project_lacks_has_no_verdict_in_an_export(alice: Client, cast: Cast) -> None:
    add_member(make_project("old", [LINUX_313]), cast.alice, Role.READER)
    lines = alice.get("/export.json?q=old&on=cp314-linux-x86-64").json()
    assert [(one["verdict"], one["text"]) for one in lines] == [(None, "not chosen")]


def test_no_cell_of_an_export_runs_in_a_spreadsheet(alice: Client, cast: Cast) -> None:
    project = add_project(cast, "hostile")
    Project.objects.filter(pk=project.pk).update(name='=HYPERLINK("x")', tags=["@sum", "web"])
    line = next(csv.DictReader(io.StringIO(alice.get("/export.csv?q=hyperlink").content.decode())))
    assert (line["name"], line["tags"]) == ('\'=HYPERLINK("x")', "'@sum, web")


def test_an_export_has_no_project_of_strangers(carol: Client, cast: Cast) -> None:
    assert carol.get("/export.json").json() == []


def test_strangers_see_nothing_of_it_and_what_to_paste(carol: Client) -> None:
    said = text(carol.get("/").content)
    assert "practice-api" not in said
    assert "psycopg2-binary==2.9.9" in said
    assert "Add your first project" in said


@pytest.mark.parametrize("projects", [1, 50])
def test_it_asks_the_database_the_same_whatever_the_number_of_projects(
    alice: Client, cast: Cast, django_assert_num_queries: DjangoAssertNumQueries, projects: int
) -> None:
    for number in range(projects - 1):
        assess_as(add_project(cast, f"project-{number}"), usual_rows())
    with django_assert_num_queries(13):
        alice.get("/")
