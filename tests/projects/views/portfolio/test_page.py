"""The portfolio: where the projects stand on the headline targets, what blocks, and what changed."""

import re

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from projects.domain.assessment.package_result import NewestMismatch
from projects.domain.assessment.verdicts import Verdict
from projects.domain.permissions import Role
from projects.models import Project, Snapshot, SnapshotRequirement, TargetAssessment
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
from tests.projects.views.portfolio.heat_table import add_project, rows
from tests.web import text


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


def test_a_project_whose_files_ask_for_nothing_says_so(alice: Client, cast: Cast) -> None:
    project = add_project(cast, "empty")
    Snapshot.objects.create(project=project)
    assert "empty its files ask for no package" in text(alice.get("/").content)
    page = text(alice.get("/projects/empty/").content)
    assert "No answer yet. The files ask for no package, so there is nothing to assess." in page


def test_a_project_of_whose_requirements_none_counts_says_so_and_where_to_choose(alice: Client, cast: Cast) -> None:
    project = add_project(cast, "groups")
    snapshot = Snapshot.objects.create(project=project)
    SnapshotRequirement.objects.create(snapshot=snapshot, name="pytest", group="develop")
    assert "pytest" not in text(alice.get("/projects/groups/").content)
    Project.objects.filter(pk=project.pk).update(groups=["develop"])
    assert "1 of 1 required package has no final verdict yet" in text(alice.get("/projects/groups/").content)
    Project.objects.filter(pk=project.pk).update(groups=[])
    assess_as(project, {target: [] for target in TARGETS}, snapshot=snapshot)
    assert "groups its files ask for no package" in text(alice.get("/").content)
    page = alice.get("/projects/groups/").content
    # In place of the answers, and of the packages.
    assert text(page).count("No requirement counts: all belong to extras or groups that are not chosen.") == 2
    assert b'href="/projects/groups/targets/#id_groups"' in page


def test_cells_of_another_version_are_made_from_the_rows(alice: Client, cast: Cast) -> None:
    before = alice.get("/").content
    TargetAssessment.objects.update(shown=None)
    assert text(alice.get("/").content) == text(before)


def test_without_a_verdict_nothing_is_said_of_blockers(alice: Client, cast: Cast) -> None:
    cast.project.assessments.all().delete()
    said = text(alice.get("/").content)
    assert said.count("Not known yet: no project has a verdict on these targets.") == 2
    assert "every package has a version that works" not in said


def test_an_open_page_is_sent_again_only_when_something_is_new(alice: Client, cast: Cast) -> None:
    (mark,) = re.findall(r'"seen": "([0-9a-f]{16})"', alice.get("/", {"q": "a"}).content.decode())
    asked = {"q": "a", "seen": mark}
    assert alice.get("/", asked, headers={"HX-Request": "true"}).status_code == 204
    Project.objects.filter(pk=cast.project.pk).update(name="Renamed app")
    changed = alice.get("/", asked, headers={"HX-Request": "true"})
    assert changed.status_code == 200
    assert "Renamed app" in changed.content.decode()
    assert changed["HX-Replace-Url"] == "/?q=a"


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
