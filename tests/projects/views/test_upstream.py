"""What changed upstream on the project's page: who sees it, who dismisses it, who follows."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from projects.models import Note, Subscription
from projects.services.alerts.watches import follow, stop_token
from tests.cast import NOON, TARGETS, WINDOWS_313, Cast, assess_as, make_cast, make_package

pytestmark = pytest.mark.django_db

HEADLINE = "lxml 6.0 drops Python 3.13 on Windows x64"


@pytest.fixture
def cast() -> Cast:
    found = make_cast()
    assess_as(found.project, dict.fromkeys(TARGETS, (make_package("lxml"), make_package("orjson"))), at=NOON)
    return found


def noted(cast: Cast, name: str = "lxml", severity: int = 3, target: str = WINDOWS_313) -> Note:
    place = {"target": target, "in_use": "1.0", "specifier": ">=1", "offered": "source", "admitted": True}
    facts = {"before": "5.9", "at": NOON.isoformat(), "places": [{**place, "file": f"{name}-5.9-win.whl"}]}
    return Note.objects.create(
        project=cast.project,
        name=name,
        kind="regression",
        subject="6.0",
        severity=severity,
        facts=facts,
        created_at=NOON,
    )


def page_for(client: Client, user: object, cast: Cast) -> str:
    client.force_login(user)  # type: ignore[arg-type]  # one of the cast
    return client.get(reverse("project", args=[cast.project.slug])).content.decode()


def test_open_notes_stand_on_the_page_worst_first_with_evidence_and_next_step(client: Client, cast: Cast) -> None:
    noted(cast, "orjson", severity=2)
    noted(cast)
    page = page_for(client, cast.bob, cast)
    assert page.index(HEADLINE) < page.index("orjson 6.0 drops")
    for part in ("lxml-5.9-win.whl", "Last good version", "5.9", "lxml&lt;6.0", "2026-03-02 12:00:00 UTC"):
        assert part in page
    assert "Reason for dismissing it" not in page
    assert "Reason for dismissing it" in page_for(client, cast.alice, cast)


def test_notes_of_a_target_or_package_that_the_project_has_no_more_are_not_shown(client: Client, cast: Cast) -> None:
    noted(cast, "orjson", target="cp39-win32")
    noted(cast, "gone")
    Note.objects.filter(pk=noted(cast).pk).update(closed_at=NOON)
    assert "Nothing yet. A release that drops" in page_for(client, cast.bob, cast)


@pytest.mark.parametrize("htmx", [True, False])
def test_a_member_dismisses_a_note_with_a_reason_and_takes_it_back(client: Client, cast: Cast, htmx: bool) -> None:
    path = reverse("note-dismiss", args=[cast.project.slug, noted(cast).pk])
    headers = {"HX-Request": "true"} if htmx else {}
    client.force_login(cast.alice)

    def post(form: dict[str, str]) -> str:
        answer = client.post(path, form, headers=headers, follow=not htmx)
        assert answer.status_code == 200
        return answer.content.decode()

    page = post({"reason": "  "})
    assert "Give a short reason" in page
    assert Note.objects.open().exists()
    page = post({"reason": "we build it\nourselves"})
    assert "1 dismissed" in page
    assert "Nothing that was not dismissed. A release" in page
    assert "“we build it ourselves”" in page
    assert "alice" in page
    assert not Note.objects.open().exists()
    post({"reason": "another"})
    assert Note.objects.get().dismissed_because == "we build it ourselves"
    page = post({"again": "1"})
    assert "dismissed" not in page
    assert Note.objects.open().exists()


def test_only_members_of_the_project_dismiss_its_notes(client: Client, cast: Cast) -> None:
    path = reverse("note-dismiss", args=[cast.project.slug, noted(cast).pk])
    assert client.post(path, {"reason": "x"}).status_code == 302
    for user, status in ((cast.bob, 403), (cast.carol, 404)):
        client.force_login(user)
        assert client.post(path, {"reason": "x"}).status_code == status
    client.force_login(cast.alice)
    assert client.get(path).status_code == 405
    assert client.post(reverse("note-dismiss", args=[cast.project.slug, 4711]), {"reason": "x"}).status_code == 404
    assert Note.objects.open().exists()


def test_whoever_sees_the_project_may_follow_it(client: Client, cast: Cast) -> None:
    path = reverse("follow", args=[cast.project.slug])
    client.force_login(cast.carol)
    assert client.post(path).status_code == 404
    client.force_login(cast.bob)
    assert client.get(path).status_code == 405
    for _ in range(2):
        page = client.post(path, follow=True).content.decode()
        assert "You follow this project." in page
    assert Subscription.objects.active().follows().get().user == cast.bob
    page = client.post(path, {"stop": "1", "back": "/alerts/"}, follow=True).content.decode()
    assert "You stopped following it" in page
    assert not Subscription.objects.active().exists()


def test_the_stop_link_of_a_digest_asks_first_and_ends_that_subscription_only(client: Client, cast: Cast) -> None:
    mine, other = follow(cast.project, cast.bob), follow(cast.project, cast.alice)
    path = reverse("watch-stop", args=[stop_token(mine)])
    page = client.get(path).content.decode()
    assert "Stop following practice-api?" in page
    assert Subscription.objects.active().count() == 2
    for _ in range(2):
        answer = Client(enforce_csrf_checks=True).post(path, {"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
    assert list(Subscription.objects.active()) == [other]
    assert "You do not follow practice-api any more" in client.get(path).content.decode()


def test_what_others_wrote_is_text_on_the_page(client: Client, cast: Cast) -> None:
    note = noted(cast)
    hostile = "<script>alert(1)</script>"
    note.facts["places"][0]["specifier"] = hostile
    note.save()
    client.force_login(cast.alice)
    client.post(reverse("note-dismiss", args=[cast.project.slug, note.pk]), {"reason": hostile})
    noted(cast, "orjson")
    assert "<script>alert" not in page_for(client, cast.alice, cast)


def test_the_page_costs_the_same_for_one_note_and_for_many(client: Client, cast: Cast) -> None:
    rows = [make_package(f"package-{number}") for number in range(50)]
    assess_as(cast.project, dict.fromkeys(TARGETS, rows), at=NOON)

    def queries(notes: int) -> int:
        with CaptureQueriesContext(connection) as captured:
            page = client.get(reverse("project", args=[cast.project.slug]))
        assert page.content.decode().count('class="note ') == notes
        return len(captured)

    noted(cast, "package-0")
    page_for(client, cast.alice, cast)
    first = queries(1)
    for number in range(1, 50):
        noted(cast, f"package-{number}")
    assert queries(50) == first
