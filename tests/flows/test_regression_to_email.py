"""Flow 2 for a project: real releases are polled, one drops targets, and one digest reaches the follower by SMTP."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from html import unescape
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from projects.domain.mail_choices import MailKind
from projects.models import Alert, AlertState, Note, ProjectTarget, Snapshot, Subscription
from projects.services.alerts.dispatch import dispatch_events
from projects.services.alerts.preferences import is_turned_off
from projects.services.alerts.send import send
from projects.services.alerts.watches import follow
from projects.services.assessments.run import assess_snapshot
from projects.services.snapshots import take_snapshot
from scanner.index.client import IndexClient
from scanner.models import Package
from scanner.services.polling.poll import poll_package
from scanner.services.settle_releases import settle_releases
from tests.projects.watching import person, project_of
from tests.replay import ReplayIndex
from tests.services.smtp import SmtpServer

pytestmark = pytest.mark.django_db(transaction=True)

FOLLOWED = datetime(2026, 6, 1, tzinfo=UTC)
# cryptography 49.0.0 came on 12 June 2026 at 20:01, without wheels for macOS on Intel and 32-bit Windows.
SEEN = datetime(2026, 6, 12, 20, 40, tzinfo=UTC)
# A floor that is not in the catalogue, so that no stored offer knows it.
INTEL_MAC, ARM_MAC, WIN32 = "cp313-macosx_13_0_x86_64", "cp313-macosx_14_0_arm64", "cp312-win32"
HOUR = timedelta(hours=1)


class Installation:
    """A project, a follower and an index, moved through time by hand."""

    def __init__(self, replay: ReplayIndex, requirements: str, targets: Sequence[str], now: datetime) -> None:
        self.replay, self.client = replay, IndexClient(replay.url)
        self.now = replay.as_of = now
        self.alice = person()
        self.project = project_of(self.alice)
        ProjectTarget.objects.all().delete()
        for position, slug in enumerate(targets):
            ProjectTarget.objects.create(project=self.project, slug=slug, position=position)
        files = {"requirements.txt": requirements.encode()}
        take_snapshot(self.project, files, ["requirements.txt"], origin="paste")
        self.assess()
        dispatch_events(now)
        follow(self.project, self.alice)
        Subscription.objects.update(created_at=now)

    def assess(self) -> None:
        """What the worker does again and again until nothing is missing."""
        snapshot = Snapshot.objects.latest("pk")
        while assess_snapshot(snapshot.pk, self.now, self.client):
            pass

    def poll(self, now: datetime) -> None:
        """A round of polls, and what follows from what they saw."""
        self.now = self.replay.as_of = now
        for package in Package.objects.order_by("pk"):
            poll_package(package.pk, self.client, now)
        settle_releases(now)
        self.assess()

    def beat(self, now: datetime) -> None:
        for alert_id in dispatch_events(now):
            send(alert_id, now)


def test_a_release_that_drops_targets_in_use_brings_one_digest(
    replay: ReplayIndex, settings: Settings, mail_server: SmtpServer, client: Client
) -> None:
    settings.WHEELWAY_INDEX_URL = replay.url
    installation = Installation(replay, "cryptography>=44,<50\n", (INTEL_MAC, ARM_MAC, WIN32), FOLLOWED)
    sent_at = []
    for now in (SEEN - 24 * HOUR, SEEN, SEEN + HOUR / 2, SEEN + HOUR, SEEN + 2 * HOUR, SEEN + 24 * HOUR):
        installation.poll(now)
        before = len(mail_server.inbox.messages)
        installation.beat(now)
        sent_at += [now] * (len(mail_server.inbox.messages) - before)

    # The first beat that sees the whole release writes the note, and its digest leaves an hour later.
    assert sent_at == [SEEN + HOUR]
    (message,) = mail_server.inbox.messages
    assert mail_server.inbox.recipients == [[installation.alice.email]]
    headline = "cryptography 49.0.0 drops Python 3.13 on macOS x86-64 (13+) and Python 3.12 on Windows 32-bit"
    assert message["Subject"] == f"practice-api: {headline}"
    for kind in ("plain", "html"):
        body = message.get_body((kind,))
        assert body is not None
        words = unescape(re.sub(r"<[^>]*>", " ", body.get_content()) if kind == "html" else body.get_content())
        words = " ".join(words.split())
        assert headline in words
        assert "You use 48.0.1 there, which installs from a wheel." in words
        assert "(>=44,<50) admit 49.0.0: the next install without a lock file builds it from source." in words
        assert "cryptography-48.0.1-cp311-abi3-macosx_10_9_universal2.whl" in words
        assert "cryptography-48.0.1-cp311-abi3-win32.whl" in words
        assert "Last good version 48.0.1" in words
        assert "Released 12 June 2026, 20:01 UTC" in words
        assert "cryptography<49.0.0" in words
    alert = Alert.objects.get()
    assert (alert.state, alert.attempts, alert.subscription.stopped_at) == (AlertState.SENT, 1, None)
    assert message["Message-ID"] == alert.message_id

    client.force_login(installation.alice)
    page = client.get(reverse("project", args=[installation.project.slug])).content.decode()
    assert headline in page
    assert "cryptography&lt;49.0.0" in page

    stop = urlsplit(message["List-Unsubscribe"].strip("<>"))
    assert Client().post(stop.path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    # Only what the message was about is turned off.
    assert is_turned_off(Subscription.objects.active().get(), MailKind.REGRESSION)


def test_a_wheel_that_is_there_again_in_a_later_release_ends_the_note_before_it_is_told(
    replay: ReplayIndex, settings: Settings, mail_server: SmtpServer
) -> None:
    """simplejson 4.0.0 came on 18 April 2026 at 19:08 without its wheels for Windows; 4.0.1 had them by 22:50."""
    settings.WHEELWAY_INDEX_URL = replay.url
    day = datetime(2026, 4, 18, tzinfo=UTC)
    installation = Installation(replay, "simplejson>=3.20\n", [WIN32, "cp313-win_arm64"], day)
    lost, back = day + 20 * HOUR, day + 23.5 * HOUR
    installation.poll(lost)
    installation.beat(lost)
    note = Note.objects.open().get()
    assert (note.name, note.subject, note.facts["before"]) == ("simplejson", "4.0.0", "3.20.2")
    assert [place["in_use"] for place in note.facts["places"]] == ["3.20.2", "3.20.2"]
    # The worker was away until the next release was there.
    installation.poll(back)
    installation.beat(back)
    note.refresh_from_db()
    assert (note.closed_at, note.closed_because) == (back, "simplejson 4.0.1 has the wheels again")
    installation.beat(back + 24 * HOUR)
    assert mail_server.inbox.messages == []


def test_a_backport_concerns_only_requirements_that_take_it(replay: ReplayIndex, settings: Settings) -> None:
    """greenlet 3.2.5 came in February 2026 without wheels for Windows; 3.3.1 has them."""
    settings.WHEELWAY_INDEX_URL = replay.url
    day = datetime(2026, 2, 20, tzinfo=UTC)
    bounded = Installation(replay, "greenlet>=3.2,<3.3\n", ["cp312-win_amd64"], day)
    for name, text in (("free", b"greenlet>=3.2\n"), ("pinned", b"greenlet==3.2.4\n")):
        project = project_of(bounded.alice, name=name)
        ProjectTarget.objects.filter(project=project).update(slug="cp312-win_amd64")
        take_snapshot(project, {"requirements.txt": text}, ["requirements.txt"], origin="paste")
        bounded.assess()
    bounded.poll(day + 23 * HOUR)
    dispatch_events(day + 23 * HOUR)
    assert [(note.project, note.subject) for note in Note.objects.all()] == [(bounded.project, "3.2.5")]
