"""What the API returns: the values of the machine-readable assessment, in parts, to those who may see them."""

import json

import pytest
from django.test import Client

from projects.domain.permissions import Role
from projects.models import KeyScope, SnapshotFile
from tests.cast import LINUX_314, TARGETS, Cast, add_member, make_project
from tests.projects.api.conftest import MakeClient, problem_of

API = "/api/v1"
PROJECT = f"{API}/projects/practice-api"


@pytest.fixture
def bob(cast: Cast, with_key: MakeClient) -> Client:
    """A client with a key of bob, who reads the project."""
    return with_key(cast.bob)


@pytest.fixture
def files(cast: Cast) -> None:
    snapshot = cast.project.snapshots.get()
    SnapshotFile.objects.create(
        snapshot=snapshot, path="requirements.txt", sha256="0" * 64, content=b"orjson==1.0\n", is_root=True
    )


def test_rows_and_plan_equal_those_of_the_exported_assessment(bob: Client, cast: Cast, files: None) -> None:
    whole = bob.get(f"{PROJECT}/assessment").json()
    assert whole["schema"] == 1
    rows = bob.get(f"{PROJECT}/rows?limit=200").json()["items"]
    flat = [{"target": one["target"], **row} for one in whole["assessments"] for row in one["packages"]]
    assert rows == flat
    page = Client()
    page.force_login(cast.bob)
    exported = json.loads(page.get("/projects/practice-api/export.json?shown=all").content)
    shown = [{"target": one["target"], **row} for one in exported["assessments"] for row in one["packages"]]
    assert shown
    assert all(row in flat for row in shown)
    assert bob.get(f"{PROJECT}/targets/{LINUX_314}/plan").status_code == 404


def test_rows_are_filtered_and_paged(bob: Client) -> None:
    blocked = bob.get(f"{PROJECT}/rows?verdict=blocked").json()
    assert [(row["target"], row["name"]) for row in blocked["items"]] == [(LINUX_314, "pyyaml")]
    seen, address = [], f"{PROJECT}/rows?limit=5"
    while address:
        answer = bob.get(address)
        page = answer.json()
        assert ("Link" in answer.headers) == (page["next"] is not None)
        seen += [(row["target"], row["name"]) for row in page["items"]]
        address = page["next"]
    assert len(seen) == len(set(seen)) == page["total"] == 12


def test_projects_have_the_verdicts_of_their_newest_assessment(bob: Client) -> None:
    (project,) = bob.get(f"{API}/projects").json()["items"]
    assert (project["slug"], project["role"], tuple(project["targets"])) == ("practice-api", "reader", TARGETS)
    assert [one["verdict"] for one in project["verdicts"]] == ["conditional", "conditional", "no-go"]
    assert project == bob.get(PROJECT).json()


def test_an_unchanged_answer_is_not_sent_again(bob: Client) -> None:
    first = bob.get(f"{PROJECT}/rows")
    again = bob.get(f"{PROJECT}/rows", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert bob.get(f"{PROJECT}/rows?limit=1", headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


@pytest.mark.parametrize(
    "path",
    ["", "/snapshots", "/assessments", "/assessment", "/rows", "/evidence", "/watches", "/export.csv", "/export.json"],
)
def test_a_stranger_finds_nothing_of_a_project(cast: Cast, with_key: MakeClient, path: str) -> None:
    assert problem_of(with_key(cast.carol).get(PROJECT + path))["title"] == "Not Found"
    assert problem_of(Client().get(PROJECT + path))["status"] == 401


def test_a_key_for_one_project_sees_that_one_only(cast: Cast, with_key: MakeClient) -> None:
    other = make_project("other")
    add_member(other, cast.bob, Role.MANAGER)
    client = with_key(cast.bob, project=other)
    assert [one["slug"] for one in client.get(f"{API}/projects").json()["items"]] == ["other"]
    assert client.get(PROJECT).status_code == 404
    assert client.get(f"{API}/packages").json()["items"] == []
    assert client.get(f"{API}/key").json()["project"] == "other"


def test_packages_and_their_matrix_are_those_of_visible_projects(cast: Cast, with_key: MakeClient) -> None:
    bob, carol = with_key(cast.bob), with_key(cast.carol)
    assert [one["name"] for one in bob.get(f"{API}/packages?name=o").json()["items"]] == ["aiohttp", "orjson"]
    assert bob.get(f"{API}/packages/OrJSON/matrix").json()["name"] == "orjson"
    assert carol.get(f"{API}/packages/orjson/matrix").status_code == 404


@pytest.mark.parametrize("path", ["/nonsense", "/projects/practice-api/", "/projects/UPPER case"])
def test_an_address_that_is_none_is_answered_with_a_problem(bob: Client, path: str) -> None:
    assert problem_of(bob.get(API + path))["status"] == 404


def test_a_method_that_an_address_does_not_take_is_named(bob: Client) -> None:
    answer = bob.delete(f"{API}/projects")
    assert problem_of(answer)["status"] == 405
    assert "POST" in answer.headers["Allow"]


def test_a_key_that_reads_changes_nothing(cast: Cast, with_key: MakeClient) -> None:
    reading = with_key(cast.alice, KeyScope.READ)
    sent = {"files": {"requirements.txt": "orjson\n"}}
    answer = reading.post(f"{PROJECT}/snapshots", sent, content_type="application/json")
    assert problem_of(answer)["status"] == 403
    assert cast.project.snapshots.count() == 1
