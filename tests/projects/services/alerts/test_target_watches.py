"""A watch of a whole target: a message whenever a blocker falls, with what remains, and the last when none is left."""

from datetime import timedelta

import pytest
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.db import IntegrityError, transaction
from django.utils import timezone

from projects.domain.assessment.upgrade_plan import UpgradePlan
from projects.domain.assessment.verdicts import Verdict
from projects.domain.dependency_files.target_limits import LimitKind
from projects.domain.mail_choices import MailChoice, MailKind
from projects.domain.rewriting.limit_changes import LimitChange
from projects.models import Alert, AlertState, Assessment, Subscription, TargetAssessment
from projects.services.alerts.dispatch import dispatch_events
from projects.services.alerts.preferences import choose_mail
from projects.services.alerts.send import send
from projects.services.alerts.target_watches import report_targets, watch_target
from tests.cast import NOON, WINDOWS_313, assess_as, make_package, only_member
from tests.projects.watching import person, project_of

pytestmark = pytest.mark.django_db


def watched(*blockers: str) -> Subscription:
    """A watch of a target that these packages block."""
    project = project_of(person())
    assess_as(project, {WINDOWS_313: [make_package(name, Verdict.BLOCKED) for name in blockers]})
    return watch_target(project, only_member(project), WINDOWS_313)


def assess(watch: Subscription, **verdicts: Verdict) -> Assessment:
    """Assess the project of the watch again."""
    return assess_as(watch.project, {WINDOWS_313: [make_package(name, one) for name, one in verdicts.items()]})


def beat() -> None:
    """What the dispatch task and the tasks that it queues do."""
    for alert_id in dispatch_events(timezone.now()):
        send(alert_id, timezone.now())


def test_each_mail_says_what_remains_and_the_last_ends_the_watch(mailoutbox: list[EmailMessage]) -> None:
    watch = watched("orjson", "pyyaml")
    beat()
    assert mailoutbox == []
    assess(watch, orjson=Verdict.UPGRADE, pyyaml=Verdict.BLOCKED)
    for _ in range(2):
        beat()
    (first,) = mailoutbox
    assert first.subject == ("orjson no longer blocks practice-api on Python 3.13 on Windows x64; 1 package still does")
    assert "What remains\n  pyyaml: no wheel for cp313\n" in str(first.body)
    assert Subscription.objects.active().target_watches().exists()
    assess(watch, orjson=Verdict.UPGRADE, pyyaml=Verdict.READY)
    for _ in range(2):
        beat()
    _, last = mailoutbox
    assert last.subject == "practice-api can move to Python 3.13 on Windows x64"
    assert "1 of 2 packages needs an upgrade; it has a version that works." in str(last.body)
    assert f"/projects/practice-api/upgrade/{WINDOWS_313}/" in str(last.body)
    assert not Subscription.objects.active().exists()


def test_the_last_mail_names_the_cap_that_can_be_lifted_now(mailoutbox: list[EmailMessage]) -> None:
    watch = watched("orjson")
    cap = LimitChange(LimitKind.REQUIRES_PYTHON, "pyproject.toml", 4, ">=3.9,<3.13", ">=3.9,<3.14")
    assessment = assess(watch, orjson=Verdict.UPGRADE)
    row = assessment.targets.get()
    plan = UpgradePlan(limits=(cap,))
    TargetAssessment.objects.filter(pk=row.pk).update(plan=plan.to_json())
    beat()
    (last,) = mailoutbox
    assert (
        "You can lift the cap now\n  The project requires Python >=3.9,<3.13 (pyproject.toml line 4): it becomes"
        in str(last.body)
    )
    assert isinstance(last, EmailMultiAlternatives)
    assert "You can lift the cap now" in str(last.alternatives[0][0])


def test_messages_of_watches_are_not_sent_where_the_user_turned_them_off(mailoutbox: list[EmailMessage]) -> None:
    watch = watched("orjson")
    choose_mail(watch.user, {MailKind.TARGET: MailChoice.OFF})
    assess(watch, orjson=Verdict.READY)
    beat()
    assert (mailoutbox, Alert.objects.get().state) == ([], AlertState.SKIPPED)


def test_a_new_blocker_alone_sends_nothing_and_the_next_message_names_it(mailoutbox: list[EmailMessage]) -> None:
    watch = watched("orjson")
    assess(watch, orjson=Verdict.BLOCKED, lxml=Verdict.BLOCKED)
    beat()
    assert mailoutbox == []
    assess(watch, orjson=Verdict.READY, lxml=Verdict.BLOCKED)
    beat()
    assert "lxml: no wheel for cp313" in str(mailoutbox[0].body)


def test_what_is_only_not_read_yet_has_not_fallen(mailoutbox: list[EmailMessage]) -> None:
    watch = watched("orjson")
    assess_as(watch.project, {WINDOWS_313: [make_package("orjson", Verdict.UNKNOWN)]}, missing=["orjson"])
    beat()
    assert mailoutbox == []


def test_a_target_without_an_answer_is_watched_from_its_first_one(mailoutbox: list[EmailMessage]) -> None:
    project = project_of(person())
    watch = watch_target(project, only_member(project), WINDOWS_313)
    assert watch.reported is None
    assess(watch, orjson=Verdict.BLOCKED)
    beat()
    assert mailoutbox == []
    watch.refresh_from_db()
    assert watch.reported == ["orjson"]


@pytest.mark.parametrize("again", [{"orjson": Verdict.BLOCKED}, {"orjson": Verdict.BLOCKED, "lxml": Verdict.BLOCKED}])
def test_a_package_that_blocks_again_before_the_message_is_not_reported(
    mailoutbox: list[EmailMessage], again: dict[str, Verdict]
) -> None:
    watch = watched("orjson")
    assess(watch, orjson=Verdict.READY)
    (alert_id,) = dispatch_events(timezone.now())
    assess(watch, **again)
    send(alert_id, timezone.now())
    assert Alert.objects.get().state == AlertState.SKIPPED
    beat()
    assess(watch, orjson=Verdict.READY)
    beat()
    assert [message.subject for message in mailoutbox] == ["practice-api can move to Python 3.13 on Windows x64"]


def test_a_failed_last_message_is_not_repeated_forever() -> None:
    watch = watched("orjson")
    assess(watch, orjson=Verdict.READY)
    assert report_targets() == 1
    Alert.objects.update(state=AlertState.FAILED)
    assert report_targets() == 0


def test_an_active_watch_of_a_target_exists_once() -> None:
    watch = watched("orjson")
    with pytest.raises(IntegrityError), transaction.atomic():
        Subscription.objects.create(user=watch.user, project=watch.project, target=watch.target)
    Subscription.objects.update(stopped_at=NOON + timedelta(days=1))
    assert watch_target(watch.project, watch.user, WINDOWS_313).pk != watch.pk
