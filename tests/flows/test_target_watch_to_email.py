"""A watch of a whole target, from the wheels on the index to the messages in a real SMTP server, through time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from pytest_django.fixtures import Settings

from projects.models import AlertState, Subscription
from tests.flows.test_regression_to_email import Installation
from tests.replay import ReplayIndex, a_file
from tests.services.smtp import SmtpServer

pytestmark = pytest.mark.django_db(transaction=True)

WINDOWS = "cp313-win_amd64"
WATCHED = datetime(2024, 9, 1, tzinfo=UTC)
BLOCKERS = ("alpha", "beta", "gamma")
# A wheel for the target comes each month, to one package after the other.
MONTHS = tuple(WATCHED + timedelta(days=30 * number) for number in (1, 2, 3))


class Killed(BaseException):
    """The end of a process, in the place of a signal: no `except Exception` of the application sees it."""


@contextmanager
def killed_at(statement: int) -> Iterator[None]:
    """Let the process end in the place of its statement of this number."""
    left = statement

    def count(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        nonlocal left
        if not left:
            raise Killed
        left -= 1
        return execute(sql, *rest)

    with connection.execute_wrapper(count):
        yield


def until_it_lives(work: Callable[[datetime], None], now: datetime, step: int = 1) -> int:
    """Do the work, killed at its first statement, then at a later one, until it reaches its end. Return the deaths.

    Each time is ten minutes later, when the claims of the dead have run out.
    """
    for deaths in range(1000):
        try:
            with killed_at(deaths * step):
                work(now + timedelta(minutes=10 * deaths))
        except Killed:
            continue
        return deaths
    raise AssertionError


@pytest.fixture
def installation(settings: Settings) -> Iterator[Installation]:
    """A project that three packages keep from a target."""
    index = ReplayIndex(recorded=False)
    for name, moment in zip(BLOCKERS, MONTHS, strict=True):
        old = a_file(f"{name}-1.0-cp312-cp312-win_amd64.whl")
        index.add_package(name, [old, a_file(f"{name}-1.1-cp313-cp313-win_amd64.whl", uploaded_at=moment)])
    with index:
        settings.WHEELWAY_INDEX_URL = index.url
        yield Installation(index, "".join(f"{name}>=1\n" for name in BLOCKERS), [WINDOWS], WATCHED)


def watch(installation: Installation, client: Client) -> None:
    """Press the button of the target's page."""
    client.force_login(installation.alice)
    client.post(f"/projects/{installation.project.slug}/when/{WINDOWS}/watch/")
    assert Subscription.objects.active().target_watches().exists()


def test_three_blockers_bring_three_messages_and_the_last_says_that_nothing_is_left(
    installation: Installation, mail_server: SmtpServer, client: Client
) -> None:
    watch(installation, client)
    for moment in (*MONTHS, MONTHS[-1] + timedelta(days=30)):
        installation.poll(moment + timedelta(hours=1))
        for _ in range(2):
            installation.beat(moment + timedelta(hours=1))
    assert subjects(mail_server) == [
        "alpha no longer blocks practice-api on Python 3.13 on Windows x64; 2 packages still do",
        "beta no longer blocks practice-api on Python 3.13 on Windows x64; 1 package still does",
        "practice-api can move to Python 3.13 on Windows x64",
    ]
    first, _, last = mail_server.inbox.messages
    text, html = first.get_body(("plain",)), last.get_body(("html",))
    assert text is not None
    assert html is not None
    assert "What remains\n  beta" in "\n".join(text.get_content().splitlines())
    assert "Every package installs as written." in html.get_content()
    assert last["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert not Subscription.objects.active().target_watches().exists()


def test_there_are_three_whatever_statement_the_workers_are_killed_at(
    installation: Installation, mail_server: SmtpServer, client: Client
) -> None:
    watch(installation, client)
    deaths = 0
    for number, moment in enumerate(MONTHS):
        now = moment + timedelta(hours=1)
        # A poll and an assessment have hundreds of statements, which are alike for each package.
        deaths += until_it_lives(installation.poll, now, step=7)
        deaths += until_it_lives(installation.beat, now + timedelta(days=2))
        assert len(mail_server.inbox.messages) == number + 1
    assert deaths > 50
    assert [one.rpartition(" ")[2] for one in subjects(mail_server)] == ["do", "does", "x64"]
    states = set(Subscription.objects.target_watches().get().alerts.values_list("state", flat=True))
    # Where a worker died after the server had the message, that is not known, and the message is not sent again.
    assert states <= {AlertState.SENT, AlertState.SENDING}
    installation.beat(MONTHS[-1] + timedelta(days=1))
    assert len(mail_server.inbox.messages) == len(MONTHS)


def subjects(server: SmtpServer) -> list[str]:
    return [str(message["Subject"]) for message in server.inbox.messages]
