"""From a truly signed request to a snapshot, against git's own http-backend."""

import hashlib
import hmac
import json
import threading
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoCaptureOnCommitCallbacks

from projects import jobs
from projects.hosts.errors import HostUnavailable, RepositoryAccessDenied
from projects.hosts.git_program import GitLimits
from projects.models import Project, Snapshot
from projects.models.repository import CLAIM_HOLDS, DELIVERIES_KEPT, Delivery, DeliveryQuerySet, Provider, Repository
from projects.models.sealed import Sealed
from projects.services.project_removal import delete_project, restore_project
from projects.services.reading import IncludeFinder
from projects.services.webhooks import process as delivery_work
from projects.services.webhooks import take_files
from projects.services.webhooks.branch_checks import check_due
from projects.services.webhooks.process import process
from projects.services.webhooks.receive import (
    CREDENTIALS_UNREADABLE,
    DeliveryAccepted,
    DeliveryInvalid,
    DeliveryRefused,
    find_repository,
    queue_fetch,
    receive_push,
    receive_upload,
)
from tests.cast import bare_project
from tests.hosting.git_server import GitServer
from tests.signing import sign_upload

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SECRET = "the secret of the hook"
ZEROS = "0" * 40


@pytest.fixture(autouse=True)
def _settings(settings: Any) -> None:
    settings.WHEELWAY_ALLOW_PRIVATE_HOSTS = ["127.0.0.1"]


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The deliveries handed to the worker."""
    ids: list[int] = []
    monkeypatch.setattr(jobs, "request_delivery", ids.append)
    return ids


@pytest.fixture
def repository(host: GitServer) -> Repository:
    project = bare_project("App", slug="app")
    return Repository.objects.create(
        project=project, clone_url=host.url, secret=Sealed.of(SECRET), paths=["requirements.txt"]
    )


def push_body(after: str, before: str = ZEROS, /, **changes: Any) -> bytes:
    """A push as GitHub sends it, in the form of the corpus."""
    payload = {
        "ref": "refs/heads/main",
        "before": before,
        "after": after,
        "created": before == ZEROS,
        "deleted": after == ZEROS,
        "forced": False,
        "commits": [],
        "head_commit": None,
        "repository": {"id": 7, "full_name": "octo/app", "clone_url": "http://evil.example/octo/app.git"},
        "pusher": {"name": "alice", "email": "alice@team.example"},
    }
    return json.dumps(payload | changes).encode()


def signed(body: bytes, delivery: str = "d-1", event: str = "push", secret: str = SECRET) -> dict[str, str]:
    return {
        "X-GitHub-Event": event,
        "X-GitHub-Delivery": delivery,
        "X-Hub-Signature-256": "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest(),
        "Content-Type": "application/json",
    }


def deliver(repository: Repository, body: bytes, delivery: str = "d-1", **options: str) -> Delivery:
    answer = receive_push(find_repository(repository.hook_key), signed(body, delivery, **options), body, NOW)
    assert isinstance(answer, DeliveryAccepted)
    return answer.delivery


def work(delivery: Delivery, now: datetime = NOW) -> Delivery:
    assert process(delivery.pk, now) is None
    delivery.refresh_from_db()
    return delivery


def requirements(project: Project) -> list[str]:
    snapshot = project.snapshots.latest("pk")
    return [f"{row.name}{row.specifier}" for row in snapshot.requirements.all()]


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


def test_a_thousand_pushes_to_a_branch_that_wait_are_one_job_for_the_newest(
    repository: Repository, host: GitServer, queued: list[int], django_capture_on_commit_callbacks: Any
) -> None:
    commits = [host.commit({"requirements.txt": f"numpy==1.{number}\n"}) for number in range(3)]
    with django_capture_on_commit_callbacks(execute=True):
        sent = [deliver(repository, push_body(commit), f"d-{number}") for number, commit in enumerate(commits)]
    assert queued == [sent[0].pk]
    assert process(queued[0], NOW) is None
    states = list(repository.deliveries.order_by("pk").values_list("state", flat=True))
    assert states == ["ignored", "ignored", "processed"]
    assert requirements(repository.project) == ["numpy==1.2"]


def test_a_push_that_takes_the_place_of_one_whose_job_begins_at_this_moment_is_done_by_that_job(
    repository: Repository,
    host: GitServer,
    queued: list[int],
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    first = deliver(repository, push_body(host.commit({"requirements.txt": "numpy==1.0\n"})), "d-1")
    second = push_body(host.commit({"requirements.txt": "numpy==2.0\n"}))
    claim = DeliveryQuerySet.claim

    def claim_late(deliveries: DeliveryQuerySet, delivery_id: int, now: datetime) -> bool:
        if delivery_id == first.pk:
            with django_capture_on_commit_callbacks(execute=True):
                deliver(repository, second, "d-2")
        return claim(deliveries, delivery_id, now)

    monkeypatch.setattr(DeliveryQuerySet, "claim", claim_late)
    assert process(first.pk, NOW) is None
    assert queued == []
    states = list(repository.deliveries.order_by("pk").values_list("state", flat=True))
    assert states == ["ignored", "processed"]
    assert requirements(repository.project) == ["numpy==2.0"]


def test_the_job_of_a_delivery_that_is_no_longer_kept_does_the_one_that_took_its_place(
    repository: Repository, host: GitServer, queued: list[int], django_capture_on_commit_callbacks: Any
) -> None:
    commit = host.commit({"requirements.txt": "numpy==2.0\n"})
    with django_capture_on_commit_callbacks(execute=True):
        for number in range(DELIVERIES_KEPT * 2):
            deliver(repository, push_body(hashlib.sha1(b"%d" % number).hexdigest()), f"d-{number}")
        last = deliver(repository, push_body(commit), "d-last")
    [job] = queued
    assert not Delivery.objects.filter(pk=job).exists()
    assert process(job, NOW) is None
    last.refresh_from_db()
    assert last.state == "processed"
    assert requirements(repository.project) == ["numpy==2.0"]


def test_the_job_of_a_push_leaves_an_upload_for_the_same_branch_to_its_own(
    repository: Repository, host: GitServer, queued: list[int]
) -> None:
    pushes = [
        deliver(repository, push_body(host.commit({"requirements.txt": f"numpy=={n}\n"})), f"d-{n}") for n in "12"
    ]
    sent = json.dumps({"files": {"requirements.txt": "numpy==3\n"}, "ref": "refs/heads/main"}).encode()
    answer = upload(repository, sent)
    assert isinstance(answer, DeliveryAccepted)
    assert work(pushes[0]).state == "ignored"
    answer.delivery.refresh_from_db()
    assert answer.delivery.state == "pending"
    assert requirements(repository.project) == ["numpy==2"]


def test_a_push_after_one_that_waits_for_a_retry_has_a_job_of_its_own(
    repository: Repository, host: GitServer, queued: list[int], django_capture_on_commit_callbacks: Any
) -> None:
    first = deliver(repository, push_body(host.commit({"requirements.txt": "numpy==1.0\n"})), "d-1")
    host.fail_with = 503
    assert process(first.pk, NOW) == 10
    host.fail_with = 0
    with django_capture_on_commit_callbacks(execute=True):
        second = deliver(repository, push_body(host.commit({"requirements.txt": "numpy==2.0\n"})), "d-2")
    assert queued == [second.pk]
    # The retry of the first finds that it is no longer needed.
    work(second)
    assert process(first.pk, NOW) is None
    assert requirements(repository.project) == ["numpy==2.0"]


def test_sending_a_failed_delivery_again_is_another_try(
    repository: Repository,
    host: GitServer,
    queued: list[int],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    body = push_body(host.commit({"requirements.txt": "numpy\n"}))
    host.password = "closed"
    assert work(deliver(repository, body)).state == "failed"
    repository.refresh_from_db()
    assert repository.last_error == str(RepositoryAccessDenied("127.0.0.1"))
    Repository.objects.update(clone_username="robot", clone_secret=Sealed.of("closed"))
    with django_capture_on_commit_callbacks(execute=True):
        again = deliver(repository, body)
    assert (again.state, queued) == ("pending", [again.pk])
    assert work(again).state == "processed"


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


def test_an_older_push_never_overwrites_a_newer_one(repository: Repository, host: GitServer) -> None:
    first = host.commit({"requirements.txt": "numpy==1.0\n"})
    second = host.commit({"requirements.txt": "numpy==2.0\n"})
    assert work(deliver(repository, push_body(second, first), "d-2")).state == "processed"
    late = work(deliver(repository, push_body(first), "d-1"))
    assert (late.state, late.reason) == ("ignored", f"a newer commit, {second[:12]}, has been taken already")
    assert requirements(repository.project) == ["numpy==2.0"]


def test_pushes_in_their_order_are_taken_at_their_own_commits(repository: Repository, host: GitServer) -> None:
    first = host.commit({"requirements.txt": "numpy==1.0\n"})
    second = host.commit({"requirements.txt": "numpy==2.0\n"})
    assert work(deliver(repository, push_body(first), "d-1")).state == "processed"
    assert requirements(repository.project) == ["numpy==1.0"]
    assert work(deliver(repository, push_body(second, first), "d-2")).state == "processed"
    assert requirements(repository.project) == ["numpy==2.0"]


def test_a_force_push_back_to_an_older_commit_is_taken(repository: Repository, host: GitServer) -> None:
    first = host.commit({"requirements.txt": "numpy==1.0\n"})
    dropped = host.commit({"requirements.txt": "numpy==2.0\n"})
    work(deliver(repository, push_body(dropped, first), "d-1"))
    host.reset(first)
    assert work(deliver(repository, push_body(first, dropped, forced=True), "d-2")).state == "processed"
    assert requirements(repository.project) == ["numpy==1.0"]


def test_a_commit_dropped_by_a_force_push_is_ignored(repository: Repository, host: GitServer) -> None:
    first = host.commit({"requirements.txt": "numpy==1.0\n"})
    dropped = host.commit({"requirements.txt": "numpy==2.0\n"})
    host.reset(first)
    host.commit({"requirements.txt": "numpy==3.0\n"})
    late = work(deliver(repository, push_body(dropped, first)))
    assert (late.state, late.reason) == ("ignored", "the commit is not on main any more")


def test_a_branch_that_is_gone_by_now_is_ignored(repository: Repository, host: GitServer) -> None:
    commit = host.commit({"requirements.txt": "numpy\n"})
    host.delete("main")
    late = work(deliver(repository, push_body(commit)))
    assert (late.state, late.reason) == ("ignored", "the branch main does not exist")


def test_a_push_that_is_overtaken_while_it_is_read_decides_anew(
    repository: Repository, host: GitServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = host.commit({"requirements.txt": "numpy==1.0\n"})
    slow = deliver(repository, push_body(first), "d-1")
    real = IncludeFinder

    def overtaken(files: Mapping[str, bytes]) -> list[str]:
        monkeypatch.setattr(take_files, "IncludeFinder", real)
        second = host.commit({"requirements.txt": "numpy==2.0\n"})
        work(deliver(repository, push_body(second, first), "d-2"))
        return []

    monkeypatch.setattr(take_files, "IncludeFinder", lambda: overtaken)
    work(slow)
    assert (slow.state, requirements(repository.project)) == ("ignored", ["numpy==2.0"])


def test_a_delivery_in_the_hands_of_a_worker_is_left_alone_until_the_worker_is_lost(
    repository: Repository, host: GitServer
) -> None:
    delivery = deliver(repository, push_body(host.commit({"requirements.txt": "numpy\n"})))
    assert Delivery.objects.claim(delivery.pk, NOW)
    assert work(delivery).state == "pending"
    assert delivery_work.lost(NOW + CLAIM_HOLDS) == []
    Delivery.objects.renew_claim(delivery.pk, NOW + CLAIM_HOLDS)
    later = NOW + timedelta(minutes=1)
    assert delivery_work.lost(later) == []
    later += CLAIM_HOLDS
    assert delivery_work.lost(later) == [delivery.pk]
    assert work(delivery, later).state == "processed"
    assert delivery.attempts == 2


def test_a_deleted_project_takes_nothing_until_it_is_restored(repository: Repository, host: GitServer) -> None:
    before = deliver(repository, push_body(host.commit({"requirements.txt": "numpy\n"})), "d-1")
    delete_project(repository.project, NOW)
    assert (work(before).state, before.reason) == ("ignored", "the project was deleted")
    body = push_body(host.commit({"requirements.txt": "six\n"}))
    known = find_repository(repository.hook_key)
    assert receive_push(known, signed(body, "d-2"), body, NOW) == DeliveryRefused()
    assert check_due(NOW + timedelta(days=1)) == 0
    assert not Snapshot.objects.exists()
    restore_project(repository.project)
    assert work(deliver(repository, body, "d-2")).state == "processed"


def test_a_host_without_an_answer_is_asked_again_later_and_not_for_ever(
    repository: Repository, host: GitServer
) -> None:
    delivery = deliver(repository, push_body(host.commit({"requirements.txt": "numpy\n"})))
    host.fail_with = 503
    waits = [process(delivery.pk, NOW) for _ in range(len(delivery_work.BACKOFF) + 1)]
    assert waits == [*delivery_work.BACKOFF, None]
    delivery.refresh_from_db()
    assert delivery.state == "failed"
    assert delivery.reason == str(HostUnavailable("127.0.0.1", "it answers with an error"))


def test_a_host_that_comes_back_is_read(repository: Repository, host: GitServer) -> None:
    delivery = deliver(repository, push_body(host.commit({"requirements.txt": "numpy\n"})))
    host.fail_with = 500
    assert process(delivery.pk, NOW) == delivery_work.BACKOFF[0]
    host.fail_with = 0
    assert work(delivery).state == "processed"
    repository.refresh_from_db()
    assert repository.last_error == ""


@pytest.mark.parametrize(
    ("files", "changes", "reason"),
    [
        ({"other.txt": "x"}, {}, "127.0.0.1 has no file requirements.txt at that commit"),
        (
            {"requirements.txt": "numpy\n"},
            {"clone_url": "file:///etc"},
            "use the form https://host/path or git@host:path",
        ),
        (
            {"requirements.txt": "numpy\n"},
            {"paths": ["../../etc/passwd"]},
            "127.0.0.1 has no file ../../etc/passwd at that commit",
        ),
        ({"requirements.txt": "numpy\n"}, {"branch": "a..b"}, "the ref is not a full ref name"),
        ({"requirements.txt": b"#" * 5_000_000}, {}, "requirements.txt is larger than 4,194,304 bytes"),
    ],
)
def test_what_cannot_be_read_fails_with_its_reason(
    repository: Repository, host: GitServer, files: Any, changes: Mapping[str, Any], reason: str
) -> None:
    delivery = deliver(repository, push_body(host.commit(files)))
    Repository.objects.update(**changes)
    work(delivery)
    assert (delivery.state, delivery.reason) == ("failed", reason)
    assert not Snapshot.objects.exists()
    repository.refresh_from_db()
    assert (repository.last_commit, repository.last_error) == ("", reason)


def test_a_slow_host_is_given_up_for_now(
    repository: Repository, host: GitServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    delivery = deliver(repository, push_body(host.commit({"requirements.txt": "numpy\n"})))
    host.hang = threading.Event()
    monkeypatch.setattr(take_files, "git_limits", lambda: GitLimits(["127.0.0.1"], seconds=0.3))
    assert process(delivery.pk, NOW) == delivery_work.BACKOFF[0]


def test_credentials_sealed_with_a_lost_key_fail_the_delivery_and_refuse_the_next(
    repository: Repository, settings: Any
) -> None:
    Repository.objects.update(clone_secret=Sealed.of("token"))
    delivery = deliver(repository, push_body("a" * 40))
    settings.SECRET_KEY = "another key"
    work(delivery)
    assert delivery.reason == CREDENTIALS_UNREADABLE
    body = push_body("b" * 40)
    assert receive_push(find_repository(repository.hook_key), signed(body, "d-2"), body, NOW) == DeliveryRefused()


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


def test_a_look_takes_the_head_of_the_branch(repository: Repository, host: GitServer) -> None:
    commit = host.commit({"requirements.txt": "numpy\n"})
    look = work(queue_fetch(repository, NOW))
    assert (look.state, look.commit) == ("processed", commit)
    again = work(queue_fetch(repository, NOW + timedelta(seconds=1)))
    assert (again.state, again.reason) == ("ignored", "this commit has been taken already")


@pytest.fixture
def uploads(repository: Repository) -> Repository:
    repository.provider, repository.clone_url = Provider.UPLOAD, ""
    repository.save()
    return repository


def upload(repository: Repository, body: bytes, *, moment: datetime = NOW, **headers: str) -> Any:
    given = {"X-Wheelway-Signature": sign_upload(SECRET, int(moment.timestamp()), body)}
    given |= {f"X-Wheelway-{name}": value for name, value in headers.items()}
    return receive_upload(
        find_repository(repository.hook_key), given | {"Content-Type": "application/json"}, "", body, NOW
    )


def test_a_signed_upload_becomes_a_snapshot_and_its_files_are_not_kept_twice(uploads: Repository) -> None:
    files = {"requirements.txt": "-c limits.txt\nnumpy==2.0\n", "limits.txt": {"base64": "bnVtcHk8Mw=="}}
    body = json.dumps({"files": files, "roots": ["requirements.txt"], "commit": "abc1234", "ref": "main"}).encode()
    answer = upload(uploads, body, Delivery="build-1")
    assert isinstance(answer, DeliveryAccepted)
    delivery = work(answer.delivery)
    assert (delivery.state, delivery.commit, delivery.payload) == ("processed", "abc1234", None)
    snapshot = Snapshot.objects.get()
    assert (snapshot.origin, snapshot.commit, snapshot.ref) == ("ci", "abc1234", "main")
    assert "numpy==2.0" in requirements(uploads.project)


def test_one_file_may_be_sent_as_it_is(uploads: Repository) -> None:
    body = b"numpy==2.0\n"
    headers = {"X-Wheelway-Signature": sign_upload(SECRET, int(NOW.timestamp()), body)}
    answer = receive_upload(find_repository(uploads.hook_key), headers, "requirements/prod.txt", body, NOW)
    assert isinstance(answer, DeliveryAccepted)
    work(answer.delivery)
    assert [file.path for file in Snapshot.objects.get().files.all()] == ["requirements/prod.txt"]


def test_the_same_upload_is_stored_once_by_its_id_and_by_its_signed_bytes(uploads: Repository) -> None:
    body = json.dumps({"files": {"requirements.txt": "numpy\n"}}).encode()
    first = upload(uploads, body, Delivery="build-1")
    signed_again = upload(uploads, body, moment=NOW + timedelta(seconds=3), Delivery="build-1")
    replayed = upload(uploads, body, Delivery="build-2")
    assert first.delivery == signed_again.delivery == replayed.delivery
    assert Delivery.objects.count() == 1


def test_an_earlier_upload_does_not_overwrite_a_later_one(uploads: Repository) -> None:
    early, late = (
        upload(uploads, json.dumps({"files": {"requirements.txt": f"numpy=={number}\n"}}).encode()).delivery
        for number in (1, 2)
    )
    work(late)
    assert work(early).reason == "a later one for the same branch took its place"
    assert early.payload is None
    assert requirements(uploads.project) == ["numpy==2"]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"{", "the body is not JSON"),
        (b"[]", 'expected an object with "files"'),
        (b'{"files": {}}', "expected 1 to 60 files"),
        (b'{"files": {"../x": ""}}', "a path must be relative to the root of the repository, without . and .."),
        (b'{"files": {"/x": ""}}', "a path must be relative to the root of the repository, without . and .."),
        (b'{"files": {"x": 5}}', 'x must be a string or {"base64": \u2026}'),
        (b'{"files": {"x": {"base64": "?"}}}', "x is not base64"),
        (b'{"files": {"x": ""}, "roots": ["y"]}', '"roots" must list paths of "files"'),
        (b'{"files": {"x": ""}, "commit": "main"}', '"commit" is not usable'),
    ],
)
def test_an_upload_that_is_wrong_is_told_what_to_mend(uploads: Repository, body: bytes, reason: str) -> None:
    assert upload(uploads, body) == DeliveryInvalid(reason)
    assert not Delivery.objects.exists()


def test_an_unproved_upload_changes_nothing(uploads: Repository) -> None:
    body = json.dumps({"files": {"requirements.txt": "numpy\n"}}).encode()
    assert upload(uploads, body, moment=NOW - timedelta(minutes=6)) == DeliveryRefused()
    assert upload(uploads, body, Signature="t=1,v1=" + "0" * 64) == DeliveryRefused()
    assert receive_upload(find_repository("no-such-key"), {}, "", body, NOW) == DeliveryRefused()
    assert not Delivery.objects.exists()


def test_an_upload_without_a_requirement_fails_with_the_place(uploads: Repository) -> None:
    body = json.dumps({"files": {"requirements.txt": "==\n"}}).encode()
    delivery = work(upload(uploads, body).delivery)
    assert delivery.state == "failed"
    assert delivery.reason.startswith("requirements.txt:1: ")
