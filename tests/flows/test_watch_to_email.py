"""Flow 2 whole: months of real pages are polled, and a watch brings one e-mail through a real SMTP server."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from projects.models import Alert, AlertState, Subscription
from projects.services.alerts.dispatch import dispatch_events
from projects.services.alerts.send import send
from projects.services.alerts.watches import AlreadyInstallable, watch
from scanner.index.client import IndexClient
from scanner.models import Package
from scanner.services.indexes import get_index
from scanner.services.packages import ensure_packages
from scanner.services.polling.poll import poll_package
from scanner.services.polling.results import PollResult
from tests.projects.watching import TARGET, person, project_of
from tests.replay import ReplayIndex
from tests.services.smtp import SmtpServer

pytestmark = pytest.mark.django_db

WATCH_SET = datetime(2024, 8, 15, tzinfo=UTC)


def months(first: datetime, last: datetime) -> Iterator[datetime]:
    """The first day of each month from `first` to before `last`."""
    moment = first
    while moment < last:
        yield moment
        moment = moment.replace(year=moment.year + moment.month // 12, month=moment.month % 12 + 1)


class Installation:
    """Wheelway with one polled package, moved through time by hand."""

    def __init__(self, replay: ReplayIndex, package: str) -> None:
        self.replay = replay
        self.client = IndexClient(replay.url)
        self.package = package
        self.package_id = ensure_packages(get_index().pk, [package], WATCH_SET)[package].pk

    def poll(self, now: datetime) -> PollResult:
        self.replay.as_of = now
        return poll_package(self.package_id, self.client, now)

    def beat(self, now: datetime) -> None:
        """What the dispatch task and the tasks it queues do."""
        for alert_id in dispatch_events(now):
            send(alert_id, now)


@pytest.fixture
def greenlet(replay: ReplayIndex, settings: Settings) -> Installation:
    settings.WHEELWAY_INDEX_URL = replay.url
    return Installation(replay, "greenlet")


def test_a_watch_on_greenlet_brings_one_message_when_its_wheel_comes(
    greenlet: Installation, mail_server: SmtpServer, client: Client
) -> None:
    alice = person()
    project = project_of(alice)
    inbox = mail_server.inbox
    for now in months(datetime(2023, 1, 1, tzinfo=UTC), WATCH_SET):
        greenlet.poll(now)
        greenlet.beat(now)
    watching = watch(project, alice, "greenlet", TARGET, "3.0.3")
    assert inbox.messages == []

    brought_by: list[datetime] = []
    for now in months(datetime(2024, 9, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)):
        greenlet.poll(now)
        for _ in range(2):
            before = len(inbox.messages)
            greenlet.beat(now)
            brought_by += [now] * (len(inbox.messages) - before)

    # greenlet 3.1.0 came on 10 September 2024: the poll of 1 October is the first that sees it.
    assert brought_by == [datetime(2024, 10, 1, tzinfo=UTC)]
    (message,) = inbox.messages
    assert inbox.recipients == [[alice.email]]
    assert message["Subject"] == "greenlet 3.1.0 has a wheel for Python 3.13 on Windows x64"
    body = message.get_body(("plain",))
    assert body is not None
    text = "\n".join(body.get_content().splitlines())
    assert "greenlet-3.1.0-cp313-cp313-win_amd64.whl" in text
    assert "cp313-cp313-win_amd64\n" in text
    assert re.search(r"Uploaded  10 September 2024, \d\d:\d\d UTC", text)
    assert "\n    greenlet==3.1.0\n" in text
    alert = Alert.objects.get()
    assert (alert.subscription_id, alert.version, alert.state) == (watching.pk, "3.1.0", AlertState.SENT)
    assert (message["Message-ID"], alert.attempts, alert.error) == (alert.message_id, 1, "")

    stop = urlsplit(message["List-Unsubscribe"].strip("<>"))
    assert f"{stop.scheme}://{stop.netloc}" == "https://wheelway.example"
    assert client.post(stop.path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not Subscription.objects.active().exists()
    with pytest.raises(AlreadyInstallable):
        watch(project, alice, "greenlet", TARGET, "3.0.3")


def watch_from_now(greenlet: Installation) -> None:
    """Have a person watch greenlet, which was polled."""
    alice = person()
    greenlet.poll(WATCH_SET)
    watch(project_of(alice), alice, "greenlet", TARGET, "3.0.3")


def find_watched_wheel(greenlet: Installation) -> datetime:
    """Poll the wheel that a person watches for, and return when that was."""
    watch_from_now(greenlet)
    now = datetime(2024, 10, 1, tzinfo=UTC)
    greenlet.poll(now)
    return now


def test_a_crash_between_the_dispatch_and_the_message_costs_nothing(
    greenlet: Installation, mail_server: SmtpServer
) -> None:
    now = find_watched_wheel(greenlet)
    # The worker dies after this call: nothing of what it returned is sent.
    dispatch_events(now)
    assert mail_server.inbox.messages == []
    greenlet.beat(now)
    greenlet.beat(now)
    assert len(mail_server.inbox.messages) == 1


def test_a_mail_server_that_is_busy_gets_the_message_on_the_next_try(
    greenlet: Installation, mail_server: SmtpServer
) -> None:
    now = find_watched_wheel(greenlet)
    mail_server.inbox.refusals.append("451 try later")
    greenlet.beat(now)
    alert = Alert.objects.get()
    assert (alert.state, alert.error) == (AlertState.QUEUED, "451 try later")
    for alert_id in dispatch_events(alert.created_at.replace(year=alert.created_at.year + 1)):
        send(alert_id, now)
    assert len(mail_server.inbox.messages) == 1
    assert Alert.objects.get().state == AlertState.SENT


def test_a_poll_that_finds_no_change_brings_nothing(greenlet: Installation, mail_server: SmtpServer) -> None:
    watch_from_now(greenlet)
    assert greenlet.poll(WATCH_SET) is PollResult.UNCHANGED
    greenlet.beat(WATCH_SET)
    assert mail_server.inbox.messages == []
    assert Package.objects.get().is_watched
