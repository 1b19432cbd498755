"""The pages of endpoints: the secret is shown once, and what is wrong with an address is said."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from projects.domain.request_rate import RequestRate
from projects.models import WebhookEndpoint, WebhookMessage
from projects.services.endpoints.manage import EndpointOwner, send_test
from tests.cast import NOON, Cast
from tests.projects.views.test_ways_in import let_time_pass

pytestmark = pytest.mark.django_db
GIVEN = {"name": "ops", "format": "standard", "url": "https://hooks.example/T0KEN", "events": ["blocker.fell"]}


def test_an_endpoint_is_added_and_its_secret_is_shown_once(client: Client, cast: Cast) -> None:
    client.force_login(cast.alice)
    page = reverse("endpoints", args=[cast.project.slug])
    shown = client.post(page, GIVEN).content.decode()
    (secret,) = re.findall(r"whsec_[\w+/=]+", shown)
    later = client.get(page).content.decode()
    assert secret not in later
    assert "T0KEN" not in shown + later
    assert "hooks.example" in later
    made = WebhookEndpoint.objects.get()
    rotated = client.post(reverse("endpoint", args=[cast.project.slug, made.pk]), {"action": "rotate"}).content.decode()
    assert len(re.findall(r"whsec_[\w+/=]+", rotated)) == 1
    assert secret not in rotated


@pytest.mark.parametrize(
    "url", ["http://hooks.example/", "ftp://hooks.example/", "https://me:pass@hooks.example/", "https:///x", "hooks"]
)
def test_an_address_that_cannot_be_used_is_refused(client: Client, cast: Cast, url: str) -> None:
    client.force_login(cast.alice)
    answer = client.post(reverse("endpoints", args=[cast.project.slug]), {**GIVEN, "url": url})
    assert answer.status_code == 422
    assert not WebhookEndpoint.objects.exists()


def test_messages_stand_with_their_attempts_and_are_sent_again(client: Client, cast: Cast) -> None:
    client.force_login(cast.alice)
    client.post(reverse("endpoints", args=[cast.project.slug]), GIVEN)
    made = WebhookEndpoint.objects.get()
    message = send_test(made, EndpointOwner(project=cast.project), NOON)
    tries = [{"at": NOON.isoformat(), "status": 503, "error": ""}]
    WebhookMessage.objects.filter(pk=message.pk).update(state="failed", tries=tries, next_attempt_at=None)
    page = reverse("endpoint", args=[cast.project.slug, made.pk])
    assert ": 503" in client.get(page).content.decode()
    client.post(page, {"action": "resend", "message": message.pk})
    message.refresh_from_db()
    assert message.state == "pending"
    assert client.post(page, {"action": "resend", "message": 10**9}).status_code == 404
    client.post(page, {"action": "remove"})
    assert not WebhookEndpoint.objects.exists()


def test_an_endpoint_is_added_and_gets_a_secret_after_a_recent_sign_in_only(client: Client, cast: Cast) -> None:
    client.force_login(cast.alice)
    page = reverse("endpoints", args=[cast.project.slug])
    client.post(page, GIVEN)
    made = WebhookEndpoint.objects.get()
    let_time_pass(client)
    for path, data in ((page, GIVEN), (f"{page}{made.pk}/", {"action": "rotate"})):
        assert client.post(path, data).headers["Location"].startswith("/account/")
        assert client.get(path).status_code == 200
    assert WebhookEndpoint.objects.get().secret == made.secret


def test_tests_and_messages_that_are_sent_again_have_a_limit(client: Client, cast: Cast, settings: Settings) -> None:
    settings.WHEELWAY_REQUEST_LIMITS = settings.WHEELWAY_REQUEST_LIMITS | {
        "test messages, by account": RequestRate(2, 600)
    }
    client.force_login(cast.alice)
    client.post(reverse("endpoints", args=[cast.project.slug]), GIVEN)
    page = reverse("endpoint", args=[cast.project.slug, WebhookEndpoint.objects.get().pk])
    assert client.post(page, {"action": "test"}).status_code == 302
    message = WebhookMessage.objects.get()
    assert client.post(page, {"action": "resend", "message": message.pk}).status_code == 302
    for again in ({"action": "test"}, {"action": "resend", "message": message.pk}):
        assert client.post(page, again).status_code == 429
    assert client.post(reverse("alerts-test")).status_code == 429
    assert WebhookMessage.objects.count() == 1
    assert client.post(page, {"action": "disable"}).status_code == 302
