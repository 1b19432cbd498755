"""Accepting a build and ignoring a package: the form, the list with who decided what, ending it, and its expiry."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from projects.domain.assessment.waivers import WaiverKind
from projects.domain.permissions import Role
from projects.models import Assessment, PackageWaiver
from projects.services.assessments.project_request import read_snapshot, request_of, targets_of
from projects.services.assessments.stale import stale_snapshots
from projects.services.waivers import make_waiver
from tests.cast import LINUX_314, WINDOWS_313, Cast, add_member, bare_project
from tests.web import text

pytestmark = pytest.mark.usefixtures("requested")

PAGE = "/projects/practice-api/waivers/"


def given(cast: Cast, **fields: Any) -> dict[str, Any]:
    usual = {
        "kind": "ignore",
        "package": "PyYAML",
        "target": LINUX_314,
        "reason": "the worker\n does not run there",
        "owner": cast.bob.pk,
        "until": (timezone.now() + timedelta(days=30)).date().isoformat(),
    }
    return {**usual, **fields}


def waive(cast: Cast, name: str = "pyyaml", target: str = "", *, days: int = 30, ago: int = 0) -> PackageWaiver:
    now = timezone.now() - timedelta(days=ago)
    until = (now + timedelta(days=days)).date()
    words: Any = {"reason": "not used", "owner": cast.alice, "until": until, "user": cast.alice, "now": now}
    return make_waiver(cast.project, WaiverKind.IGNORE, name, target, **words)


def test_a_package_is_ignored_with_reason_owner_and_day(
    alice: Client, cast: Cast, requested: list[int], django_capture_on_commit_callbacks: Any
) -> None:
    form = text(alice.get(f"{PAGE}add/", {"package": "pyyaml", "target": LINUX_314, "kind": "ignore"}).content)
    assert "Accept a build or ignore a package" in form
    with django_capture_on_commit_callbacks(execute=True):
        response = alice.post(f"{PAGE}add/", given(cast))
    assert response.headers["Location"] == PAGE
    made = PackageWaiver.objects.get()
    assert (made.name, made.target, made.reason) == ("pyyaml", LINUX_314, "the worker does not run there")
    assert (made.owner, made.made_by, made.ended_at) == (cast.bob, cast.alice, None)
    assert len(requested) == 1
    page = text(alice.get(PAGE).content)
    assert "the worker does not run there bob" in page
    assert "by alice in force End it" in page


def test_ending_it_is_kept_with_who_did_it_and_can_be_decided_again(alice: Client, cast: Cast) -> None:
    made = waive(cast)
    alice.post(f"{PAGE}{made.pk}/end/")
    made.refresh_from_db()
    assert (made.ended_by, made.ended_at is not None) == (cast.alice, True)
    assert "by alice Decide it again" in text(alice.get(PAGE).content)
    before = made.ended_at
    alice.post(f"{PAGE}{made.pk}/end/")
    made.refresh_from_db()
    assert made.ended_at == before


def test_another_decision_about_the_same_replaces_the_first(cast: Cast) -> None:
    first, second = waive(cast), waive(cast)
    first.refresh_from_db()
    assert (first.ended_at, second.ended_at) == (second.made_at, None)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"reason": " "}, "This field is required."),
        ({"package": "no such/name"}, "This is not the name of a package."),
        ({"until": "2020-01-01"}, "Choose a day from"),
        ({"until": "2999-01-01"}, "Choose a day from"),
        ({"target": "cp399-win"}, "Select a valid choice."),
        ({"kind": "forget"}, "Select a valid choice."),
    ],
)
def test_a_mistake_is_explained_and_the_rest_is_kept(
    alice: Client, cast: Cast, fields: dict[str, str], words: str
) -> None:
    response = alice.post(f"{PAGE}add/", given(cast, **{"reason": "because", **fields}))
    assert response.status_code == 422
    assert words in text(response.content)
    assert fields.get("package", "PyYAML") in response.content.decode()
    assert not PackageWaiver.objects.exists()


def test_the_owner_is_a_member(alice: Client, cast: Cast) -> None:
    response = alice.post(f"{PAGE}add/", given(cast, owner=cast.carol.pk))
    assert response.status_code == 422


def test_readers_see_waivers_and_strangers_see_nothing(bob: Client, carol: Client, cast: Cast) -> None:
    made = waive(cast)
    assert "End it" not in text(bob.get(PAGE).content)
    assert "not used" in text(bob.get(PAGE).content)
    assert [bob.get(f"{PAGE}add/").status_code, bob.post(f"{PAGE}{made.pk}/end/").status_code] == [403, 403]
    assert [carol.get(PAGE).status_code, carol.post(f"{PAGE}{made.pk}/end/").status_code] == [404, 404]


def test_a_waiver_of_another_project_cannot_be_ended(alice: Client, cast: Cast) -> None:
    other = bare_project("other")
    add_member(other, cast.alice, Role.MANAGER)
    made = waive(cast)
    assert alice.post(f"/projects/other/waivers/{made.pk}/end/").status_code == 404


def test_an_assessment_is_asked_with_what_is_in_force(cast: Cast) -> None:
    waive(cast, "pyyaml", WINDOWS_313)
    waive(cast, "orjson", days=1, ago=9)
    waive(cast, "six").delete()
    snapshot = cast.project.snapshots.get()
    request = request_of(cast.project, read_snapshot(snapshot), targets_of(cast.project), timezone.now())
    assert [(one.name, one.target, one.owner) for one in request.waivers] == [("pyyaml", WINDOWS_313, "alice")]


def test_an_expired_waiver_makes_the_answer_stale_until_it_is_given_without_it(alice: Client, cast: Cast) -> None:
    confirm(cast, timezone.now() - timedelta(days=4))
    assert stale_snapshots(timezone.now()) == []
    waive(cast, days=3, ago=5)
    assert stale_snapshots(timezone.now()) == [cast.project.snapshots.get().pk]
    assert "1 waiver expired. Its package counts again." in text(alice.get("/projects/practice-api/").content)
    confirm(cast, timezone.now())
    assert stale_snapshots(timezone.now()) == []


def confirm(cast: Cast, at: datetime) -> None:
    Assessment.objects.filter(project=cast.project).update(confirmed_at=at)
    # What polls changed later would make it stale too.
    cast.project.packages.all().delete()


def test_the_list_asks_the_same_for_one_and_fifty(
    alice: Client, cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    waive(cast)
    with django_assert_num_queries(4):
        alice.get(PAGE)
    for number in range(50):
        waive(cast, f"package-{number}")
    with django_assert_num_queries(4):
        alice.get(PAGE)


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"reason": ""}, "waiver_has_reason"),
        ({"kind": "forget"}, "waiver_kind_known"),
        ({"ended_at": datetime.fromisoformat("2000-01-01T00:00:00Z")}, "waiver_ends_after_start"),
    ],
)
def test_the_database_refuses_what_no_form_makes(cast: Cast, change: dict[str, Any], name: str) -> None:
    made = waive(cast)
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        PackageWaiver.objects.filter(pk=made.pk).update(**change)


def test_a_cell_offers_what_can_be_decided_there(alice: Client, bob: Client) -> None:
    cell = f"/projects/practice-api/cells/{LINUX_314}/pyyaml/"
    assert f"{PAGE}add/?kind=ignore&amp;package=pyyaml&amp;target={LINUX_314}" in alice.get(cell).content.decode()
    assert "waivers/add" not in bob.get(cell).content.decode()
    built = alice.get(f"/projects/practice-api/cells/{WINDOWS_313}/pyyaml/").content.decode()
    assert "kind=accept-build" in built
