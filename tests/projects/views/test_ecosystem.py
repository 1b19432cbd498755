"""The ecosystem board: packages with compiled wheels by Python and platform, with numbers and no names of projects."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests.cast import Cast, rest_on
from tests.projects.watching import polled, wheel
from tests.web import text


@pytest.fixture
def board(cast: Cast) -> None:
    """Three packages on which the project rests: compiled with and without a wheel for 3.14, and pure."""
    polled("lxml", wheel("lxml", "5.0", "cp314-cp314-manylinux_2_17_x86_64.manylinux2014_x86_64"))
    polled("uvloop", wheel("uvloop", "0.19", "cp313-cp313-manylinux_2_17_x86_64.manylinux2014_x86_64"))
    polled("click", wheel("click", "8.0", "py3-none-any"))
    rest_on(cast.project, ["lxml", "uvloop", "click"])


def test_it_counts_packages_with_compiled_wheels_and_names_the_denominator(alice: Client, board: None) -> None:
    page = alice.get("/ecosystem/?target=cp314-manylinux_2_28_x86_64").content
    said = text(page)
    assert b'href="/packages/lxml/"' in page
    assert "2 with compiled wheels; 1 pure ones install everywhere" in said
    assert "1 of 2 packages with a wheel. Those without one come first" in said
    assert said.index("uvloop ✕ no wheel") < said.index("lxml ✓ 11 September 2024 5.0 wheel 1")


def test_strangers_see_numbers_and_no_project(carol: Client, board: None) -> None:
    page = carol.get("/ecosystem/").content
    said = text(page)
    assert "practice-api" not in said
    assert b'href="/packages/lxml' not in page
    assert "Packages with a wheel for Python 3.15 on Linux x86-64" in said


@pytest.mark.parametrize("target", ["nonsense", "\0", ""])
def test_any_target_gives_a_page(alice: Client, board: None, target: str) -> None:
    assert alice.get("/ecosystem/", {"target": target}).status_code == 200


@pytest.mark.parametrize("packages", [1, 80])
def test_it_asks_the_database_the_same_whatever_the_number_of_packages(
    alice: Client, cast: Cast, django_assert_num_queries: DjangoAssertNumQueries, packages: int
) -> None:
    for number in range(packages):
        polled(f"package-{number}", wheel(f"package_{number}", "1.0", "cp314-cp314-win_amd64"))
    rest_on(cast.project, [f"package-{number}" for number in range(packages)])
    # One of them is for the packages of the cast: no poll stored their releases in columns.
    with django_assert_num_queries(8):
        alice.get("/ecosystem/")
