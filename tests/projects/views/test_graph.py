"""The page that draws which package asks for which."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from projects.domain.assessment.verdicts import Verdict
from tests.cast import LINUX_313, LINUX_314, TARGETS, Cast, assess_as, make_package
from tests.web import text

PAGE = f"/projects/practice-api/graph/{LINUX_314}/"


def test_the_drawing_and_its_table_are_on_the_page(alice: Client, cast: Cast) -> None:
    through = make_package("greenlet", Verdict.BLOCKED, direct=False, paths=[("sqlalchemy", "greenlet")])
    assess_as(cast.project, {LINUX_314: [make_package("sqlalchemy"), through]})
    html = alice.get(PAGE).content.decode()
    assert html.count("<rect") == 2
    assert 'href="?at=greenlet#graph"' in html
    said = text(html.encode())
    assert "All 2 packages." in said
    around = text(alice.get(PAGE, {"at": "greenlet"}).content)
    assert "1 package leads to it" in around
    assert "Why, and what to do" in around


def test_a_target_that_was_never_assessed_says_so(alice: Client, cast: Cast) -> None:
    cast.project.assessments.all().delete()
    assert "This target has not been assessed yet" in text(alice.get(PAGE).content)


def test_a_package_that_is_not_there_is_kept_in_the_field_and_named(alice: Client) -> None:
    html = alice.get(PAGE, {"at": "nosuch"}).content
    assert "nosuch is not installed on this target." in text(html)
    assert 'value="nosuch"' in html.decode()


def test_strangers_and_unknown_targets_are_not_found(alice: Client, carol: Client) -> None:
    assert carol.get(PAGE).status_code == 404
    assert alice.get("/projects/practice-api/graph/cp39-win32/").status_code == 404


def test_the_page_of_the_target_leads_to_it(alice: Client) -> None:
    for target in (LINUX_313, LINUX_314):
        html = alice.get(f"/projects/practice-api/when/{target}/").content.decode()
        assert f"/projects/practice-api/graph/{target}/" in html


@pytest.mark.parametrize("packages", [1, 500])
def test_it_asks_the_database_the_same_whatever_the_number_of_packages(
    alice: Client, cast: Cast, django_assert_num_queries: DjangoAssertNumQueries, packages: int
) -> None:
    rows = [make_package(f"package-{number}", Verdict.BLOCKED) for number in range(packages)]
    assess_as(cast.project, dict.fromkeys(TARGETS, rows))
    # Session, user, project with role; the target, its packages.
    with django_assert_num_queries(5):
        assert alice.get(PAGE).status_code == 200
