"""Digests: one message a follower for all of a while, and nothing twice."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from django.core.mail import EmailMessage
from django.db import IntegrityError, close_old_connections, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from projects.domain.cadence import Cadence
from projects.domain.mail_choices import MailChoice, MailKind
from projects.models import Alert, AlertState, Membership, Mention, Note, Project, Subscription
from projects.services.alerts.digests import gather_digests
from projects.services.alerts.preferences import choose_mail, turn_off
from projects.services.alerts.send import send
from projects.services.alerts.upstream_notes import dismiss_note
from projects.services.alerts.watches import follow, unfollow
from tests.cast import WINDOWS_313, assess_as, make_package, only_member
from tests.patience import PATIENCE
from tests.projects.watching import HOUR, NOON, person, project_of

pytestmark = pytest.mark.django_db

WINDOW = timedelta(minutes=60)


def noted(
    project: Project, name: str = "demo", *, severity: int = 2, subject: str = "1.1", at: datetime = NOON
) -> Note:
    """A regression of a package that the project uses, written at a time."""
    place = {"target": WINDOWS_313, "in_use": "1.0", "specifier": "==1.0", "offered": "source", "admitted": False}
    return Note.objects.create(
        project=project,
        name=name,
        kind="regression",
        subject=subject,
        severity=severity,
        facts={"before": "1.0", "places": [{**place, "file": f"{name}-1.0-cp313-cp313-win_amd64.whl"}]},
        created_at=at,
    )


def following(*names: str, who: str = "alice", project: str = "app") -> Subscription:
    """Somebody who has followed a project that uses these packages since yesterday."""
    found = project_of(person(who), name=project)
    assess_as(found, {WINDOWS_313: [make_package(name) for name in names]}, at=NOON)
    subscription = follow(found, only_member(found))
    Subscription.objects.filter(pk=subscription.pk).update(created_at=NOON - timedelta(days=1))
    return subscription


def text_of(message: EmailMessage) -> str:
    return str(message.body)


def test_all_notes_of_an_hour_are_one_message_worst_first(mailoutbox: list[EmailMessage]) -> None:
    subscription = following("first", "second", "third")
    noted(subscription.project, "first", severity=1)
    noted(subscription.project, "second", severity=3, at=NOON + HOUR / 2)
    assert gather_digests(NOON + WINDOW - timedelta(seconds=1)) == 0
    assert gather_digests(NOON + WINDOW) == 1
    assert gather_digests(NOON + 3 * WINDOW) == 0
    alert = Alert.objects.get()
    sent = send(alert.pk, timezone.now())
    assert sent is not None
    assert sent.state == AlertState.SENT
    (message,) = mailoutbox
    assert message.subject == "app: second 1.1 drops Python 3.13 on Windows x64, and 1 more"
    lines = text_of(message).splitlines()
    assert lines[0] == "2 things changed upstream. The worst: second 1.1 drops Python 3.13 on Windows x64."
    assert lines.index("1. second 1.1 drops Python 3.13 on Windows x64 (high)") < lines.index(
        "2. first 1.1 drops Python 3.13 on Windows x64 (low)"
    )
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    # Who follows goes on following, and hears of the next thing only.
    noted(subscription.project, "third", at=NOON + 5 * HOUR)
    assert gather_digests(NOON + 7 * HOUR) == 1
    assert [mention.note.name for mention in Mention.objects.filter(alert=Alert.objects.latest("pk"))] == ["third"]


@pytest.mark.parametrize(
    ("choice", "soon", "later"),
    [(MailChoice.USUAL, 0, 1), (MailChoice.AT_ONCE, 1, 0), (MailChoice.DIGEST, 0, 1), (MailChoice.OFF, 0, 0)],
)
def test_a_kind_comes_when_the_user_chose(choice: MailChoice, soon: int, later: int) -> None:
    subscription = following("demo")
    choose_mail(subscription.user, {MailKind.REGRESSION: choice, MailKind.YANK: MailChoice.OFF})
    noted(subscription.project)
    assert (gather_digests(NOON), gather_digests(NOON + WINDOW)) == (soon, later)


def test_what_a_link_turned_off_for_a_project_goes_before_the_choice_for_all() -> None:
    subscription = following("demo")
    choose_mail(subscription.user, {MailKind.REGRESSION: MailChoice.AT_ONCE})
    turn_off(subscription, MailKind.REGRESSION)
    noted(subscription.project)
    assert gather_digests(NOON + WINDOW) == 0


def test_the_link_of_a_digest_of_one_kind_turns_off_this_kind(mailoutbox: list[EmailMessage]) -> None:
    subscription = following("demo")
    noted(subscription.project)
    gather_digests(NOON + WINDOW)
    send(Alert.objects.get().pk, timezone.now())
    assert f"/alerts/stop/{subscription.pk}.regression-" in mailoutbox[0].extra_headers["List-Unsubscribe"]
    assert "To turn off messages of this kind for app without signing in" in text_of(mailoutbox[0])


def test_nobody_hears_the_same_twice_even_when_the_code_would() -> None:
    subscription = following("demo")
    note = noted(subscription.project)
    gather_digests(NOON + WINDOW)
    again = Alert.objects.create(subscription=subscription)
    with pytest.raises(IntegrityError), transaction.atomic():
        Mention.objects.create(alert=again, subscription=subscription, note=note)


def test_what_came_before_one_follows_is_not_told() -> None:
    subscription = following("demo")
    noted(subscription.project, at=NOON - timedelta(days=2))
    assert gather_digests(NOON) == 0
    unfollow(subscription.project, subscription.user, NOON)
    noted(subscription.project, "other")
    assert gather_digests(NOON + WINDOW) == 0
    follow(subscription.project, subscription.user)
    assert gather_digests(NOON + WINDOW) == 0


def test_a_note_that_was_closed_or_dismissed_meanwhile_is_left_out(mailoutbox: list[EmailMessage]) -> None:
    subscription = following("first", "second", "third")
    closed, dismissed = (noted(subscription.project, name) for name in ("first", "second"))
    noted(subscription.project, "third")
    gather_digests(NOON + WINDOW)
    Note.objects.filter(pk=closed.pk).update(closed_at=NOON)
    dismiss_note(subscription.project, dismissed.pk, subscription.user, "known", NOON)
    send(Alert.objects.get().pk, timezone.now())
    (message,) = mailoutbox
    assert message.subject.startswith("app: third 1.1 drops")
    assert "first" not in text_of(message)


@pytest.mark.parametrize("act", ["close", "leave", "stop", "move away"])
def test_a_digest_of_which_nothing_holds_is_skipped(mailoutbox: list[EmailMessage], act: str) -> None:
    subscription = following("demo")
    noted(subscription.project)
    gather_digests(NOON + WINDOW)
    if act == "close":
        Note.objects.update(closed_at=NOON)
    elif act == "leave":
        Membership.objects.all().delete()
    elif act == "stop":
        unfollow(subscription.project, subscription.user, NOON)
    else:
        assess_as(subscription.project, {WINDOWS_313: [make_package("another")]}, at=NOON)
    sent = send(Alert.objects.get().pk, timezone.now())
    assert sent is not None
    assert sent.state == AlertState.SKIPPED
    assert mailoutbox == []


def test_only_ones_own_projects_are_in_a_digest(mailoutbox: list[EmailMessage]) -> None:
    mine, theirs = following("demo"), following("secret-package", who="carol", project="secret")
    noted(mine.project)
    noted(theirs.project, "secret-package")
    gather_digests(NOON + WINDOW)
    for alert in Alert.objects.all():
        send(alert.pk, timezone.now())
    by_address = {message.to[0]: text_of(message) for message in mailoutbox}
    assert set(by_address) == {"alice@team.example", "carol@team.example"}
    assert "secret" not in by_address["alice@team.example"]


def test_fifty_followers_cost_as_many_queries_as_one() -> None:
    subscription = following("demo")
    noted(subscription.project)
    with CaptureQueriesContext(connection) as one:
        gather_digests(NOON + WINDOW)
    Alert.objects.all().delete()
    for number in range(49):
        someone = person(f"person-{number}")
        follow(subscription.project, someone)
    Subscription.objects.update(created_at=NOON - timedelta(days=1))
    noted(subscription.project, "other")
    with CaptureQueriesContext(connection) as many:
        assert gather_digests(NOON + WINDOW) == 50
    assert len(many) == len(one)
    assert Mention.objects.count() == 100


@pytest.mark.django_db(transaction=True)
def test_dispatchers_at_once_make_one_digest(postgresql_database: None) -> None:
    subscription = following("demo")
    noted(subscription.project)
    workers = 4
    together = Barrier(workers)

    def work() -> int:
        close_old_connections()
        together.wait(PATIENCE)
        try:
            return gather_digests(NOON + WINDOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(workers) as pool:
        futures = [pool.submit(work) for _ in range(workers)]
        assert sum(future.result(60) for future in futures) == 1
    assert (Alert.objects.count(), Mention.objects.count()) == (1, 1)


def test_a_daily_digest_has_what_came_since_the_last_one(mailoutbox: list[EmailMessage]) -> None:
    subscription = following("first", "second")
    follow(subscription.project, subscription.user, Cadence.DAILY, "Europe/Zurich")
    noted(subscription.project, "first")
    noted(subscription.project, "second", at=NOON + 15 * HOUR)
    eight = NOON.replace(hour=6) + timedelta(days=1)
    assert gather_digests(eight - timedelta(seconds=1)) == 0
    assert gather_digests(eight) == 1
    assert Mention.objects.count() == 2
    assert gather_digests(eight + timedelta(days=2)) == 0
