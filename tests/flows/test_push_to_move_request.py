"""A push, its verdict, the request for the move at the host, and what a falling blocker changes there.

Git is served by git's own http-backend, the API by a stand-in of each host.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from projects.domain.endpoints.events import EndpointEvent
from projects.domain.logged_action import Actor
from projects.domain.permissions import Role
from projects.models import (
    EndpointFormat,
    Membership,
    MoveRequest,
    Origin,
    Repository,
    Snapshot,
    TargetAssessment,
    WebhookMessage,
)
from projects.models.repository import Provider
from projects.models.sealed import Sealed
from projects.presentation.endpoints.bodies import make_body
from projects.presentation.move_request_text import OTHERS_COMMITTED
from projects.services.audit.pushed_source import audit_pushed_source
from projects.services.endpoints.manage import EndpointOwner, add_endpoint
from projects.services.move_requests.ask import requests_of_snapshot
from projects.services.move_requests.work import work_on_request
from projects.services.snapshot_sources import JoinedSnapshot, PushedFiles
from scanner.index.client import IndexClient
from scanner.models import Package
from scanner.services.polling.poll import poll_package
from tests.flows.installation import WINDOWS, Installation
from tests.hosting.git_server import git
from tests.hosting.host_api import TOKEN, HostApiServer, host_api
from tests.replay import ReplayIndex, a_file
from tests.web import text

pytestmark = pytest.mark.django_db(transaction=True)

FILES = {"requirements.txt": "fast==1.0\n", "Dockerfile": "FROM python:3.11-slim\nRUN true\n"}
# The names under which the hosts take a token as the password of git.
_GIT_USERS = {"github": "x-access-token", "gitlab": "oauth2", "gitea": "wheelway"}
BRANCH = f"wheelway/move-{WINDOWS}"
OLD = a_file("fast-1.0-cp311-cp311-win_amd64.whl", members={"fast/__init__.py": b""})
NEW = a_file("fast-2.0-cp313-cp313-win_amd64.whl", members={"fast/__init__.py": b""})


@pytest.fixture
def replay(settings: Any) -> Iterator[ReplayIndex]:
    index = ReplayIndex(recorded=False)
    index.add_package("fast", [OLD])
    with index:
        settings.WHEELWAY_INDEX_URL = index.url
        yield index


@pytest.fixture(params=["github", "gitlab", "gitea"])
def api(request: pytest.FixtureRequest, installed: Installation) -> Iterator[HostApiServer]:
    """The API of a host; the repository has its token, and git asks for the same one."""
    with host_api(request.param) as server:
        repository = installed.repository
        repository.provider, repository.api_url = request.param, server.root
        repository.api_token = repository.clone_secret = Sealed.of(TOKEN)
        repository.clone_username = installed.host.username = _GIT_USERS[request.param]
        installed.host.password = TOKEN
        repository.save()
        Membership.objects.update(role=Role.MEMBER)
        yield server


def push(installed: Installation, files: dict[str, str | bytes | None]) -> None:
    assert installed.push(installed.host.commit(files)) == 202
    look(installed)


def look(installed: Installation) -> None:
    """Do the workers' work: deliveries, the assessment, the audit, and the requests that these change."""
    installed.work()
    newest = Snapshot.objects.latest("pk")
    assert audit_pushed_source(newest.pk, timezone.now())
    for request_id in requests_of_snapshot(newest.pk):
        assert work_on_request(request_id, timezone.now()) is None


def ask(installed: Installation) -> MoveRequest:
    """Press the button twice, and do the work twice."""
    for _ in range(2):
        installed.client.post(f"/projects/app/move-requests/{WINDOWS}/{installed.repository.pk}/")
    request = MoveRequest.objects.get()
    for _ in range(2):
        assert work_on_request(request.pk, timezone.now()) is None
    request.refresh_from_db()
    return request


def test_the_opened_request_is_announced_once_with_its_link(installed: Installation, api: HostApiServer) -> None:
    actor, owner = Actor(None, "a test"), EndpointOwner(project=installed.project)
    someone = User.objects.get()
    address, events, form = "https://chat.example/", ["move.opened"], EndpointFormat.STANDARD
    add_endpoint(owner, someone, actor, timezone.now(), name="chat", form=form, url=address, events=events)
    push(installed, {**FILES})
    request = ask(installed)
    new_wheel(installed)
    look(installed)
    (message,) = WebhookMessage.objects.all()
    event = EndpointEvent.from_json(message.event)
    assert (event.kind, event.target, event.link) == ("move.opened", WINDOWS, request.url)
    sent = json.loads(make_body("standard", event, "App", "https://wheelway.example/", timezone.now()))
    assert (sent["type"], sent["data"]["url"]) == ("move.opened", request.url)
    assert sent["data"]["text"] == "App: a change request for the move to Python 3.13 on Windows x64 was opened."


def new_wheel(installed: Installation) -> None:
    """Upload the wheel that the target lacked, and poll the package."""
    installed.replay.add_files("fast", [NEW])
    for package in Package.objects.all():
        poll_package(package.pk, IndexClient(installed.replay.url), timezone.now())


def test_a_request_follows_the_facts_from_the_push_to_the_falling_blocker(
    installed: Installation, api: HostApiServer
) -> None:
    push(installed, {**FILES})
    assert verdict() == "no-go"
    request = ask(installed)
    assert (request.state, request.number, request.reason) == ("open", 1, "")
    assert title(api).endswith(": waits for 1 package")
    assert "Do not merge this yet" in body(api)
    host = installed.host
    assert host.bare("diff", "--name-only", "main", BRANCH) == "Dockerfile"
    first = host.bare("rev-parse", BRANCH)

    new_wheel(installed)
    look(installed)
    assert verdict() == "conditional"
    assert len(api.requests) == 1
    assert title(api).endswith("Move to Python 3.13 on Windows x64")
    assert "Do not merge" not in body(api)
    assert "requirements.txt: the versions that the plan for the target needs" in body(api)
    assert host.bare("show", f"{BRANCH}:requirements.txt") == "fast==2.0"
    assert host.bare("show", f"{BRANCH}:Dockerfile").startswith("FROM python:3.13-slim")
    assert host.bare("log", "-1", "--format=%P", BRANCH) == first
    page = text(installed.client.get(f"/projects/app/move/{WINDOWS}/").content)
    assert "Open #1" in page

    before = len(api.calls)
    look(installed)
    assert len(api.calls) == before


@pytest.mark.parametrize("api", ["github"], indirect=True)
def test_a_request_changes_only_the_files_of_its_own_repository(installed: Installation, api: HostApiServer) -> None:
    other = Repository.objects.create(project=installed.project, provider=Provider.UPLOAD)
    files = {"requirements.txt": b"fast==1.0\n"}
    with transaction.atomic():
        JoinedSnapshot.of(PushedFiles(other, files, list(files))).store(other, origin=Origin.CI)
    push(installed, {**FILES})
    new_wheel(installed)
    look(installed)
    page = text(installed.client.get(f"/projects/app/move/{WINDOWS}/").content)
    assert "app/Dockerfile:1 python:3.11-slim → python:3.13-slim" in page
    assert f"upload-{other.pk}/requirements.txt" in page
    ask(installed)
    host = installed.host
    assert host.bare("diff", "--name-only", "main", BRANCH).split() == ["Dockerfile", "requirements.txt"]
    assert host.bare("show", f"{BRANCH}:requirements.txt") == "fast==2.0"
    assert "- requirements.txt: the versions" in body(api)


@pytest.mark.parametrize("api", ["gitlab"], indirect=True)
def test_commits_of_others_end_it_with_one_comment(installed: Installation, api: HostApiServer) -> None:
    push(installed, {**FILES})
    ask(installed)
    host = installed.host
    git(host.work, "fetch", "-q", "origin", BRANCH)
    git(host.work, "checkout", "-q", "FETCH_HEAD")
    theirs = host.commit({"mine.txt": "x"}, branch=BRANCH)
    new_wheel(installed)
    look(installed)
    look(installed)
    request = MoveRequest.objects.get()
    assert (request.state, request.reason) == ("stopped", OTHERS_COMMITTED)
    assert host.bare("rev-parse", BRANCH) == theirs
    assert api.comments == {1: (1, OTHERS_COMMITTED)}


@pytest.mark.parametrize("api", ["github"], indirect=True)
def test_a_request_that_people_closed_is_opened_again_only_when_a_member_asks(
    installed: Installation, api: HostApiServer
) -> None:
    push(installed, {**FILES})
    ask(installed)
    api.finish(1, merged=False)
    new_wheel(installed)
    look(installed)
    look(installed)
    assert (MoveRequest.objects.get().state, len(api.requests)) == ("closed", 1)
    assert (ask(installed).number, len(api.requests)) == (2, 2)
    assert installed.host.bare("show", f"{BRANCH}:requirements.txt") == "fast==2.0"


@pytest.mark.parametrize("api", ["gitea"], indirect=True)
def test_a_refused_token_is_said_with_the_next_step_and_a_host_that_is_away_is_asked_again(
    installed: Installation, api: HostApiServer
) -> None:
    push(installed, {**FILES})
    api.answer_with = (503, {}, b"")
    installed.client.post(f"/projects/app/move-requests/{WINDOWS}/{installed.repository.pk}/")
    request = MoveRequest.objects.get()
    assert work_on_request(request.pk, timezone.now()) == 10
    api.answer_with = (403, {}, b"{}")
    assert work_on_request(request.pk, timezone.now()) is None
    request.refresh_from_db()
    assert (request.state, TOKEN in request.reason) == ("failed", False)
    page = text(installed.client.get(f"/projects/app/move/{WINDOWS}/").content)
    assert "refused the token with status 403. The token permits too little." in page
    api.answer_with = None
    assert ask(installed).state == "open"


def verdict() -> str:
    """Return the verdict of the newest assessment."""
    return str(TargetAssessment.objects.filter(target=WINDOWS).latest("assessment__pk").verdict)


def title(api: HostApiServer) -> str:
    return str(api.requests[-1]["title"])


def body(api: HostApiServer) -> str:
    found = api.requests[-1]
    return str(found.get("body") or found.get("description"))
