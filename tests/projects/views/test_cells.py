"""The proof of one cell, and the risk table as a file."""

import csv
import io

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from projects.domain.assessment.verdicts import Verdict
from tests.cast import (
    LINUX_313,
    LINUX_314,
    TARGETS,
    WINDOWS_313,
    Cast,
    assess_as,
    make_package,
)
from tests.web import htmx, text

PAGE = "/projects/practice-api/"
CELL = f"{PAGE}cells/{WINDOWS_313}/pyyaml/"


def test_a_proof_is_a_page_without_htmx_and_a_row_with_it(alice: Client) -> None:
    page = alice.get(CELL)
    assert b"<h1>pyyaml 1.0 on Python 3.13, Windows x64</h1>" in page.content
    row = alice.get(CELL, {"span": "7"}, headers=htmx())
    assert row.headers["HX-Push-Url"] == "false"
    assert row.content.decode().startswith('<tr class="proof"><td colspan="7">')
    for response in (page, row):
        said = text(response.content)
        assert "No wheel for cp313; has cp38 to cp312." in said
        assert "direct, requirements.txt line 3" in said
        assert "Works from 9.0, by pyyaml-9.0-cp313-cp313-win_amd64.whl" in said
        assert "Watch this cell" in said


@pytest.mark.parametrize("span", ["", "0", "-1", "9999", '"><script>', "²"])
def test_a_proof_row_takes_no_nonsense_for_its_width(alice: Client, span: str) -> None:
    row = alice.get(CELL, {"span": span}, headers=htmx())
    assert 'colspan="2"' in row.content.decode()


@pytest.mark.parametrize(
    "path",
    [
        f"{PAGE}cells/{WINDOWS_313}/nothing/",
        f"{PAGE}cells/cp399-x/pyyaml/",
        f"{PAGE}export.xls",
        "/projects/nothing/",
    ],
)
def test_what_is_not_there_is_404(alice: Client, path: str) -> None:
    assert alice.get(path).status_code == 404


def test_a_watched_cell_says_so(alice: Client, cast: Cast) -> None:
    package = cast.project.packages.get(package__name="pyyaml").package
    cast.project.subscriptions.create(user=cast.alice, package=package, target=WINDOWS_313)
    said = text(alice.get(CELL).content)
    assert "You watch this cell" in said
    assert "Watch this cell" not in said


def test_an_export_is_what_the_same_address_shows(alice: Client) -> None:
    response = alice.get(f"{PAGE}export.csv", {"target": WINDOWS_313, "q": "y", "sort": "name"})
    assert response.headers["Content-Disposition"] == 'attachment; filename="practice-api.csv"'
    rows = list(csv.DictReader(io.StringIO(response.content.decode())))
    assert [(row["name"], row["target"], row["first_available"]) for row in rows] == [
        ("pyyaml", WINDOWS_313, "9.0"),
        ("sqlalchemy", WINDOWS_313, ""),
    ]
    document = alice.get(f"{PAGE}export.json", {"target": LINUX_314}).json()
    assert [row["name"] for row in document["assessments"][0]["packages"]] == ["pyyaml", "orjson", "sqlalchemy"]


@pytest.mark.parametrize("packages", [1, 50])
def test_a_cell_asks_the_database_the_same_whatever_the_number_of_packages(
    alice: Client, cast: Cast, django_assert_num_queries: DjangoAssertNumQueries, packages: int
) -> None:
    rows = [make_package(f"package-{number}", Verdict.BLOCKED) for number in range(packages)]
    assess_as(cast.project, dict.fromkeys(TARGETS, rows))
    # Session, user, project with role; the row, what pip may take from elsewhere, whether it is watched.
    with django_assert_num_queries(10):
        alice.get(f"{PAGE}cells/{LINUX_313}/package-0/")


def test_a_proof_names_the_line_of_the_project(alice: Client, cast: Cast) -> None:
    row = cast.project.snapshots.latest("pk").requirements.get(name="pyyaml")
    row.line, row.specifier, row.marker = 3, "<7", 'python_version < "3.15"'
    row.save()
    said = text(alice.get(f"/projects/practice-api/cells/{LINUX_314}/pyyaml/").content)
    assert 'direct, requirements.txt line 3 says pyyaml<7; python_version < "3.15"' in said
