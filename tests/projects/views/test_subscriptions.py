"""The alerts page, setting and ending watches, and the stop link."""

import re

import pytest
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from projects.domain.permissions import Role
from projects.models import (
    Alert,
    AlertState,
    Assessment,
    Membership,
    Project,
    Snapshot,
    Subscription,
    TargetAssessment,
)
from projects.services.alerts.watches import stop_token
from tests.cast import make_package
from tests.projects.watching import NOON, OTHER, TARGET, person, polled, project_of, queued_alert, sdist, wheel

pytestmark = pytest.mark.django_db

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def watching() -> Subscription:
    alice = person()
    package = polled("greenlet", sdist("greenlet", "3.0.3"))
    return Subscription.objects.create(
        user=alice, project=project_of(alice), package=package, target=TARGET, above_version="3.0.3"
    )


def assessed(project: Project, name: str = "greenlet") -> None:
    """Store an assessment of the project with one package row."""
    snapshot = Snapshot.objects.create(project=project, origin="paste", digest="0" * 64)
    made = Assessment.objects.create(
        snapshot=snapshot, project=project, index_url="https://index.example/", created_at=NOON, confirmed_at=NOON
    )
    packages = [make_package(name, "blocked", version="3.0.3").to_json()]
    TargetAssessment.objects.create(assessment=made, target=TARGET, position=0, verdict="no-go", packages=packages)


def stop_link(subscription: Subscription) -> str:
    return reverse("watch-stop", args=[stop_token(subscription)])


def test_a_stop_link_asks_first_and_changes_nothing(client: Client, watching: Subscription) -> None:
    for method in (client.get, client.head):
        response = method(stop_link(watching))
        assert response.status_code == 200
    page = client.get(stop_link(watching)).content.decode()
    assert "Stop this watch?" in page
    assert "greenlet" in page
    assert '<form method="post">' in page
    assert Subscription.objects.active().exists()


@pytest.mark.parametrize("body", [ONE_CLICK, {}])
def test_one_click_ends_the_watch_without_cookie_token_or_sign_in(watching: Subscription, body: dict[str, str]) -> None:
    strict = Client(enforce_csrf_checks=True)
    for _ in range(2):
        response = strict.post(stop_link(watching), body)
        assert response.status_code == 200
        assert "The watch has ended" in response.content.decode()
        assert not response.cookies
    watching.refresh_from_db()
    assert watching.stopped_at is not None


def test_one_click_as_mail_programs_may_write_it_ends_the_watch(watching: Subscription) -> None:
    strict = Client(enforce_csrf_checks=True)
    response = strict.post(
        stop_link(watching), "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded"
    )
    assert response.status_code == 200
    assert not Subscription.objects.active().exists()


def test_a_forged_stop_link_is_not_found_and_changes_nothing(client: Client, watching: Subscription) -> None:
    token = stop_token(watching)
    for forged in (token[:-1], token + "A", "1-" + "A" * 43, "x", token.replace("-", ".", 1)):
        path = reverse("watch-stop", args=[forged])
        assert client.get(path).status_code == 404
        assert client.post(path, ONE_CLICK).status_code == 404
    assert Subscription.objects.active().exists()


def test_a_stop_link_takes_no_other_method(client: Client, watching: Subscription) -> None:
    assert client.delete(stop_link(watching)).status_code == 405
    assert Subscription.objects.active().exists()


def test_the_stop_page_is_not_kept_by_caches_and_sends_no_address_elsewhere(
    client: Client, watching: Subscription
) -> None:
    response = client.get(stop_link(watching))
    assert "no-store" in response["Cache-Control"]
    assert response["Referrer-Policy"] == "same-origin"


def test_a_watch_is_set_from_a_cell_at_the_version_in_use(client: Client) -> None:
    alice = person()
    project = project_of(alice, role=Role.READER)
    polled("greenlet", sdist("greenlet", "3.0.3"))
    assessed(project)
    client.force_login(alice)
    response = client.post(reverse("watch", args=[project.slug]), {"package": "greenlet", "target": TARGET})
    assert response.status_code == 302
    assert response["Location"] == reverse("project-cell", args=[project.slug, TARGET, "greenlet"])
    watching = Subscription.objects.get()
    assert (watching.user, watching.above_version, watching.target) == (alice, "3.0.3", TARGET)


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"package": "greenlet", "target": "cp313-amiga"}, "amiga"),
        ({"package": "no-such-thing", "target": TARGET}, "No project uses a package named no-such-thing"),
        ({"package": "ready", "target": TARGET}, "There is nothing to wait for: ready 1.0"),
        ({"package": "green\x00let", "target": TARGET}, "No project uses a package named green let"),
        ({"package": "greenlet", "target": "cp313\x00"}, ""),
        ({}, ""),
    ],
)
def test_a_watch_that_cannot_be_set_says_why(client: Client, form: dict[str, str], words: str) -> None:
    alice = person()
    project = project_of(alice)
    polled("greenlet", wheel("greenlet", "3.0.3", OTHER))
    polled("ready", wheel("ready", "1.0"))
    client.force_login(alice)
    response = client.post(reverse("watch", args=[project.slug]), form)
    assert response.status_code == 302
    assert words in client.get(reverse("alerts")).content.decode()
    assert not Subscription.objects.exists()


def test_a_stranger_cannot_watch_and_learns_nothing(client: Client) -> None:
    project = project_of(person())
    client.force_login(person("carol"))
    response = client.post(reverse("watch", args=[project.slug]), {"package": "greenlet", "target": TARGET})
    assert response.status_code == 404


@pytest.mark.parametrize("name", ["alerts", "mailbox"])
def test_the_pages_need_a_sign_in(client: Client, name: str) -> None:
    response = client.get(reverse(name))
    assert response.status_code == 302
    assert response["Location"].startswith("/sign-in/")


def test_the_alerts_page_shows_what_one_waits_for_and_nobody_elses(client: Client, watching: Subscription) -> None:
    assessed(watching.project)
    client.force_login(person("carol"))
    assert "greenlet" not in client.get(reverse("alerts")).content.decode()
    client.force_login(watching.user)
    page = client.get(reverse("alerts")).content.decode()
    assert "greenlet on Python 3.13 on Windows x64" in page
    assert "no version works yet" in page
    assert "3.0.3 or later" in page
    assert "The watch is active." in page


@pytest.mark.parametrize(
    ("required", "says"), [("greenlet", "no version works yet"), ("gevent", "not in the newest assessment")]
)
def test_a_watch_leads_to_its_cell_while_the_project_has_that(
    client: Client, watching: Subscription, required: str, says: str
) -> None:
    assessed(watching.project, name=required)
    client.force_login(watching.user)
    page = client.get(reverse("alerts")).content.decode()
    assert says in page
    cell = reverse("project-cell", args=[watching.project.slug, TARGET, "greenlet"])
    assert (f'href="{cell}"' in page) is (required == "greenlet")
    assert client.get(cell).status_code == (200 if required == "greenlet" else 404)


def test_a_project_that_one_left_is_not_shown(client: Client, watching: Subscription) -> None:
    Membership.objects.all().delete()
    client.force_login(watching.user)
    assert "greenlet" not in client.get(reverse("alerts")).content.decode()


@pytest.mark.parametrize(
    ("state", "error", "words"),
    [
        (AlertState.QUEUED, "451 try later", "waiting to be sent"),
        (AlertState.SENDING, "", "passed to the mail server, no answer yet"),
        (AlertState.SENT, "", "The watch has ended: its message was sent"),
        (AlertState.FAILED, "550 <no> such mailbox", "550 &lt;no&gt; such mailbox"),
        (AlertState.SKIPPED, "the wheel was taken back", "the wheel was taken back"),
    ],
)
def test_each_message_shows_its_state_attempts_and_error(
    client: Client, state: AlertState, error: str, words: str
) -> None:
    alice = person()
    alert = queued_alert(alice, project_of(alice))
    Alert.objects.update(state=state, error=error, attempts=2, sent_at=timezone.now() if state == "sent" else None)
    if state == AlertState.SENT:
        Subscription.objects.update(stopped_at=timezone.now())
    client.force_login(alice)
    page = client.get(reverse("alerts")).content.decode()
    assert words in page
    assert alert.filename in page
    assert "2 attempts" in page


def test_the_alerts_page_costs_the_same_for_one_watch_and_for_many(
    client: Client, watching: Subscription, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    assessed(watching.project)
    client.force_login(watching.user)
    # Session and user, watches, their alerts, the newest assessments, their targets; projects, follows, their alerts.
    Subscription.objects.create(user=watching.user, project=watching.project)
    with django_assert_num_queries(11):
        client.get(reverse("alerts"))
    for number in range(10):
        package = polled(f"package-{number}", sdist(f"package_{number}", "1.0"))
        project = project_of(watching.user, name=f"project-{number}")
        assessed(project, name=package.name)
        watch = Subscription.objects.create(user=watching.user, project=project, package=package, target=TARGET)
        Alert.objects.create(subscription=watch, version="1.0", filename="x", tag="y")
        Alert.objects.create(subscription=Subscription.objects.create(user=watching.user, project=project))
    with django_assert_num_queries(11):
        page = client.get(reverse("alerts")).content.decode()
    assert page.count("no version works yet") == 11


def test_only_ones_own_watch_is_ended_by_its_button(client: Client, watching: Subscription) -> None:
    client.force_login(person("carol"))
    assert client.post(reverse("watch-end", args=[watching.pk])).status_code == 404
    assert Subscription.objects.active().exists()
    client.force_login(watching.user)
    client.post(reverse("watch-end", args=[watching.pk]))
    assert not Subscription.objects.active().exists()
    assert "You stopped this watch" in client.get(reverse("alerts")).content.decode()


def test_the_buttons_that_need_a_sign_in_are_guarded_against_forged_requests(watching: Subscription) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(watching.user)
    for path in (
        reverse("watch-end", args=[watching.pk]),
        reverse("alerts-test"),
        reverse("watch", args=[watching.project.slug]),
    ):
        assert strict.post(path).status_code == 403


def test_a_test_message_is_sent_and_its_outcome_told(
    client: Client, mailoutbox: list[EmailMessage], settings: Settings
) -> None:
    alice = person()
    client.force_login(alice)
    assert "A test message to alice@team.example was passed to the mail server." in _press_test(client)
    assert len(mailoutbox) == 1
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    assert re.search("The test message was not sent: .*refused", _press_test(client))


def _press_test(client: Client) -> str:
    return client.post(reverse("alerts-test"), follow=True).content.decode()
