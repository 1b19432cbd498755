"""What is taken of signed requests, against git's own http-backend."""

import hashlib
import hmac
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoCaptureOnCommitCallbacks

from projects.models import Snapshot
from projects.models.repository import Delivery, Provider, Repository
from projects.models.sealed import Sealed
from projects.services.webhooks.receive import (
    DeliveryAccepted,
    DeliveryInvalid,
    DeliveryRefused,
    find_repository,
    receive_push,
)
from tests.hosting.git_server import GitServer
from tests.projects.services.webhooks.deliveries import (
    NOW,
    SECRET,
    ZEROS,
    deliver,
    push_body,
    requirements,
    signed,
    work,
)

pytestmark = pytest.mark.django_db


def test_a_signed_push_becomes_a_snapshot_of_its_commit(
    repository: Repository,
    host: GitServer,
    queued: list[int],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    commit = host.commit({"requirements.txt": "-r base.txt\nnumpy==1.26.4\n", "base.txt": "greenlet==3.0.3\n"})
    with django_capture_on_commit_callbacks(execute=True):
        delivery = deliver(repository, push_body(commit))
    assert queued == [delivery.pk]
    assert (delivery.state, delivery.commit, delivery.payload) == ("pending", commit, None)
    assert host.requests == []
    work(delivery)
    assert (delivery.state, delivery.reason, delivery.attempts) == ("processed", "", 1)
    snapshot = Snapshot.objects.get()
    assert (snapshot.origin, snapshot.commit, snapshot.ref) == ("push", commit, "refs/heads/main")
    assert sorted(requirements(repository.project)) == ["greenlet==3.0.3", "numpy==1.26.4"]
    assert {file.path: file.is_root for file in snapshot.files.all()} == {"requirements.txt": True, "base.txt": False}
    repository.refresh_from_db()
    assert (repository.last_commit, repository.last_error, repository.checked_at) == (commit, "", NOW)
    assert repository.host_id == "7"


def test_a_payload_of_githubs_own_examples_is_taken_like_any_other(
    repository: Repository, host: GitServer, shared: Path
) -> None:
    commit = host.commit({"requirements.txt": "numpy==1.26.4\n"})
    payload = json.loads((shared / "corpus/webhooks/github/push.6.json").read_bytes())
    payload |= {"after": commit, "ref": "refs/heads/main"}
    payload["repository"]["full_name"] = "octo/app"
    delivery = work(deliver(repository, json.dumps(payload, indent=2).encode()))
    assert (delivery.state, delivery.commit) == ("processed", commit)
    assert requirements(repository.project) == ["numpy==1.26.4"]


@pytest.mark.parametrize(
    "change",
    [
        lambda headers: headers.pop("X-Hub-Signature-256"),
        lambda headers: headers.update({"X-Hub-Signature-256": "sha256=" + "0" * 64}),
        lambda headers: headers.update({"X-Hub-Signature-256": headers["X-Hub-Signature-256"][:40]}),
        lambda headers: headers.pop("X-GitHub-Event"),
        lambda headers: headers.update({"X-Gitlab-Event": "Push Hook", "X-Gitlab-Token": SECRET}),
        lambda headers: headers.update({"X-Gitea-Event": "push"}),
    ],
)
def test_a_wrongly_signed_delivery_changes_nothing(repository: Repository, queued: list[int], change: Any) -> None:
    body = push_body("a" * 40)
    headers = signed(body)
    change(headers)
    assert receive_push(find_repository(repository.hook_key), headers, body, NOW) == DeliveryRefused()
    assert receive_push(find_repository("no-such-key"), signed(body), body, NOW) == DeliveryRefused()
    assert receive_push(find_repository(repository.hook_key), signed(body), body + b" ", NOW) == DeliveryRefused()
    assert not Delivery.objects.exists()
    assert queued == []


def test_without_a_secret_every_delivery_is_refused(repository: Repository) -> None:
    Repository.objects.update(secret=Sealed())
    body = push_body("a" * 40)
    assert receive_push(find_repository(repository.hook_key), signed(body, secret=""), body, NOW) == DeliveryRefused()


def test_two_secrets_hold_until_the_rotation_ends(repository: Repository) -> None:
    new = repository.rotate_secret()
    body = push_body("a" * 40)
    for number, secret in enumerate((SECRET, new)):
        deliver(repository, body, f"d-{number}", secret=secret)
    repository.end_rotation()
    assert receive_push(find_repository(repository.hook_key), signed(body, "d-9"), body, NOW) == DeliveryRefused()
    deliver(repository, body, "d-9", secret=new)


def test_a_redelivery_is_no_work(
    repository: Repository,
    host: GitServer,
    queued: list[int],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    body = push_body(host.commit({"requirements.txt": "numpy\n"}))
    work(deliver(repository, body))
    with django_capture_on_commit_callbacks(execute=True):
        again = deliver(repository, body)
    assert (again.state, queued) == ("processed", [])
    work(again)
    assert Snapshot.objects.count() == Delivery.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_what_needs_no_work_is_stored_by_one_statement_and_once(repository: Repository) -> None:
    body = push_body("a" * 40, ref="refs/heads/other")
    with CaptureQueriesContext(connection) as asked:
        first = deliver(repository, body)
    # The one that finds the hook, and no transaction. Each twentieth delivery deletes old ones after that.
    assert [query["sql"].split()[0] for query in asked.captured_queries[:2]] == ["SELECT", "INSERT"]
    assert deliver(repository, body) == deliver(repository, body, "d-2") == first
    assert Delivery.objects.count() == 1


def test_the_same_signed_bytes_under_another_id_are_no_work(
    repository: Repository, host: GitServer, queued: list[int], django_capture_on_commit_callbacks: Any
) -> None:
    body = push_body(host.commit({"requirements.txt": "numpy\n"}))
    with django_capture_on_commit_callbacks(execute=True):
        first = deliver(repository, body, "d-1")
        assert all(deliver(repository, body, f"d-{number}") == first for number in range(2, 50))
    assert queued == [first.pk]
    assert work(first).state == "processed"
    with django_capture_on_commit_callbacks(execute=True):
        assert deliver(repository, body, "d-99").state == "processed"
    assert queued == [first.pk]


def test_the_same_bytes_later_are_looked_at_again_if_another_commit_was_taken_since(
    repository: Repository, host: GitServer
) -> None:
    older = host.commit({"requirements.txt": "numpy==1.0\n"})
    body = push_body(older)
    work(deliver(repository, body, "d-1"))
    work(deliver(repository, push_body(host.commit({"requirements.txt": "numpy==2.0\n"}), older), "d-2"))
    host.reset(older)
    later = NOW + timedelta(minutes=5)
    answer = receive_push(find_repository(repository.hook_key), signed(body, "d-3"), body, later)
    assert isinstance(answer, DeliveryAccepted)
    assert work(answer.delivery, later).state == "processed"
    assert requirements(repository.project) == ["numpy==1.0"]


@pytest.mark.parametrize(
    ("event", "changes", "reason"),
    [
        ("ping", {}, "test delivery: the hook works"),
        ("issues", {}, "issues is not a push"),
        ("push", {"ref": "refs/heads/dev"}, "it updates refs/heads/dev, not the followed branch main"),
        ("push", {"ref": "refs/tags/main"}, "it updates refs/tags/main, not the followed branch main"),
        ("push", {"after": ZEROS}, "the branch was deleted"),
        (
            "push",
            {"repository": {"id": 8, "full_name": "octo/other"}},
            "it is from octo/other, not the configured repository",
        ),
    ],
)
def test_what_is_no_push_to_the_branch_is_listed_with_its_reason(
    repository: Repository, event: str, changes: dict[str, Any], reason: str
) -> None:
    after = changes.get("after", "a" * 40)
    delivery = deliver(repository, push_body(after, **changes), event=event)
    assert (delivery.state, delivery.reason) == ("ignored", reason)


def test_a_long_reason_is_cut_to_what_the_database_holds(repository: Repository) -> None:
    def change(name: str) -> dict[str, Any]:
        return {"ref": {"id": f"refs/heads/{name * 250}"}, "fromHash": ZEROS, "toHash": "a" * 40}

    Repository.objects.update(provider=Provider.BITBUCKET_SERVER)
    payload = {
        "repository": {"id": 1, "slug": "app", "project": {"key": "octo"}},
        "changes": [change("x"), change("y"), change("z")],
    }
    body = json.dumps(payload).encode()
    mac = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    headers = {"X-Event-Key": "repo:refs_changed", "X-Request-Id": "1", "X-Hub-Signature": f"sha256={mac}"}
    answer = receive_push(find_repository(repository.hook_key), headers, body, NOW)
    assert isinstance(answer, DeliveryAccepted)
    assert len(answer.delivery.reason) == 500


def test_what_is_ignored_is_not_queued(
    repository: Repository,
    queued: list[int],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        deliver(repository, b"{}", event="ping")
        deliver(repository, push_body("a" * 40, ref="refs/heads/dev"), "d-2")
    assert queued == []


def test_a_renamed_repository_is_known_by_the_id_learned_before(repository: Repository) -> None:
    deliver(repository, push_body("a" * 40), "d-1")
    renamed = deliver(repository, push_body("b" * 40, repository={"id": 7, "full_name": "octo/new"}), "d-2")
    assert renamed.state == "pending"


def test_a_signed_body_that_is_no_push_is_told_to_its_sender(repository: Repository) -> None:
    body = b"{"
    assert receive_push(find_repository(repository.hook_key), signed(body), body, NOW) == DeliveryInvalid(
        "the body is not JSON"
    )
    assert Delivery.objects.get().state == "failed"


def test_secrets_are_encrypted_in_the_database_and_open_with_a_fallback_key(
    repository: Repository, settings: Any
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM projects_repository")
        assert SECRET not in cursor.fetchone()[0]
    assert SECRET not in repr(repository.secret) + str(repository.secret)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another key", [settings.SECRET_KEY]
    assert Repository.objects.get().secrets() == (SECRET,)
    repository.secret = "plain"  # type: ignore[assignment]  # what the test is about
    with pytest.raises(TypeError):
        repository.save()


def test_the_last_fifty_deliveries_are_kept_and_few_more_and_no_waiting_one_is_dropped(repository: Repository) -> None:
    waiting = deliver(repository, push_body("a" * 40), "first")
    for number in range(100):
        deliver(repository, json.dumps({"zen": number}).encode(), f"ping-{number}", event="ping")
    assert 50 <= repository.deliveries.filter(event="ping").count() < 80
    assert Delivery.objects.filter(pk=waiting.pk).exists()
    assert len(repository.deliveries.newest()) == 50
