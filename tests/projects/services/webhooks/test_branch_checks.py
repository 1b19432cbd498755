"""Pushes of which no word came are found by asking git's own http-backend where the branch is."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from projects import jobs
from projects.hosts.errors import HostUnavailable
from projects.models import Project, Snapshot
from projects.models.repository import Delivery, Provider, Repository
from projects.models.sealed import Sealed
from projects.services.webhooks.branch_checks import check_due
from projects.services.webhooks.process import process
from projects.services.webhooks.receive import CREDENTIALS_UNREADABLE
from tests.cast import bare_project
from tests.hosting.git_server import GitServer

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _settings(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.WHEELWAY_ALLOW_PRIVATE_HOSTS = ["127.0.0.1"]
    settings.WHEELWAY_BRANCH_CHECK = HOUR
    monkeypatch.setattr(jobs, "request_delivery", lambda delivery_id: None)


@pytest.fixture
def repository(host: GitServer) -> Repository:
    return follow(host.url)


def follow(clone_url: str, **more: Any) -> Repository:
    project = Project.objects.filter(slug="app").first() or bare_project("App", slug="app")
    return Repository.objects.create(
        project=project, clone_url=clone_url, **{"paths": ["requirements.txt"], "next_check_at": NOW, **more}
    )


def work(now: datetime = NOW) -> Delivery:
    """Do the work of the delivery that a check has queued."""
    delivery = Delivery.objects.get(state=Delivery.State.PENDING)
    process(delivery.pk, now)
    delivery.refresh_from_db()
    return delivery


def reload(repository: Repository) -> Repository:
    return Repository.objects.get(pk=repository.pk)


def wait_of(repository: Repository, since: datetime = NOW) -> timedelta:
    due = reload(repository).next_check_at
    assert due is not None
    return due - since


def test_a_push_without_a_delivery_becomes_a_snapshot(repository: Repository, host: GitServer) -> None:
    commit = host.commit({"requirements.txt": "numpy==1.26.4\n"})
    assert check_due(NOW) == 1
    delivery = work()
    assert (delivery.event, delivery.state, delivery.commit, delivery.ref) == (
        "branch check",
        "processed",
        commit,
        "refs/heads/main",
    )
    snapshot = Snapshot.objects.get()
    assert (snapshot.origin, snapshot.commit) == ("push", commit)


def test_a_branch_that_has_not_moved_costs_one_question_and_no_row(repository: Repository, host: GitServer) -> None:
    commit = host.commit({"requirements.txt": "numpy==1.26.4\n"})
    Repository.objects.update(last_commit=commit, last_error="it was ill", failed_checks=3)
    assert check_due(NOW) == 0
    assert not Delivery.objects.exists()
    found = reload(repository)
    assert (found.checked_at, found.last_error, found.failed_checks) == (NOW, "", 0)
    assert 0.8 * HOUR <= wait_of(repository) <= 1.2 * HOUR
    asked = len(host.requests)
    assert 0 < asked <= 2
    assert check_due(NOW) == 0
    assert len(host.requests) == asked


def test_a_force_push_back_to_an_older_commit_is_found_too(repository: Repository, host: GitServer) -> None:
    older = host.commit({"requirements.txt": "numpy==1.26.4\n"})
    newer = host.commit({"requirements.txt": "numpy==2.0.0\n"})
    for commit in (older, newer):
        repository.deliveries.create(
            delivery_id=commit, event="push", received_at=NOW, state=Delivery.State.PROCESSED, commit=commit
        )
    Repository.objects.update(last_commit=newer)
    host.reset(older)
    assert check_due(NOW) == 1
    assert work().commit == older
    assert reload(repository).last_commit == older


def test_a_check_waits_while_a_delivery_is_under_way(repository: Repository, host: GitServer) -> None:
    host.commit({"requirements.txt": "numpy==1.26.4\n"})
    repository.deliveries.create(delivery_id="d-1", event="push", received_at=NOW)
    assert check_due(NOW) == 0
    assert Delivery.objects.count() == 1


def test_a_host_is_not_asked_when_a_delivery_came_lately(repository: Repository, host: GitServer) -> None:
    host.commit({"requirements.txt": "numpy==1.26.4\n"})
    Repository.objects.update(checked_at=NOW - HOUR / 2)
    assert check_due(NOW) == 0
    assert host.requests == []
    assert wait_of(repository) > timedelta(0)


def test_a_head_that_cannot_be_taken_is_tried_less_and_less_often(repository: Repository, host: GitServer) -> None:
    host.commit({"other.txt": "numpy\n"})
    waits, now = [], NOW
    for _ in range(3):
        assert check_due(now) == 1
        assert work(now).state == "failed"
        waits.append(wait_of(repository, now) / HOUR)
        now = reload(repository).next_check_at or now
    assert [0.8 <= wait / 2**failures <= 1.2 for failures, wait in enumerate(waits)] == [True] * 3


def test_a_host_that_gives_no_answer_is_asked_once_in_a_round(host: GitServer) -> None:
    repositories = [follow(host.url) for _ in range(3)]
    host.fail_with = 503
    assert check_due(NOW) == 0
    assert len(host.requests) == 1
    failed = [one for one in map(reload, repositories) if one.failed_checks]
    assert len(failed) == 1
    assert failed[0].last_error == str(HostUnavailable("127.0.0.1", "it answers with an error"))
    assert 1.6 * HOUR <= wait_of(failed[0]) <= 2.4 * HOUR


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"branch": "gone"}, "the branch gone does not exist"),
        ({"branch": "not..a name"}, "the ref is not a full ref name"),
        ({"clone_url": "no address"}, "use the form https://host/path or git@host:path"),
        ({"clone_url": "https://localhost/octo/app.git"}, "localhost is not contacted: its address is not public"),
    ],
)
def test_what_stands_in_the_way_is_told_on_the_repository(host: GitServer, change: dict[str, str], error: str) -> None:
    host.commit({"requirements.txt": "numpy\n"})
    repository = follow(**{"clone_url": host.url, **change})
    other = follow(host.url)
    assert check_due(NOW) == 1
    found = reload(repository)
    assert error in found.last_error
    assert (found.failed_checks, found.deliveries.count()) == (1, 0)
    assert other.deliveries.count() == 1


def test_credentials_that_cannot_be_opened_are_told(repository: Repository) -> None:
    Repository.objects.update(clone_secret=Sealed("sealed with another key"))
    assert check_due(NOW) == 0
    assert reload(repository).last_error == CREDENTIALS_UNREADABLE


def test_new_repositories_are_spread_over_the_time_between_two_checks(host: GitServer) -> None:
    repositories = [follow(host.url, next_check_at=None) for _ in range(6)]
    # One that a jumping clock has put off.
    repositories.append(follow(host.url, next_check_at=NOW + timedelta(days=400)))
    assert check_due(NOW) == 0
    assert host.requests == []
    waits = [wait_of(one) for one in repositories]
    assert all(timedelta(0) <= wait <= HOUR for wait in waits)
    assert len(set(waits)) == 7


def test_without_a_wait_nothing_is_asked(repository: Repository, host: GitServer, settings: Any) -> None:
    settings.WHEELWAY_BRANCH_CHECK = timedelta(0)
    assert check_due(NOW) == 0
    assert host.requests == []
    assert reload(repository).next_check_at == NOW


def test_uploads_are_never_looked_at() -> None:
    follow("", provider=Provider.UPLOAD, next_check_at=None)
    assert check_due(NOW) == 0
    assert Repository.objects.get().next_check_at is None
