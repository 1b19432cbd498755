"""Which job does the work of a delivery: pushes that wait for one branch share one."""

import hashlib
import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from projects.hosts.errors import RepositoryAccessDenied
from projects.models.repository import DELIVERIES_KEPT, Delivery, DeliveryQuerySet, Repository
from projects.models.sealed import Sealed
from projects.services.webhooks.delivery_queue import queue_fetch
from projects.services.webhooks.process import process
from projects.services.webhooks.receive import DeliveryAccepted
from tests.hosting.git_server import GitServer
from tests.projects.services.webhooks.deliveries import NOW, deliver, push_body, requirements, upload, work

pytestmark = pytest.mark.django_db


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


def test_a_look_takes_the_head_of_the_branch(repository: Repository, host: GitServer) -> None:
    commit = host.commit({"requirements.txt": "numpy\n"})
    look = work(queue_fetch(repository, NOW))
    assert (look.state, look.commit) == ("processed", commit)
    again = work(queue_fetch(repository, NOW + timedelta(seconds=1)))
    assert (again.state, again.reason) == ("ignored", "this commit has been taken already")
