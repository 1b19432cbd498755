"""A small push of each host: recognised by its headers, signed, and read; the corpus has real ones of them."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from projects.domain.webhooks.headers import read_headers
from projects.domain.webhooks.payloads import read_payload
from projects.domain.webhooks.signatures import verify_signature

A, B, ZEROS = "a" * 40, "b" * 40, "0" * 40
SECRET = "small secret"
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)

CHANGED = [{"id": B, "timestamp": "2026-11-20T10:00:00Z", "added": ["a.txt"], "removed": [], "modified": ["b.txt"]}]
LISTED = {"ref": "refs/heads/main", "before": A, "after": B, "commits": CHANGED}
OCTO = {"id": 7, "full_name": "octo/app"}
PAYLOADS: dict[str, dict[str, Any]] = {
    "github": {**LISTED, "forced": False, "repository": OCTO, "pusher": {"name": "alice"}},
    "gitea": {**LISTED, "before": ZEROS, "repository": OCTO, "pusher": {"login": "alice"}},
    "gitlab": {
        **LISTED,
        "object_kind": "tag_push",
        "ref": "refs/tags/v1",
        "project_id": 7,
        "project": {"path_with_namespace": "octo/app"},
    },
    "bitbucket-cloud": {
        "repository": {"uuid": "{7}", "full_name": "octo/app"},
        "push": {
            "changes": [
                {"old": None, "new": {"type": "branch", "name": "main", "target": {"hash": B}}, "forced": False},
                {"old": {"type": "tag", "name": "v0", "target": {"hash": A}}, "new": None, "forced": False},
            ]
        },
    },
    "bitbucket-server": {
        "repository": {"id": 7, "slug": "app", "project": {"key": "octo"}},
        "changes": [{"ref": {"id": "refs/heads/main"}, "fromHash": A, "toHash": ZEROS}],
    },
    "azure-devops": {
        "eventType": "git.push",
        "resource": {
            "repository": {"id": "7", "name": "app", "project": {"name": "octo"}},
            "refUpdates": [{"name": "refs/heads/main", "oldObjectId": A, "newObjectId": B}],
        },
    },
}
# (ref, before, after) of each push.
REFS: dict[str, list[tuple[str, str | None, str | None]]] = {
    "github": [("refs/heads/main", A, B)],
    "gitea": [("refs/heads/main", None, B)],
    "gitlab": [("refs/tags/v1", A, B)],
    "bitbucket-cloud": [("refs/heads/main", None, B), ("refs/tags/v0", A, None)],
    "bitbucket-server": [("refs/heads/main", A, None)],
    "azure-devops": [("refs/heads/main", A, B)],
}


def signed_headers(provider: str, body: bytes) -> dict[str, str]:
    """Return the headers that the host sends, with its own form of signature."""
    mac = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    sha1 = hmac.new(SECRET.encode(), body, hashlib.sha1).hexdigest()
    github = {"X-GitHub-Event": "push", "X-GitHub-Delivery": "d-1", "X-Hub-Signature-256": f"sha256={mac}"}
    return {
        "github": github | {"X-Hub-Signature": f"sha1={sha1}"},
        "gitea": github | {"X-Gitea-Event": "push", "X-Gitea-Delivery": "d-1", "X-Gitea-Signature": mac},
        "gitlab": {"X-Gitlab-Event": "Tag Push Hook", "Idempotency-Key": "d-1", "X-Gitlab-Token": SECRET},
        "bitbucket-cloud": {
            "X-Event-Key": "repo:push",
            "X-Hook-UUID": "{h}",
            "X-Request-UUID": "d-1",
            "X-Hub-Signature": f"sha256={mac}",
        },
        "bitbucket-server": {
            "X-Event-Key": "repo:refs_changed",
            "X-Request-Id": "d-1",
            "X-Hub-Signature": f"sha256={mac}",
        },
        "azure-devops": {"Authorization": "Basic " + base64.b64encode(f":{SECRET}".encode()).decode()},
    }[provider]


@pytest.mark.parametrize("provider", PAYLOADS)
def test_a_signed_push_is_recognised_verified_and_read(provider: str) -> None:
    body = json.dumps(PAYLOADS[provider]).encode()
    headers = signed_headers(provider, body)
    envelope = read_headers(headers, body)
    assert envelope is not None
    assert envelope.provider == provider
    assert envelope.delivery_id == "d-1" or provider == "azure-devops"
    assert verify_signature(provider, [SECRET], headers, body, NOW)
    assert not verify_signature(provider, ["another secret"], headers, body, NOW)
    if provider not in {"gitlab", "azure-devops"}:  # Their token and password do not sign the body.
        assert not verify_signature(provider, [SECRET], headers, body + b"\n", NOW)
    pushes = read_payload(envelope, "application/json; charset=utf-8", body)
    assert isinstance(pushes, tuple)
    assert [(push.ref, push.before, push.after) for push in pushes] == REFS[provider]
    assert {push.repository for push in pushes} == {"octo/app"}
    assert all(push.created is (push.before is None) for push in pushes)
    expected = frozenset({"a.txt", "b.txt"}) if provider == "github" else None
    assert {push.changed_paths for push in pushes} == {expected}
