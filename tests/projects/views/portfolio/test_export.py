"""The portfolio as CSV and JSON."""

import csv
import io

from django.test import Client

from projects.domain.permissions import Role
from projects.models import Project
from tests.cast import (
    LINUX_313,
    LINUX_314,
    Cast,
    add_member,
    make_project,
)
from tests.projects.views.portfolio.heat_table import add_project, rows


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
