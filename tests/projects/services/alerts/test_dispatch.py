"""Matching events to watches, and sending each message once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import pairwise
from threading import Barrier, Event

import pytest
from django.contrib.auth.models import User
from django.core.mail import EmailMessage
from django.db import close_old_connections, connection
from django.utils import timezone

from projects.domain.watches import WatchMatch
from projects.languages import speak
from projects.models import Alert, AlertState, Membership, Project, Subscription
from projects.services.alerts import dispatch as alerts
from projects.services.alerts import send as sending
from projects.services.alerts.dispatch import dispatch_events
from projects.services.alerts.preferences import choose_mail_language, keep_mail_language
from projects.services.alerts.send import ATTEMPT_DELAYS, SendAttempt, send, send_check_message
from projects.services.alerts.smtp import SendResult, SendStatus
from projects.services.alerts.watches import stop, watch
from scanner.domain.index_page.page import IndexFile
from scanner.models import Package, WheelEvent
from tests.patience import PATIENCE
from tests.projects.watching import HOUR, NOON, OTHER, TARGET, person, polled, project_of, queued_alert, sdist, wheel

LATER = NOON + timedelta(days=1)
OLD = sdist("greenlet", "3.0.3")
NEW = (wheel("greenlet", "3.1.0", OTHER), wheel("greenlet", "3.1.0"))


@pytest.fixture
def watching(db: None) -> Subscription:
    """Alice waits for greenlet, which has been polled once."""
    alice = person()
    polled("greenlet", OLD)
    return watch(project_of(alice), alice, "greenlet", TARGET, "3.0.3")


def test_a_wheel_for_a_watched_cell_leads_to_one_alert_with_its_proof(watching: Subscription) -> None:
    polled("greenlet", OLD, *NEW)
    assert dispatch_events(LATER) == [Alert.objects.get().pk]
    alert = Alert.objects.get()
    assert (alert.subscription, alert.version, alert.state) == (watching, "3.1.0", AlertState.QUEUED)
    assert alert.filename == "greenlet-3.1.0-cp313-cp313-win_amd64.whl"
    assert alert.tag == "cp313-cp313-win_amd64"
    assert alert.uploaded_at == NOON


def test_an_alert_that_is_not_sent_yet_is_named_again(watching: Subscription) -> None:
    polled("greenlet", OLD, *NEW)
    first = dispatch_events(LATER)
    assert dispatch_events(LATER) == first
    assert Alert.objects.count() == 1


def test_a_first_poll_mails_nobody(db: None) -> None:
    alice = person()
    package = Package.objects.create(index=polled("other").index, name="greenlet", state="current")
    Subscription.objects.create(user=alice, project=project_of(alice), package=package, target=TARGET)
    polled("greenlet", *NEW)
    assert dispatch_events(LATER) == []


@pytest.mark.parametrize(
    "files",
    [
        [wheel("greenlet", "3.1.0", OTHER)],
        [sdist("greenlet", "3.1.0")],
        [wheel("greenlet", "3.1.0", yanked=True)],
        [wheel("greenlet", "3.1.0rc1")],
        [wheel("greenlet", "3.0.2")],
    ],
    ids=["another Python", "an sdist", "a yanked wheel", "a pre-release", "an older version"],
)
def test_what_leads_to_no_alert(watching: Subscription, files: list[IndexFile]) -> None:
    polled("greenlet", OLD, *files)
    assert dispatch_events(LATER) == []
    assert not WheelEvent.objects.unprocessed().exists()


def test_a_prerelease_counts_when_the_project_takes_them(watching: Subscription) -> None:
    Project.objects.update(prereleases=True)
    polled("greenlet", OLD, wheel("greenlet", "3.1.0rc1"))
    assert len(dispatch_events(LATER)) == 1


def test_a_stopped_watch_gets_no_alert(watching: Subscription) -> None:
    stop(watching.pk, watching.user, NOON)
    polled("greenlet", OLD, *NEW)
    assert dispatch_events(LATER) == []


def test_wheels_that_come_one_by_one_are_one_alert(watching: Subscription) -> None:
    polled("greenlet", OLD, NEW[1])
    dispatch_events(LATER)
    polled("greenlet", OLD, *NEW, seen_at=LATER)
    more = wheel("greenlet", "3.1.1", at=LATER)
    polled("greenlet", OLD, *NEW, more, seen_at=LATER + HOUR)
    dispatch_events(LATER + timedelta(days=1))
    assert [alert.version for alert in Alert.objects.all()] == ["3.1.0"]


def test_a_yank_taken_back_leads_to_an_alert(watching: Subscription) -> None:
    polled("greenlet", OLD, wheel("greenlet", "3.1.0", yanked=True))
    assert dispatch_events(LATER) == []
    polled("greenlet", OLD, wheel("greenlet", "3.1.0"), seen_at=LATER)
    assert len(dispatch_events(LATER + HOUR)) == 1


def test_everybody_who_watches_the_cell_gets_an_alert(watching: Subscription) -> None:
    bob = person("bob")
    watch(project_of(bob, name="another"), bob, "greenlet", TARGET)
    polled("greenlet", OLD, *NEW)
    assert len(dispatch_events(LATER)) == 2


def test_a_watch_of_an_unknown_target_does_not_hold_up_the_others(watching: Subscription) -> None:
    Subscription.objects.create(
        user=watching.user, project=watching.project, package=watching.package, target="cp313-amiga"
    )
    polled("greenlet", OLD, *NEW)
    assert len(dispatch_events(LATER)) == 1


def test_events_of_packages_that_nobody_watches_are_closed(watching: Subscription) -> None:
    polled("other")
    polled("other", wheel("other", "1.0"))
    dispatch_events(NOON)
    assert not WheelEvent.objects.unprocessed().filter(package__name="other").exists()
    assert WheelEvent.objects.unprocessed().filter(package__name="greenlet").count() == 0
    assert list(Package.objects.filter(is_watched=True)) == [watching.package]


def test_a_crash_inside_the_dispatch_loses_nothing(watching: Subscription, monkeypatch: pytest.MonkeyPatch) -> None:
    polled("greenlet", OLD, *NEW)
    with monkeypatch.context() as patch:
        patch.setattr(alerts, "_make_alert", _die)
        with pytest.raises(SystemExit):
            dispatch_events(LATER)
    assert WheelEvent.objects.unprocessed().count() == 3
    assert len(dispatch_events(LATER)) == 1


def _die(*_: object) -> None:
    raise SystemExit


def test_a_message_is_sent_once_and_ends_the_watch(db: None, mailoutbox: list[EmailMessage]) -> None:
    alice = person()
    alert = queued_alert(alice, project_of(alice))
    now = timezone.now()
    sent = send(alert.pk, now)
    assert sent is not None
    assert sent.state == AlertState.SENT
    assert send(alert.pk, now) is None
    assert len(mailoutbox) == 1
    alert.refresh_from_db()
    assert (alert.state, alert.attempts, alert.error, alert.sent_at) == (AlertState.SENT, 1, "", now)
    assert alert.message_id == mailoutbox[0].extra_headers["Message-ID"]
    assert alert.subscription.stopped_at == now


def test_a_message_is_in_the_language_of_its_recipient(db: None, mailoutbox: list[EmailMessage]) -> None:
    anna, bob = person("anna"), person("bob")
    project = project_of(anna, bob)
    choose_mail_language(anna, "de")
    with speak("de"):
        keep_mail_language(anna)
        for alert in (queued_alert(anna, project), queued_alert(bob, project)):
            send(alert.pk, timezone.now())
    german, english = (message.subject for message in mailoutbox)
    assert "hat ein Wheel für" in german
    assert "has a wheel for" in english


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda: Subscription.objects.update(stopped_at=NOON), "the watch was stopped before"),
        (lambda: User.objects.update(is_active=False), "the account is not active"),
        (lambda: User.objects.update(email=""), "no e-mail address"),
        (lambda: Membership.objects.all().delete(), "no longer a member"),
        (lambda: polled("greenlet", OLD, wheel("greenlet", "3.1.0", yanked=True)), "was yanked or deleted"),
        (lambda: polled("greenlet", OLD), "was yanked or deleted"),
    ],
    ids=["stopped", "closed account", "no address", "left the project", "yanked", "removed"],
)
def test_a_message_that_is_not_wanted_any_more_is_left_out(
    db: None, mailoutbox: list[EmailMessage], change: Callable[[], object], reason: str
) -> None:
    alice = person()
    alert = queued_alert(alice, project_of(alice))
    change()
    send(alert.pk, timezone.now())
    alert.refresh_from_db()
    assert alert.state == AlertState.SKIPPED
    assert reason in alert.error
    assert mailoutbox == []


def test_a_worker_that_dies_while_sending_leaves_the_message_to_the_operator(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice = person()
    alert = queued_alert(alice, project_of(alice))
    monkeypatch.setattr("projects.services.alerts.smtp._send", _die)
    with pytest.raises(SystemExit):
        send(alert.pk, timezone.now())
    alert.refresh_from_db()
    assert (alert.state, alert.attempts) == (AlertState.SENDING, 1)
    assert dispatch_events(timezone.now()) == []
    assert send(alert.pk, timezone.now()) is None


def test_a_worker_that_dies_before_the_server_is_connected_leaves_the_message_to_the_next(
    db: None, monkeypatch: pytest.MonkeyPatch, mailoutbox: list[EmailMessage]
) -> None:
    alice = person()
    alert = queued_alert(alice, project_of(alice))
    with monkeypatch.context() as dying:
        dying.setattr("projects.services.alerts.smtp.get_connection", _die)
        with pytest.raises(SystemExit):
            send(alert.pk, timezone.now())
    assert dispatch_events(timezone.now()) == [alert.pk]
    send(alert.pk, timezone.now())
    alert.refresh_from_db()
    assert (alert.state, alert.attempts, len(mailoutbox)) == (AlertState.SENT, 1, 1)


def test_a_watch_with_a_message_of_unknown_fate_gets_no_other(watching: Subscription) -> None:
    polled("greenlet", OLD, NEW[1])
    dispatch_events(LATER)
    Alert.objects.update(state=AlertState.SENDING)
    polled("greenlet", OLD, NEW[1], wheel("greenlet", "3.2.0"), seen_at=LATER)
    dispatch_events(LATER + HOUR)
    assert Alert.objects.count() == 1


def test_a_watch_whose_message_failed_gets_one_for_the_next_version(watching: Subscription) -> None:
    polled("greenlet", OLD, NEW[1])
    dispatch_events(LATER)
    Alert.objects.update(state=AlertState.FAILED)
    polled("greenlet", OLD, NEW[1], wheel("greenlet", "3.2.0"), seen_at=LATER)
    dispatch_events(LATER + HOUR)
    assert list(Alert.objects.order_by("pk").values_list("version", flat=True)) == ["3.1.0", "3.2.0"]


def test_a_passing_error_is_tried_again_later_and_not_for_ever(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    alice = person()
    alert = queued_alert(alice, project_of(alice))
    monkeypatch.setattr(sending, "send_message", lambda _, begin: SendResult(SendStatus.RETRY, "451 try later"))
    for wait, following in pairwise(ATTEMPT_DELAYS):
        now = alert.created_at + wait
        assert dispatch_events(now) == [alert.pk]
        sent = send(alert.pk, now)
        assert sent == SendAttempt(AlertState.QUEUED, following - wait)
        assert dispatch_events(alert.created_at + following - timedelta(seconds=1)) == []
    last = send(alert.pk, alert.created_at + ATTEMPT_DELAYS[-1])
    assert last == SendAttempt(AlertState.FAILED)
    alert.refresh_from_db()
    assert (alert.state, alert.attempts, alert.error) == (AlertState.FAILED, len(ATTEMPT_DELAYS), "451 try later")
    assert dispatch_events(alert.created_at + timedelta(days=9)) == []
    assert alert.subscription.stopped_at is None


def test_a_defect_before_the_message_leaves_is_a_failure_with_its_cause(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice = person()
    alert = queued_alert(alice, project_of(alice))
    Subscription.objects.update(target="cp313-amiga")
    with pytest.raises(Exception, match="amiga"):
        send(alert.pk, timezone.now())
    alert.refresh_from_db()
    assert alert.state == AlertState.FAILED
    assert "amiga" in alert.error


def test_an_alert_that_does_not_exist_is_none(db: None) -> None:
    assert send(4711, timezone.now()) is None


def test_a_test_message_is_sent_at_once_and_not_tried_again(db: None, mailoutbox: list[EmailMessage]) -> None:
    assert send_check_message(person(), NOON) == SendResult(SendStatus.ACCEPTED)
    assert mailoutbox[0].to == ["alice@team.example"]
    assert send_check_message(person("nobody", address=""), NOON).status is SendStatus.FAILED
    assert len(mailoutbox) == 1


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
