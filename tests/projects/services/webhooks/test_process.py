"""The work of a delivery: the commit that it names, in its order, from a host that may not answer."""

import threading
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from projects.hosts.errors import HostUnavailable
from projects.hosts.git_program import GitLimits
from projects.models import Snapshot
from projects.models.repository import CLAIM_HOLDS, Delivery, Repository
from projects.models.sealed import Sealed
from projects.services.project_removal import delete_project, restore_project
from projects.services.reading import IncludeFinder
from projects.services.webhooks import process as delivery_work
from projects.services.webhooks import take_files
from projects.services.webhooks.branch_checks import check_due
from projects.services.webhooks.process import process
from projects.services.webhooks.receive import CREDENTIALS_UNREADABLE, DeliveryRefused, find_repository, receive_push
from tests.hosting.git_server import GitServer
from tests.projects.services.webhooks.deliveries import NOW, deliver, push_body, requirements, signed, work

pytestmark = pytest.mark.django_db


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
