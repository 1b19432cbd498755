"""A watch of a whole target brings its messages through a real SMTP server."""

import pytest
from django.utils import timezone

from projects.domain.assessment.verdicts import Verdict
from projects.services.alerts.dispatch import dispatch_events
from projects.services.alerts.send import send
from projects.services.alerts.target_watches import watch_target
from tests.cast import WINDOWS_313, assess_as, make_package, only_member
from tests.projects.watching import person, project_of
from tests.services.smtp import SmtpServer

pytestmark = pytest.mark.django_db


def test_one_message_for_each_blocker_that_falls_and_none_after_the_last(mail_server: SmtpServer) -> None:
    project = project_of(person())

    def assess(*verdicts: Verdict) -> None:
        assess_as(project, {WINDOWS_313: [make_package(f"package-{at}", one) for at, one in enumerate(verdicts)]})

    assess(Verdict.BLOCKED, Verdict.BLOCKED)
    watch_target(project, only_member(project), WINDOWS_313)
    for verdicts in (
        [Verdict.READY, Verdict.BLOCKED],
        [Verdict.READY, Verdict.READY],
        [Verdict.READY, Verdict.BLOCKED],
    ):
        assess(*verdicts)
        for _ in range(2):
            for alert_id in dispatch_events(timezone.now()):
                send(alert_id, timezone.now())
    first, last = mail_server.inbox.messages
    assert first["Subject"].endswith("1 package still does")
    assert last["Subject"] == "practice-api can move to Python 3.13 on Windows x64"
    assert last["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    html = last.get_body(("html",))
    assert html is not None
    assert "Every package installs as written." in html.get_content()
