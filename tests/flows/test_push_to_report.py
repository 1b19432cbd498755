"""A push, and what is said about it: a commit status and a comment at its host, and a mail to those who follow it."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone

from projects.domain.webhooks.events import PROVIDERS
from projects.models import PushReport, Snapshot
from projects.models.sealed import Sealed
from projects.services.alerts.dispatch import dispatch_events
from projects.services.alerts.send import send
from projects.services.alerts.watches import follow
from projects.services.audit.pushed_source import audit_pushed_source
from projects.services.endpoints.announce import announce_changes
from projects.services.push_reports import plan_reports, post_report
from scanner.index.client import IndexClient
from scanner.models import Package
from scanner.services.polling.poll import poll_package
from tests.cast import only_member
from tests.flows.installation import Installation
from tests.hosting.host_api import TOKEN, HostApiServer, host_api
from tests.replay import ReplayIndex, a_file
from tests.services.smtp import SmtpServer

pytestmark = pytest.mark.django_db(transaction=True)

GOOD = a_file("good-1.0-py3-none-any.whl", members={"good/__init__.py": b""})
OLD = a_file("fast-1.0-cp311-cp311-win_amd64.whl", members={"fast/__init__.py": b""})
NEW = a_file("fast-1.0-cp313-cp313-win_amd64.whl", members={"fast/__init__.py": b""})


@pytest.fixture
def replay(settings: Any) -> Iterator[ReplayIndex]:
    index = ReplayIndex(recorded=False)
    index.add_package("good", [GOOD])
    index.add_package("fast", [OLD])
    with index:
        settings.WHEELWAY_INDEX_URL = index.url
        yield index


@pytest.fixture(params=PROVIDERS)
def api(request: pytest.FixtureRequest, installed: Installation) -> Iterator[HostApiServer]:
    with host_api(request.param) as server:
        repository = installed.repository
        repository.provider, repository.api_url = request.param, server.root
        repository.api_token, repository.reports_pushes = Sealed.of(TOKEN), True
        repository.save()
        yield server


def push(installed: Installation, files: dict[str, str | bytes | None]) -> str:
    commit = installed.host.commit(files)
    assert installed.push(commit) == 202
    return commit


def report(installed: Installation) -> int | None:
    """Do the workers' work, everything twice; return the wait before the next try of the last report."""
    installed.work()
    newest = Snapshot.objects.latest("pk")
    audit_pushed_source(newest.pk, timezone.now())
    wait = None
    for _ in range(2):
        for report_id in plan_reports(newest.pk, timezone.now()):
            wait = post_report(report_id, timezone.now())
    return wait


def mail(installed: Installation) -> None:
    """Do what the scheduled tasks do, twice."""
    for _ in range(2):
        announce_changes(timezone.now())
        for alert_id in dispatch_events(timezone.now()):
            send(alert_id, timezone.now())


def test_a_push_has_one_status_one_comment_and_one_mail_which_follow_the_answer(
    installed: Installation, api: HostApiServer, mail_server: SmtpServer
) -> None:
    follow(installed.project, only_member(installed.project))
    first = push(installed, {"requirements.txt": "good\n"})
    assert report(installed) is None
    mail(installed)
    assert mail_server.inbox.messages == []
    assert [(commit, _state(status)) for commit, status in api.statuses] == [(first, True)]
    assert api.comments == {}

    second = push(installed, {"requirements.txt": "good\nfast\n"})
    api.commits[4] = [second]
    if api.provider in {"github", "gitlab", "gitea"}:
        _open_requests(api, 4, second)
    report(installed)
    assert [(commit, _state(status)) for commit, status in api.statuses[1:]] == [(second, False)]
    ((at, text),) = api.comments.values()
    assert at == 4
    assert "New: **fast** 1.0, blocked" in text
    assert "### Why" in text
    assert "/projects/app/" in text
    mail(installed)
    (message,) = mail_server.inbox.messages
    assert mail_server.inbox.recipients == [["alice@team.example"]]
    assert message["Subject"] == f"App: The push {second[:10]} makes fast worse"
    body = message.get_body(("plain",))
    assert body is not None
    assert "Python 3.13 on Windows x64: fast 1.0 has no version that installs." in body.get_content()

    installed.replay.add_files("fast", [NEW])
    for package in Package.objects.all():
        poll_package(package.pk, IndexClient(installed.replay.url), timezone.now())
    report(installed)
    ((at, text),) = api.comments.values()
    assert "| go |" in text
    assert "1 of 1 target reachable" in str(api.statuses[-1][1])
    mail(installed)
    assert len(mail_server.inbox.messages) == 1
    assert PushReport.objects.count() == 2


@pytest.mark.parametrize("api", ["github"], indirect=True)
def test_a_host_that_is_away_is_asked_again_and_a_refused_token_is_said(
    installed: Installation, api: HostApiServer
) -> None:
    push(installed, {"requirements.txt": "good\n"})
    api.answer_with = (502, {}, b"")
    assert report(installed) == 10
    api.answer_with = (401, {}, b"{}")
    assert report(installed) is None
    installed.repository.refresh_from_db()
    assert (installed.repository.api_status, api.statuses) == (401, [])
    api.answer_with = None
    report(installed)
    installed.repository.refresh_from_db()
    assert (installed.repository.api_error, len(api.statuses)) == ("", 1)


@pytest.mark.parametrize("api", ["gitlab"], indirect=True)
def test_nothing_is_posted_unless_the_repository_asks_for_it(installed: Installation, api: HostApiServer) -> None:
    type(installed.repository).objects.update(reports_pushes=False)
    push(installed, {"requirements.txt": "good\n"})
    report(installed)
    assert (api.calls, PushReport.objects.count()) == ([], 0)


def _state(status: dict[str, object]) -> bool:
    state = str(status["state"]).lower()
    assert state in {"success", "successful", "succeeded", "failure", "failed"}
    return state.startswith("succ")


def _open_requests(api: HostApiServer, number: int, commit: str) -> None:
    for at in range(1, number + 1):
        head = {"ref": f"b{at}", "sha": commit if at == number else ""}
        one: dict[str, object] = {"number": at, "iid": at, "state": "open", "head": head, "source_branch": f"b{at}"}
        if api.provider == "gitlab":
            one["state"] = "opened"
        api.requests.append(one)
