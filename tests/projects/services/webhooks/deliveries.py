"""Signed deliveries of webhooks, and what becomes of them."""

import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any

from projects.models import Project
from projects.models.repository import Delivery, Repository
from projects.services.webhooks.process import process
from projects.services.webhooks.receive import DeliveryAccepted, find_repository, receive_push, receive_upload
from tests.signing import sign_upload

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SECRET = "the secret of the hook"
ZEROS = "0" * 40


def push_body(after: str, before: str = ZEROS, /, **changes: Any) -> bytes:
    """A push as GitHub sends it, in the form of the corpus."""
    payload = {
        "ref": "refs/heads/main",
        "before": before,
        "after": after,
        "created": before == ZEROS,
        "deleted": after == ZEROS,
        "forced": False,
        "commits": [],
        "head_commit": None,
        "repository": {"id": 7, "full_name": "octo/app", "clone_url": "http://evil.example/octo/app.git"},
        "pusher": {"name": "alice", "email": "alice@team.example"},
    }
    return json.dumps(payload | changes).encode()


def signed(body: bytes, delivery: str = "d-1", event: str = "push", secret: str = SECRET) -> dict[str, str]:
    return {
        "X-GitHub-Event": event,
        "X-GitHub-Delivery": delivery,
        "X-Hub-Signature-256": "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest(),
        "Content-Type": "application/json",
    }


def deliver(repository: Repository, body: bytes, delivery: str = "d-1", **options: str) -> Delivery:
    answer = receive_push(find_repository(repository.hook_key), signed(body, delivery, **options), body, NOW)
    assert isinstance(answer, DeliveryAccepted)
    return answer.delivery


def upload(repository: Repository, body: bytes, *, moment: datetime = NOW, **headers: str) -> Any:
    given = {"X-Wheelway-Signature": sign_upload(SECRET, int(moment.timestamp()), body)}
    given |= {f"X-Wheelway-{name}": value for name, value in headers.items()}
    return receive_upload(
        find_repository(repository.hook_key), given | {"Content-Type": "application/json"}, "", body, NOW
    )


def work(delivery: Delivery, now: datetime = NOW) -> Delivery:
    assert process(delivery.pk, now) is None
    delivery.refresh_from_db()
    return delivery


def requirements(project: Project) -> list[str]:
    snapshot = project.snapshots.latest("pk")
    return [f"{row.name}{row.specifier}" for row in snapshot.requirements.all()]
