"""Logins of indexes, which never come back."""

from datetime import timedelta

from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from projects.models import IndexRole, ProjectIndex
from projects.services.indexes import add_index
from scanner.models import Package, PackageState
from tests.cast import Cast
from tests.projects.views.indexes.page import PAGE, stored


def test_another_login_takes_the_place_and_what_failed_is_asked_again(
    alice: Client, cast: Cast, row: ProjectIndex
) -> None:
    later = timezone.now() + timedelta(hours=6)
    failed = Package.objects.create(index=row.index, name="ours", failures=7, due_at=later, last_error="status 401")
    fine = Package.objects.create(index=row.index, name="fine", state=PackageState.CURRENT, due_at=later)
    page = alice.get(f"{PAGE}{row.index_id}/login/").content.decode()
    assert "robot" not in page
    assert alice.post(f"{PAGE}{row.index_id}/login/", {"username": "new", "secret": "pa ss"}).status_code == 302
    assert stored(cast).login.reveal() == "new:pa%20ss"
    for package in (failed, fine):
        package.refresh_from_db()
    assert failed.due_at is not None
    assert failed.due_at < later == fine.due_at
    alice.post(f"{PAGE}{row.index_id}/login/", {})
    assert not stored(cast).login


def test_what_an_index_hid_from_one_login_is_asked_for_with_the_next(alice: Client, row: ProjectIndex) -> None:
    hidden = Package.objects.create(index=row.index, name="ours", state=PackageState.MISSING)
    alice.post(f"{PAGE}{row.index_id}/login/", {"secret": "another"})
    hidden.refresh_from_db()
    assert hidden.due_at is not None


def test_a_login_over_http_is_refused_later_too(alice: Client, cast: Cast) -> None:
    made = add_index(cast.project, "http://private.example", IndexRole.EXTRA)
    answer = alice.post(f"{PAGE}{made.index_id}/login/", {"secret": "s3cr3t"})
    assert answer.status_code == 422
    assert "would be sent unencrypted" in answer.content.decode()
    assert "s3cr3t" not in answer.content.decode()


def test_a_login_whose_key_is_gone_says_so(alice: Client, cast: Cast, row: ProjectIndex, settings: Settings) -> None:
    settings.SECRET_KEY = "another key of the tests, which opens nothing that was sealed before"
    alice.force_login(cast.alice)
    assert "cannot be decrypted any more" in alice.get(PAGE).content.decode()
