"""From two assessments to a signed request at a real receiver, with further attempts, and an end to those."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.core import mail
from pytest_django.fixtures import Settings

from projects.domain.assessment.verdicts import Verdict
from projects.domain.logged_action import Actor
from projects.models import EndpointFormat, LogEntry, MessageState, WebhookEndpoint, WebhookMessage
from projects.services.endpoints import announce, deliver
from projects.services.endpoints.manage import EndpointOwner, add_endpoint, resend, send_test, set_enabled
from tests.cast import NOON, TARGETS, Cast, assess_as, make_cast, make_package

pytestmark = pytest.mark.django_db
ALL = ["blocker.fell", "blocker.new", "target.ready", "push.worse"]


class Receiver:
    """A receiver of messages, which answers with `status`."""

    def __init__(self) -> None:
        self.status = 204
        self.requests: list[tuple[dict[str, str], bytes]] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.requests.append(({name.lower(): value for name, value in self.headers.items()}, body))
                self.send_response(receiver.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/hook?token=in-the-address"


@pytest.fixture
def receiver(settings: Settings) -> Iterator[Receiver]:
    settings.WHEELWAY_ALLOW_PRIVATE_HOSTS = ["127.0.0.1"]
    made = Receiver()
    thread = threading.Thread(target=made.server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


@pytest.fixture
def team() -> Cast:
    return make_cast()


def endpoint_of(
    team: Cast, url: str, form: EndpointFormat = EndpointFormat.STANDARD, of_team: bool = False
) -> tuple[WebhookEndpoint, str]:
    owner = EndpointOwner(team=team.project.team) if of_team else EndpointOwner(project=team.project)
    actor = Actor(team.alice.pk, "alice")
    return add_endpoint(owner, team.alice, actor, NOON, name="chat", form=form, url=url, events=ALL)


def assess(team: Cast, *blocked: str) -> None:
    """Store a complete assessment in which these block each target."""
    names = ("numpy", "orjson")
    rows = [make_package(name, Verdict.BLOCKED if name in blocked else Verdict.READY) for name in names]
    assess_as(team.project, dict.fromkeys(TARGETS, rows))


def deliver_due(now: datetime) -> None:
    for pk in deliver.due_messages(now):
        deliver.deliver(pk, now)


def test_what_changes_after_the_endpoint_was_added_arrives_signed_and_once(team: Cast, receiver: Receiver) -> None:
    assess(team, "numpy", "orjson")
    _, secret = endpoint_of(team, receiver.url, of_team=True)
    assert announce.announce_changes(NOON) == 0
    assess(team, "orjson")
    assert announce.announce_changes(NOON) == len(TARGETS)
    assert announce.announce_changes(NOON) == 0
    deliver_due(NOON)
    deliver_due(NOON + timedelta(days=1))

    assert len(receiver.requests) == len(TARGETS)
    headers, body = receiver.requests[0]
    sent = json.loads(body)
    data = sent["data"]
    assert (sent["type"], data["packages"], data["remaining"]) == (
        "blocker.fell",
        ["numpy"],
        ["orjson"],
    )
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    assert headers["webhook-signature"] == f"v1,{base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()}"
    assert set(WebhookMessage.objects.values_list("state", flat=True)) == {MessageState.DELIVERED}


def test_a_target_that_becomes_free_is_announced_as_ready(team: Cast) -> None:
    assess(team, "numpy")
    endpoint_of(team, "https://chat.example/hook", EndpointFormat.SLACK)
    announce.announce_changes(NOON)
    assess(team)
    announce.announce_changes(NOON)
    kinds = [message.event["kind"] for message in WebhookMessage.objects.all()]
    assert kinds.count("target.ready") == kinds.count("blocker.fell") == len(TARGETS)


def test_neither_the_address_nor_the_secret_is_stored_or_logged_in_the_clear(team: Cast) -> None:
    made, secret = endpoint_of(team, "https://chat.example/hook/T0KEN")
    stored = json.dumps([str(row) for row in WebhookEndpoint.objects.values_list()[0]])
    assert "T0KEN" not in stored
    assert secret not in stored
    assert made.host == "chat.example"
    assert "T0KEN" not in str(LogEntry.objects.values_list()[0])


def test_a_failed_attempt_is_followed_by_others_until_one_is_taken(team: Cast, receiver: Receiver) -> None:
    made, _ = endpoint_of(team, receiver.url)
    message = send_test(made, EndpointOwner(project=team.project), NOON)
    receiver.status = 503
    deliver_due(NOON)
    deliver_due(NOON + timedelta(seconds=10))
    assert len(receiver.requests) == 1
    receiver.status = 200
    deliver_due(NOON + timedelta(seconds=31))
    message.refresh_from_db()
    made.refresh_from_db()
    assert [one["status"] for one in message.tries] == [503, 200]
    assert (message.state, made.failing_since) == (MessageState.DELIVERED, None)
    assert receiver.requests[0][0]["webhook-id"] == receiver.requests[1][0]["webhook-id"]


def test_an_endpoint_that_takes_nothing_for_days_is_disabled_and_its_managers_get_mail(
    team: Cast, receiver: Receiver
) -> None:
    made, _ = endpoint_of(team, receiver.url)
    receiver.status = 500
    send_test(made, EndpointOwner(project=team.project), NOON)
    deliver_due(NOON)
    late = send_test(made, EndpointOwner(project=team.project), NOON + timedelta(days=3))
    for _ in range(2):
        deliver_due(NOON + timedelta(days=3))
    made.refresh_from_db()
    assert made.disabled_at is not None
    assert [message.to for message in mail.outbox] == [[team.alice.email]]
    requests = len(receiver.requests)
    set_enabled(made, NOON, enabled=True)
    receiver.status = 200
    deliver_due(NOON + timedelta(days=4))
    late.refresh_from_db()
    assert (late.state, len(receiver.requests)) == (MessageState.DELIVERED, requests + 2)


def test_a_gone_endpoint_is_disabled_at_once(team: Cast, receiver: Receiver) -> None:
    made, _ = endpoint_of(team, receiver.url)
    receiver.status = 410
    message = send_test(made, EndpointOwner(project=team.project), NOON)
    deliver_due(NOON)
    made.refresh_from_db()
    message.refresh_from_db()
    assert (made.disabled_because, message.state) == ("it answered 410 Gone", MessageState.FAILED)


def test_a_private_address_that_the_operator_does_not_list_is_not_asked(
    team: Cast, receiver: Receiver, settings: Settings
) -> None:
    settings.WHEELWAY_ALLOW_PRIVATE_HOSTS = []
    made, _ = endpoint_of(team, receiver.url)
    message = send_test(made, EndpointOwner(project=team.project), NOON)
    deliver_due(NOON)
    message.refresh_from_db()
    assert receiver.requests == []
    assert (message.tries[0]["status"], "not" in message.tries[0]["error"]) == (0, True)


def test_a_message_that_is_sent_again_keeps_its_id(team: Cast, receiver: Receiver) -> None:
    made, _ = endpoint_of(team, receiver.url)
    message = send_test(made, EndpointOwner(project=team.project), NOON)
    deliver_due(NOON)
    assert resend(made, message.pk, NOON)
    deliver_due(NOON)
    first, again = receiver.requests
    assert first[0]["webhook-id"] == again[0]["webhook-id"]
    other, _ = endpoint_of(team, receiver.url)
    assert not resend(other, message.pk, NOON)
