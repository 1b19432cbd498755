"""What a key may change: files of its projects, new projects, watches."""

from typing import Any

import pytest
from django.test import Client

from projects.domain.permissions import Role
from projects.models import KeyScope, Project, Subscription
from projects.services.api_keys import make_key
from tests.cast import LINUX_314, NOON, TARGETS, WINDOWS_313, Cast, role_of
from tests.projects.api.conftest import MakeClient, problem_of

API = "/api/v1"
PROJECT = f"{API}/projects/practice-api"
FILES = {"files": {"requirements.txt": "orjson==1.0\n"}}


@pytest.fixture
def alice(cast: Cast, with_key: MakeClient) -> Client:
    """A client with a key of alice, who manages the project."""
    return with_key(cast.alice)


def send(client: Client, path: str, document: Any, method: str = "post") -> Any:
    return getattr(client, method)(path, document, content_type="application/json")


def test_files_become_the_newest_snapshot_with_their_commit(alice: Client, cast: Cast) -> None:
    answer = send(alice, f"{PROJECT}/snapshots", {**FILES, "commit": "a" * 40, "ref": "refs/heads/main"})
    assert answer.status_code == 201
    newest = cast.project.snapshots.latest("pk")
    assert answer.json() == {"project": "practice-api", "snapshot": newest.pk}
    assert (newest.commit, newest.created_by) == ("a" * 40, cast.alice)
    listed = alice.get(f"{PROJECT}/snapshots").json()["items"]
    assert listed[0]["commit"] == "a" * 40
    assert alice.get(f"{PROJECT}/snapshots/{newest.pk}").json()["files"] == {"requirements.txt": "orjson==1.0"}


def test_a_project_is_created_by_its_slug_once(alice: Client, cast: Cast) -> None:
    address = f"{API}/projects/night-job/snapshots?target={WINDOWS_313}&target=3.14 on linux"
    assert send(alice, address, FILES, "put").status_code == 201
    assert send(alice, address, FILES, "put").status_code == 201
    made = Project.objects.get(slug="night-job")
    assert made.snapshots.count() == 2
    assert made.targets.count() == 2
    assert role_of(made, cast.alice) == Role.MANAGER


def test_a_project_is_created_by_its_name(alice: Client) -> None:
    answer = send(alice, f"{API}/projects", {**FILES, "name": "Night job", "targets": list(TARGETS)})
    assert answer.json()["project"] == "night-job"
    again = send(alice, f"{API}/projects", {**FILES, "name": "night JOB", "targets": list(TARGETS)})
    assert problem_of(again)["status"] == 409


def test_the_slug_of_anothers_project_is_refused(cast: Cast, with_key: MakeClient) -> None:
    answer = send(with_key(cast.carol), f"{API}/projects/practice-api/snapshots?target=windows", FILES, "put")
    assert problem_of(answer)["status"] == 409
    assert cast.project.snapshots.count() == 1


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ({"files": {"requirements.txt": "???"}}, "could be read"),
        ({"files": {"../up.txt": "orjson"}}, "relative"),
        ({"files": {}}, "fields"),
        ({"files": {"a.txt": "orjson"}, "roots": ["b.txt"]}, "roots"),
    ],
)
def test_files_that_cannot_be_used_are_refused_with_the_place(
    alice: Client, cast: Cast, document: Any, says: str
) -> None:
    assert says in problem_of(send(alice, f"{PROJECT}/snapshots", document))["detail"]
    assert cast.project.snapshots.count() == 1


def test_a_reader_with_a_writing_key_stays_a_reader(cast: Cast, with_key: MakeClient) -> None:
    assert problem_of(send(with_key(cast.bob), f"{PROJECT}/snapshots", FILES))["status"] == 403


def test_a_key_for_one_project_creates_no_other(cast: Cast, with_key: MakeClient) -> None:
    client = with_key(cast.alice, project=cast.project)
    assert send(client, f"{PROJECT}/snapshots", FILES).status_code == 201
    document = {**FILES, "name": "other", "targets": ["windows"]}
    assert problem_of(send(client, f"{API}/projects", document))["status"] == 403


def test_a_target_is_watched_and_the_watch_ended_by_its_owner_only(cast: Cast, with_key: MakeClient) -> None:
    alice, bob = with_key(cast.alice), with_key(cast.bob)
    made = send(alice, f"{PROJECT}/watches", {"target": LINUX_314})
    assert made.status_code == 201
    watch = made.json()
    assert (watch["target"], watch["package"], watch["state"]) == (LINUX_314, None, "active")
    assert bob.get(f"{PROJECT}/watches").json()["items"] == []
    assert bob.delete(f"{PROJECT}/watches/{watch['id']}").status_code == 404
    assert alice.delete(f"{PROJECT}/watches/{watch['id']}").status_code == 204
    assert Subscription.objects.active().count() == 0
    assert alice.get(f"{PROJECT}/watches").json()["items"][0]["state"] == "stopped"


def test_what_need_not_be_watched_is_answered_with_the_reason(alice: Client) -> None:
    answer = send(alice, f"{PROJECT}/watches", {"target": LINUX_314, "package": "no-such-package"})
    assert problem_of(answer)["status"] == 409


def test_more_requests_than_the_limit_wait(alice: Client, settings: Any) -> None:
    rate = settings.WHEELWAY_REQUEST_LIMITS["API requests, by key"]
    limits = {**settings.WHEELWAY_REQUEST_LIMITS, "API requests, by key": type(rate)(2, 60)}
    settings.WHEELWAY_REQUEST_LIMITS = limits
    assert [alice.get(f"{API}/key").status_code for _ in range(3)] == [200, 200, 429]
    answer = alice.get(f"{API}/key")
    assert problem_of(answer)["title"] == "Too Many Requests"
    assert 0 < int(answer.headers["Retry-After"]) <= 60


def test_wrong_keys_are_refused_alike_and_limited(cast: Cast, with_key: MakeClient, settings: Any) -> None:
    good = f"Bearer {make_key(cast.alice, 'a test', KeyScope.WRITE, NOON)[1]}"
    kinds = [f"{good[:-1]}{'0' if good[-1] != '0' else '1'}", good[:-1], good.replace("_rw_", "_ro_"), "Bearer x", "x"]
    answers = [problem_of(Client(headers={"Authorization": one}).get(f"{API}/key")) for one in kinds]
    assert all(one == answers[0] and one["status"] == 401 for one in answers)
    rate = settings.WHEELWAY_REQUEST_LIMITS["API requests, by key"]
    limits = {**settings.WHEELWAY_REQUEST_LIMITS, "refused API requests, by address": type(rate)(1, 300)}
    settings.WHEELWAY_REQUEST_LIMITS = limits
    assert Client(headers={"Authorization": kinds[0]}).get(f"{API}/key").status_code == 429


def test_scopes_are_named_in_the_key(cast: Cast, with_key: MakeClient) -> None:
    reading = with_key(cast.alice, KeyScope.READ)
    assert reading.get(f"{API}/key").json()["prefix"].startswith("ww_ro_")
    assert reading.get(f"{API}/key").json()["can_write"] is False
