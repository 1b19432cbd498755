"""Files that take long to read: the page answers at once and shows the progress, a job reads them."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from projects import jobs
from projects.domain.dependency_files.given_files import prepare
from projects.models import Project, Snapshot, Submission
from projects.services import reading
from projects.services.submissions import give_back_submissions, lost_submissions, read_submission
from tests.projects.sandbox import calls

pytestmark = pytest.mark.django_db
FORM = {"name": "Large", "pasted": "six\nattrs\n", "target": "cp313-win_amd64"}
PAGE = "/projects/large/reading/"


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The submissions that were handed to a job."""
    ids: list[int] = []
    monkeypatch.setattr(jobs, "request_reading", ids.append)
    return ids


@pytest.fixture
def alice(db: None) -> Client:
    client = Client()
    client.force_login(User.objects.create_user("alice"))
    return client


@pytest.fixture
def slow(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A page reads nothing in its time; what the fixture returns makes reading fast again."""
    settings.WHEELWAY_PAGE_READ_SECONDS = 0.1
    monkeypatch.setattr(reading, "prepare", calls.wait_for_ever_on)
    return lambda: monkeypatch.setattr(reading, "prepare", prepare)


def test_a_page_answers_at_once_shows_the_progress_and_then_the_project(
    alice: Client, queued: list[int], slow: Any, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        answer = alice.post("/projects/add/", FORM)
    assert answer.headers["Location"] == PAGE
    submission = Submission.objects.get()
    assert queued == [submission.pk]
    assert b"six\nattrs" not in bytes(submission.content or b"")  # Base64 may spell "six", but has no line break.
    page = alice.get(PAGE).content.decode()
    assert "Reading 10" in page
    assert ">just now</time>. This may take" in page
    assert f'hx-get="{PAGE}"' in page
    slow()
    assert read_submission(submission.pk, timezone.now())
    assert not Submission.objects.exists()
    assert list(Snapshot.objects.get().requirements.values_list("name", flat=True)) == ["six", "attrs"]
    assert alice.get(PAGE).headers["Location"] == "/projects/large/"
    assert alice.get(PAGE, headers={"HX-Request": "true"}).headers["HX-Redirect"] == "/projects/large/"
    assert not read_submission(submission.pk, timezone.now())


def test_files_that_no_job_can_read_either_say_why_and_leave_no_snapshot(
    alice: Client, queued: list[int], slow: Any, settings: Any
) -> None:
    alice.post("/projects/add/", FORM)
    settings.WHEELWAY_READ_SECONDS = 0.2
    assert not read_submission(Submission.objects.get().pk, timezone.now())
    page = alice.get(PAGE).content.decode()
    assert "These files could not be read" in page
    assert "takes more than 0.2 seconds" in page
    assert "hx-get" not in page.split("<main")[1]
    assert not Snapshot.objects.exists()
    assert Submission.objects.get().content is None


def test_newer_files_take_the_place_of_those_that_wait(alice: Client, queued: list[int], slow: Any) -> None:
    alice.post("/projects/add/", FORM)
    first = Submission.objects.get().pk
    alice.post("/projects/large/requirements/", {"pasted": "attrs\n"})
    slow()
    assert not read_submission(first, timezone.now())
    assert read_submission(Submission.objects.get().pk, timezone.now())
    assert Snapshot.objects.count() == 1


def test_one_whose_job_was_lost_is_found_and_a_start_queues_all(alice: Client, queued: list[int], slow: Any) -> None:
    alice.post("/projects/add/", FORM)
    submission, now = Submission.objects.get(), timezone.now()
    assert lost_submissions(now) == []
    assert lost_submissions(now + timedelta(minutes=3)) == [submission.pk]
    assert Submission.objects.claim(submission.pk, now)
    queued.clear()
    give_back_submissions()
    assert queued == [submission.pk]
    assert Submission.objects.claim(submission.pk, now)


def test_strangers_see_nothing_of_it(alice: Client, queued: list[int], slow: Any) -> None:
    alice.post("/projects/add/", FORM)
    other = Client()
    other.force_login(User.objects.create_user("carol"))
    assert other.get(PAGE).status_code == 404
    assert Project.objects.count() == 1
