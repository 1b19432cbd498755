"""Several dispatchers and senders at the same time, on PostgreSQL."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier, Event

import pytest
from django.db import close_old_connections, connection

from projects.domain.watches import WatchMatch
from projects.models import Alert, AlertState, Subscription
from projects.services.alerts import dispatch as alerts
from projects.services.alerts import send as sending
from projects.services.alerts.dispatch import dispatch_events
from projects.services.alerts.send import send
from projects.services.alerts.smtp import SendResult, SendStatus
from projects.services.alerts.watches import watch
from tests.patience import PATIENCE
from tests.projects.watching import (
    LATER,
    NEW,
    NOON,
    OLD,
    TARGET,
    person,
    polled,
    project_of,
    wheel,
)


@pytest.mark.django_db(transaction=True)
def test_dispatchers_and_senders_at_once_send_one_message(
    postgresql_database: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice = person()
    polled("greenlet", OLD)
    watch(project_of(alice), alice, "greenlet", TARGET, "3.0.3")
    polled("greenlet", OLD, *NEW, wheel("greenlet", "3.1.1"), wheel("greenlet", "3.2.0"))
    handed_over: list[object] = []

    def note(message: object, begin: Callable[[], bool]) -> SendResult:
        if not begin():
            return SendResult(SendStatus.TAKEN)
        handed_over.append(message)
        return SendResult(SendStatus.ACCEPTED)

    monkeypatch.setattr(sending, "send_message", note)
    workers = 4
    together = Barrier(workers)

    def work() -> None:
        close_old_connections()
        together.wait(PATIENCE)
        try:
            for alert_id in dispatch_events(LATER):
                send(alert_id, LATER)
        finally:
            connection.close()

    with ThreadPoolExecutor(workers) as pool:
        for future in [pool.submit(work) for _ in range(workers)]:
            future.result(60)
    assert len(handed_over) == 1
    assert Alert.objects.get().state == AlertState.SENT


@pytest.mark.django_db(transaction=True)
def test_dispatchers_with_different_releases_make_one_alert(
    postgresql_database: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice = person()
    polled("greenlet", OLD)
    watch(project_of(alice), alice, "greenlet", TARGET, "3.0.3")
    # The event of the first poll is out of the way, or claiming it would hold up the second dispatcher already.
    dispatch_events(NOON)
    polled("greenlet", OLD, *NEW)
    written, go_on = Event(), Event()
    make = alerts._make_alert

    def make_and_wait(watching: Subscription, found: WatchMatch) -> None:
        make(watching, found)
        if not written.is_set():
            written.set()
            go_on.wait(PATIENCE)

    monkeypatch.setattr(alerts, "_make_alert", make_and_wait)

    def work(now: datetime) -> None:
        try:
            dispatch_events(now)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(work, LATER)
        # The first dispatcher has written its alert and not committed; now an older release is seen. For the second
        # dispatcher, whose clock is behind, only that one has been quiet for long enough.
        assert written.wait(PATIENCE)
        polled("greenlet", OLD, *NEW, wheel("greenlet", "3.2.0", at=NOON - timedelta(days=1)))
        second = pool.submit(work, NOON + timedelta(minutes=10))
        # The second must be held up by the first; without the lock it would be done.
        while not second.done() and not _somebody_waits_for_a_lock():
            pass
        go_on.set()
        first.result(60)
        second.result(60)
    assert [alert.version for alert in Alert.objects.all()] == ["3.1.0"]


def _somebody_waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("select exists (select from pg_locks where not granted)")
        (waiting,) = cursor.fetchone()
    return bool(waiting)
