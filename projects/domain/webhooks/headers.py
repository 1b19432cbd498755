"""The headers of a repository host's delivery: who sends it, and what a redelivery repeats."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from projects.domain.webhooks.events import AZURE_DEVOPS, BITBUCKET_CLOUD, BITBUCKET_SERVER, GITEA, GITHUB, GITLAB


@dataclass(frozen=True, slots=True)
class WebhookHeaders:
    """What the headers say: who sends, which event, and the id that a redelivery repeats."""

    provider: str
    event: str
    delivery_id: str


def read_headers(headers: Mapping[str, str], body: bytes) -> WebhookHeaders | None:
    """Recognise the sender by its headers, whatever their case; None for one that is not known.

    Gitea and Forgejo send GitHub's headers too, so their own are looked for first. Where a host gives no id of its
    own, the digest of the body stands for it.
    """
    given = {name.lower(): value.strip() for name, value in headers.items()}

    def first(*names: str) -> str:
        return next((given[name] for name in names if given.get(name)), "")

    digest = hashlib.sha256(body).hexdigest()
    if event := first("x-forgejo-event", "x-gitea-event"):
        provider, identity = GITEA, first("x-forgejo-delivery", "x-gitea-delivery")
    elif event := first("x-gitlab-event"):
        # The event's UUID is shared by the hooks that one event sets off, so the body tells them apart.
        uuid = first("x-gitlab-event-uuid")
        provider, identity = GITLAB, first("idempotency-key") or (uuid and f"{uuid}:{digest[:16]}")
    elif event := first("x-github-event"):
        provider, identity = GITHUB, first("x-github-delivery")
    elif (event := first("x-event-key")) and first("x-hook-uuid", "x-request-uuid"):
        provider, identity = BITBUCKET_CLOUD, first("x-request-uuid")
    elif event:
        provider, identity = BITBUCKET_SERVER, first("x-request-id")
    elif first("authorization"):
        # Azure DevOps names neither itself nor its event in a header.
        provider, event, identity = AZURE_DEVOPS, "service hook", ""
    else:
        return None
    return WebhookHeaders(provider, event[:100], identity[:200] or f"sha256:{digest}")
