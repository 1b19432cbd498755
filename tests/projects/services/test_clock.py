"""A clock that jumps ahead and comes back: no message, assessment or delivery waits for that time to come."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from projects.models import Alert, AlertState, Assessment, AssessmentState, Origin, Snapshot
from projects.models.repository import CLAIM_HOLDS, Delivery, Repository
from projects.services import snapshots
from projects.services.alerts import dispatch as alerts
from projects.services.alerts import send as sending
from projects.services.alerts.smtp import SendResult, SendStatus
from projects.services.assessments.run import CLAIM_FOR
from projects.services.assessments.stale import stale_snapshots
from projects.services.webhooks import process
from projects.services.webhooks import process as delivery_work
from scanner.models import WheelEvent
from tests.projects.watching import NOON, person, polled, project_of, queued_alert, wheel

pytestmark = pytest.mark.django_db

JUMPS = [timedelta(hours=2), timedelta(days=40), timedelta(days=3 * 365)]
far = pytest.mark.parametrize("jump", JUMPS, ids=["two hours", "40 days", "3 years"])


@far
def test_a_message_made_in_the_future_is_tried_again(jump: timedelta, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: object, begin: Callable[[], bool]) -> SendResult:
        assert begin()
        return SendResult(SendStatus.RETRY, "451 try later")

    monkeypatch.setattr(sending, "send_message", refuse)
    alice = person()
    alert = queued_alert(alice, project_of(alice))
    Alert.objects.update(created_at=NOON + jump)
    sent = sending.send(alert.pk, NOON)
    assert sent is not None
    assert sent.state is AlertState.QUEUED
    assert sent.retry_in is not None
    assert sent.retry_in <= sending.ATTEMPT_DELAYS[-1]
    assert alerts.dispatch_events(NOON) == [alert.pk]


@far
def test_a_file_seen_in_the_future_is_told_now(jump: timedelta) -> None:
    alice = person()
    watched = queued_alert(alice, project_of(alice)).subscription
    Alert.objects.all().delete()
    new = wheel("greenlet", "3.2.0", at=NOON + jump)
    polled("greenlet", wheel("greenlet", "3.1.0"), new, seen_at=NOON + jump)
    assert WheelEvent.objects.filter(filename=new.filename, processed_at__isnull=True).exists()
    alerts.dispatch_events(NOON)
    assert list(Alert.objects.values_list("subscription", "version")) == [(watched.pk, "3.2.0")]


@far
def test_work_claimed_in_the_future_can_be_taken_now(jump: timedelta) -> None:
    project = project_of()
    snapshot = Snapshot.objects.create(project=project, origin=Origin.PASTE, digest="0")
    assert Snapshot.objects.claim(snapshot.pk, NOON + jump, CLAIM_FOR)
    assert Snapshot.objects.claim(snapshot.pk, NOON, CLAIM_FOR)
    assert not Snapshot.objects.claim(snapshot.pk, NOON, CLAIM_FOR)
    repository = Repository.objects.create(project=project, clone_url="https://git.example/a/b")
    delivery = Delivery.objects.create(
        repository=repository, delivery_id="d", event="push", received_at=NOON + jump, commit="a" * 40
    )
    assert Delivery.objects.claim(delivery.pk, NOON + jump)
    assert delivery_work.lost(NOON) == [delivery.pk]
    assert Delivery.objects.claim(delivery.pk, NOON)
    assert not Delivery.objects.claim(delivery.pk, NOON + CLAIM_HOLDS / 2)


@far
def test_an_answer_confirmed_in_the_future_is_worked_out_again(jump: timedelta) -> None:
    project = project_of()
    snapshot = Snapshot.objects.create(project=project, origin=Origin.PASTE, digest="0")
    now = timezone.now()
    answer = Assessment.objects.create(
        project=project, snapshot=snapshot, state=AssessmentState.COMPLETE, confirmed_at=now, created_at=now
    )
    assert stale_snapshots(now) == []
    Assessment.objects.filter(pk=answer.pk).update(confirmed_at=now + jump)
    assert stale_snapshots(now) == [snapshot.pk]


def test_a_start_after_which_nobody_can_be_at_it_takes_all_work_back() -> None:
    project, now = project_of(), timezone.now()
    snapshot = Snapshot.objects.create(project=project, origin=Origin.PASTE, digest="0")
    Snapshot.objects.claim(snapshot.pk, now, CLAIM_FOR)
    repository = Repository.objects.create(project=project, clone_url="https://git.example/a/b")
    delivery = Delivery.objects.create(repository=repository, delivery_id="d", event="push", received_at=now)
    Delivery.objects.claim(delivery.pk, now)
    snapshots.release_claims()
    assert process.give_back() == 1
    assert Snapshot.objects.claim(snapshot.pk, now, CLAIM_FOR)
    assert Delivery.objects.claim(delivery.pk, now)
