"""The headers of a webhook delivery: the provider, the event and the delivery id."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from msgspec import Struct

from projects.domain.webhooks.events import AZURE_DEVOPS, BITBUCKET_CLOUD, BITBUCKET_SERVER, GITEA, GITHUB, GITLAB


class WebhookHeaders(Struct, frozen=True):
    """Provider, event and delivery id. A redelivery carries the id of the original."""

    provider: str
    event: str
    delivery_id: str


def read_headers(headers: Mapping[str, str], body: bytes) -> WebhookHeaders | None:
    """Recognise the provider by its headers, in any case. Return None for an unknown one.

    Gitea and Forgejo also send GitHub's headers, so their own are tried first. Without a delivery id, the SHA-256 of
    the body is used.
    """
    given = {name.lower(): value.strip() for name, value in headers.items()}

    def first(*names: str) -> str:
        return next((given[name] for name in names if given.get(name)), "")

    def digest() -> str:
        # Only where it is needed: the body may be large.
        return hashlib.sha256(body).hexdigest()

    if event := first("x-forgejo-event", "x-gitea-event"):
        provider, identity = GITEA, first("x-forgejo-delivery", "x-gitea-delivery")
    elif event := first("x-gitlab-event"):
        # All hooks that one event triggers share its UUID; their bodies differ.
        uuid = first("x-gitlab-event-uuid")
        provider, identity = GITLAB, first("idempotency-key") or (uuid and f"{uuid}:{digest()[:16]}")
    elif event := first("x-github-event"):
        provider, identity = GITHUB, first("x-github-delivery")
    elif (event := first("x-event-key")) and first("x-hook-uuid", "x-request-uuid"):
        provider, identity = BITBUCKET_CLOUD, first("x-request-uuid")
    elif event:
        provider, identity = BITBUCKET_SERVER, first("x-request-id")
    elif first("authorization"):
        # Azure DevOps has no header of its own for itself or for the event.
        provider, event, identity = AZURE_DEVOPS, "service hook", ""
    else:
        return None
    return WebhookHeaders(provider, event[:100], identity[:200] or f"sha256:{digest()}")
