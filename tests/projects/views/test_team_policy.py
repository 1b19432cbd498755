"""The page on which a team sees the policies of all its projects."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from projects.models import DemandedGrade, PackageWaiver, Project, ProjectTarget, SourceBuilds
from tests.cast import LINUX_313, LINUX_314, Cast
from tests.web import text

PAGE = "/teams/practice-api/policy/"


def add_project(cast: Cast, name: str, **fields: Any) -> Project:
    project = Project.objects.create(team=cast.project.team, name=name, slug=name, **fields)
    for position, slug in enumerate(cast.project.targets.values_list("slug", flat=True)):
        ProjectTarget.objects.create(project=project, slug=slug, position=position)
    return project


def waive(cast: Cast, project: Project, name: str, days: int) -> None:
    PackageWaiver.objects.create(
        project=project,
        kind="ignore",
        name=name,
        target=LINUX_314,
        reason="not used there",
        owner=cast.alice,
        until=timezone.now().date() + timedelta(days=days),
        made_by=cast.alice,
        made_at=timezone.now() - timedelta(days=90),
    )


def test_equal_policies_are_one_sentence(alice: Client, cast: Cast) -> None:
    add_project(cast, "worker")
    html = alice.get(PAGE).content
    assert "All 2 projects have the same policy and targets." in text(html)
    assert b">differs<" not in html


def test_what_differs_from_most_is_marked(alice: Client, cast: Cast) -> None:
    add_project(cast, "worker")
    add_project(cast, "odd", source_builds=SourceBuilds.NEVER, demanded_evidence=DemandedGrade.RAN, holds=["numpy"])
    html = alice.get(PAGE).content.decode()
    said = text(html.encode())
    assert "1 of 3 projects differs from most in something" in said
    assert html.count(">differs<") == 2
    assert "never differs" in said
    assert "that it ran there, by a proof differs" in said
    assert "numpy" in said


def test_waivers_of_all_projects_stand_together_those_that_end_first_on_top(alice: Client, cast: Cast) -> None:
    waive(cast, cast.project, "pyyaml", 60)
    waive(cast, add_project(cast, "worker"), "orjson", 3)
    waive(cast, add_project(cast, "gone", deleted_at=timezone.now()), "hidden", 3)
    waive(cast, Project.objects.get(slug="worker"), "uvloop", -1)
    said = text(alice.get(PAGE).content)
    waivers = said.partition("What is accepted or ignored")[2]
    assert waivers.index("uvloop") < waivers.index("orjson") < waivers.index("pyyaml")
    assert "expired" in waivers
    assert "ends soon" in waivers
    assert "hidden" not in said


def test_readers_see_it_without_links_to_change_and_strangers_do_not(alice: Client, bob: Client, carol: Client) -> None:
    assert "change the policy of practice-api" in text(alice.get(PAGE).content)
    assert "change the policy" not in text(bob.get(PAGE).content)
    assert carol.get(PAGE).status_code == 404


def test_team_and_policy_form_lead_to_it(alice: Client) -> None:
    for path in ("/teams/practice-api/", "/projects/practice-api/targets/"):
        assert f'href="{PAGE}"' in alice.get(path).content.decode()


def test_a_team_without_projects_says_so(alice: Client, cast: Cast) -> None:
    Project.objects.update(deleted_at=timezone.now())
    assert "The team has no projects yet." in text(alice.get(PAGE).content)


@pytest.mark.parametrize("projects", [1, 50])
def test_it_asks_the_database_the_same_whatever_the_number_of_projects(
    alice: Client, cast: Cast, django_assert_num_queries: DjangoAssertNumQueries, projects: int
) -> None:
    for number in range(projects - 1):
        waive(cast, add_project(cast, f"project-{number}"), "pyyaml", 30)
    assert LINUX_313 in cast.project.targets.values_list("slug", flat=True)
    # Session, user, team with role; projects, their targets, waivers.
    with django_assert_num_queries(6):
        alice.get(PAGE)
