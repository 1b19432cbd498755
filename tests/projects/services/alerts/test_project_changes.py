"""From two assessments to the followers' mail: a push that makes things worse, a cap that can be lifted, each once."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.core.mail import EmailMessage

from projects.domain.assessment.package_result import PackageResult
from projects.domain.assessment.target_result import TargetResult
from projects.domain.assessment.upgrade_plan import UpgradePlan
from projects.domain.assessment.verdicts import ProjectVerdict, Verdict
from projects.domain.cadence import Cadence
from projects.domain.dependency_files.target_limits import LimitKind
from projects.domain.rewriting.limit_changes import LimitChange
from projects.models import Note, Origin, Project, Snapshot, Subscription, TargetAssessment
from projects.selectors.notes import upstream_of
from projects.services.alerts.dispatch import dispatch_events
from projects.services.alerts.send import send
from projects.services.alerts.watches import follow
from projects.services.endpoints.announce import announce_changes
from tests.cast import WINDOWS_313, assess_as, make_package, only_member
from tests.projects.watching import NOON, person, project_of

pytestmark = pytest.mark.django_db

CAP = LimitChange(LimitKind.REQUIRES_PYTHON, "pyproject.toml", 4, ">=3.9,<3.13", ">=3.9")


@pytest.fixture
def project() -> Project:
    """A project that alice follows, with an assessment that is known already."""
    found = project_of(person())
    assess(found, numpy=Verdict.BLOCKED)
    follow(found, only_member(found))
    Subscription.objects.update(created_at=NOON - timedelta(days=1))
    beat(NOON)
    return found


def assess(project: Project, *, commit: str = "", caps: bool = False, **verdicts: Verdict) -> None:
    """Store a complete assessment, of a push where it has a commit."""
    rows: list[PackageResult] = [make_package(name, one) for name, one in verdicts.items()]
    made = assess_as(project, {WINDOWS_313: rows})
    if commit:
        Snapshot.objects.filter(pk=made.snapshot_id).update(origin=Origin.PUSH, commit=commit)
    if caps:
        row = TargetAssessment.objects.get(assessment=made)
        plan = UpgradePlan(feasible=True, limits=(CAP,))
        result = TargetResult(WINDOWS_313, ProjectVerdict.CONDITIONAL, tuple(rows), plan=plan)
        row.plan, row.verdict = TargetAssessment.from_result(result, 0).plan, "conditional"
        row.save()


def beat(now: datetime) -> None:
    """What the scheduled tasks and those that they queue do, twice."""
    for _ in range(2):
        announce_changes(now)
        for alert_id in dispatch_events(now):
            send(alert_id, now)


def test_a_push_that_makes_things_worse_is_mailed_at_once_and_once(
    project: Project, mailoutbox: list[EmailMessage]
) -> None:
    assess(project, commit="c" * 40, numpy=Verdict.BLOCKED, lxml=Verdict.BLOCKED, orjson=Verdict.UPGRADE)
    beat(NOON)
    (mail,) = mailoutbox
    assert mail.subject == "practice-api: The push cccccccccc makes 2 packages worse"
    body = str(mail.body)
    assert "Python 3.13 on Windows x64: lxml 1.0 has no version that installs." in body
    assert "Python 3.13 on Windows x64: orjson 1.0 needs an upgrade." in body
    assert "numpy" not in body
    assert mail.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    # The page of the project lists what changed upstream only.
    assert upstream_of(project, is_followed=True).notes == ()


def test_a_cap_that_can_be_lifted_is_mailed_with_what_it_becomes(
    project: Project, mailoutbox: list[EmailMessage]
) -> None:
    assess(project, caps=True, numpy=Verdict.READY)
    beat(NOON)
    (mail,) = mailoutbox
    assert mail.subject == ("practice-api: You can lift the cap now: requires-python >=3.9,<3.13 in pyproject.toml")
    assert "Nothing else keeps the project from Python 3.13 on Windows x64 any more." in str(mail.body)
    assert "(pyproject.toml line 4): it becomes >=3.9." in str(mail.body)


def test_what_changes_to_and_fro_is_mailed_once_and_again_after_a_day(
    project: Project, mailoutbox: list[EmailMessage]
) -> None:
    for hours in range(4):
        assess(project, caps=True, numpy=Verdict.READY)
        beat(NOON + timedelta(hours=hours))
        assess(project, numpy=Verdict.BLOCKED)
        beat(NOON + timedelta(hours=hours, minutes=30))
    assert len(mailoutbox) == 1
    assert not Note.objects.open().exists()
    assess(project, caps=True, numpy=Verdict.READY)
    beat(NOON + timedelta(days=3))
    assert len(mailoutbox) == 2


def test_a_push_that_is_mended_before_the_digest_is_not_mailed(
    project: Project, mailoutbox: list[EmailMessage]
) -> None:
    follow(project, only_member(project), Cadence.DAILY, "UTC")
    assess(project, commit="c" * 40, numpy=Verdict.BLOCKED, lxml=Verdict.BLOCKED)
    beat(NOON)
    assess(project, commit="d" * 40, numpy=Verdict.BLOCKED)
    beat(NOON + timedelta(hours=1))
    beat(NOON + timedelta(days=2))
    assert mailoutbox == []
    assess(project, commit="e" * 40, numpy=Verdict.BLOCKED, pandas=Verdict.UPGRADE)
    beat(NOON + timedelta(days=2))
    assert mailoutbox == []
    beat(NOON + timedelta(days=3))
    assert [mail.subject for mail in mailoutbox] == ["practice-api: The push eeeeeeeeee makes pandas worse"]


def test_an_import_or_a_change_on_the_index_is_no_push(project: Project, mailoutbox: list[EmailMessage]) -> None:
    assess(project, numpy=Verdict.BLOCKED, lxml=Verdict.BLOCKED)
    beat(NOON)
    assert mailoutbox == []
