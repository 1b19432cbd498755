"""Made-up names cost an index no more requests than a project may make in an hour, a few at a time."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from projects.domain.permissions import Role
from projects.domain.request_rate import RequestRate
from projects.models import Origin, ProjectTarget, Snapshot
from projects.services.assessments import fact_supply
from projects.services.assessments.run import assess_snapshot
from projects.services.request_limits import LimitedRequest
from projects.services.snapshots import take_snapshot
from scanner.index.client import IndexClient
from scanner.models import Package
from tests.cast import add_member, bare_project
from tests.replay import ReplayIndex

pytestmark = pytest.mark.django_db(transaction=True)
NAMES = 40


@pytest.fixture
def made_up(no_queue: None) -> Snapshot:
    """A snapshot of names that no index has."""
    project = bare_project("practice")
    ProjectTarget.objects.create(project=project, slug="cp313-win_amd64", position=0)
    text = "".join(f"made-up-{number}==1.0\n" for number in range(NAMES)).encode()
    return take_snapshot(project, {"requirements.txt": text}, ["requirements.txt"], origin=Origin.PASTE)


def assess(snapshot: Snapshot, replay: ReplayIndex, later: timedelta = timedelta()) -> bool:
    return assess_snapshot(snapshot.pk, timezone.now() + later, IndexClient(replay.url))


def test_a_project_makes_no_more_requests_than_are_left_for_the_hour(
    made_up: Snapshot, replay: ReplayIndex, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fact_supply, "MOST_NEW_NAMES", 3)
    limits = settings.WHEELWAY_REQUEST_LIMITS | {LimitedRequest.INDEX: RequestRate(10, 3600)}
    settings.WHEELWAY_REQUEST_LIMITS = limits
    assess(made_up, replay)
    # No row is made of a name that was not asked for, or else it would be polled on schedule.
    first = Package.objects.count()
    assert 10 <= first <= 13
    assess(made_up, replay)
    assert Package.objects.count() == first
    assess(made_up, replay, later=timedelta(minutes=61))
    assert first < Package.objects.count() <= first + 13


def test_the_page_says_how_many_names_do_not_exist(made_up: Snapshot, replay: ReplayIndex) -> None:
    assess(made_up, replay)
    client, bob = Client(), User.objects.create_user("bob")
    add_member(made_up.project, bob, Role.READER)
    client.force_login(bob)
    page = re.sub(r"<[^>]+>", "", client.get("/projects/practice/").content.decode())
    assert f"{NAMES} of {NAMES} names do not exist on the index." in page
