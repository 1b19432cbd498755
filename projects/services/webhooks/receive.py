"""Receipt of webhook deliveries and uploads: verify the signature, read what it says, and store it once.

Receiving writes at most one row and contacts no host; what may be slow or fail is in `process`.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping
from datetime import datetime

from django.db import connection
from msgspec import Struct

from projects.domain.dependency_files import uploads
from projects.domain.failures import OTHER_REPOSITORY
from projects.domain.webhooks import events, signatures
from projects.domain.webhooks.clone_urls import InvalidCloneUrl, names_repository, parse_clone_url
from projects.domain.webhooks.headers import read_headers
from projects.domain.webhooks.payloads import read_payload
from projects.models.repository import UPLOAD_EVENT, Delivery, Provider, Repository
from projects.models.sealed import SealBroken, Sealed, seal_bytes
from projects.services.reading import ReadingLimitReached, read_document
from projects.services.webhooks.delivery_queue import store_once
from scanner.domain.translation import noop

logger = logging.getLogger(__name__)

REASON_MAX = 500
# Reasons are stored in English; pages translate those that are marked.
CREDENTIALS_UNREADABLE = noop("the stored credentials cannot be decrypted with this SECRET_KEY: enter them again")
# To compile the query of each delivery would cost more than to run it, and so would a raw queryset of whole rows. The
# columns are in the order of the model; what else is used of it is read then.
_BY_HOOK = """
SELECT repository.id, repository.project_id, repository.provider, repository.clone_url, repository.branch,
    repository.host_id, repository.hook_key, repository.secret, repository.previous_secret, repository.last_commit
FROM projects_repository AS repository JOIN projects_project AS project ON project.id = repository.project_id
WHERE repository.hook_key = %s AND project.deleted_at IS NULL
"""
# Verified against for an unknown hook, so that it takes as long as one with a wrong signature.
_NO_SECRET = ("no sender has this secret",)


class DeliveryAccepted(Struct, frozen=True):
    """A verified delivery that is stored, now or when it first arrived."""

    delivery: Delivery


class DeliveryRefused(Struct, frozen=True):
    """A delivery without a valid signature. It does not say whether the hook exists."""


class DeliveryInvalid(Struct, frozen=True):
    """A verified delivery with an invalid body."""

    reason: str


ReceiveResult = DeliveryAccepted | DeliveryRefused | DeliveryInvalid


def find_repository(hook_key: str) -> Repository | None:
    """Return the repository with this hook, None if there is none or its project was deleted. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_BY_HOOK, [hook_key])
        row, names = cursor.fetchone(), [column[0] for column in cursor.description]
    if row is None:
        return None
    values = [
        Sealed(value) if name in ("secret", "previous_secret") else value
        for name, value in zip(names, row, strict=True)
    ]
    return Repository.from_db(connection.alias, names, values)


def receive_push(
    repository: Repository | None, headers: Mapping[str, str], body: bytes, now: datetime
) -> ReceiveResult:
    """Verify a webhook delivery over its raw body and store it once. A push to the followed branch is queued.

    Without a repository it is refused, after the same work.
    """
    about = read_headers(headers, body)
    secrets, provider = _secrets_of(repository, Provider.GITHUB)
    is_valid = signatures.verify_signature(provider, secrets, headers, body, now)
    if repository is None or about is None or about.provider != provider or not is_valid:
        return DeliveryRefused()
    given = {name.lower(): value for name, value in headers.items()}
    try:
        event = read_document(read_payload, body, about, given.get("content-type", ""))
    except ReadingLimitReached as error:
        event = events.InvalidPayload(str(error))
    delivery = Delivery(
        repository=repository,
        delivery_id=about.delivery_id,
        # The id is not signed: the same signed bytes are the same delivery.
        proof=hashlib.sha256(body).hexdigest(),
        event=about.event,
        received_at=now,
    )
    _set_state(delivery, event)
    stored = store_once(delivery)
    if isinstance(event, events.InvalidPayload):
        return DeliveryInvalid(event.reason)
    return DeliveryAccepted(stored)


def receive_upload(
    repository: Repository | None, headers: Mapping[str, str], path: str, body: bytes, now: datetime
) -> ReceiveResult:
    """Verify a signed upload, store it once by its id and its signed bytes, and queue it."""
    given = {name.lower(): value for name, value in headers.items()}
    secrets, _ = _secrets_of(repository, Provider.UPLOAD)
    proof = signatures.verify_upload(secrets, given.get(signatures.UPLOAD_SIGNATURE.lower()), body, now)
    if repository is None or proof is None:
        return DeliveryRefused()
    identity = given.get("x-wheelway-delivery", "").strip()
    if len(identity) > 150 or not identity.isprintable():
        return DeliveryInvalid("X-Wheelway-Delivery must be at most 150 printable characters")
    try:
        upload, payload = read_document(uploads.read_sent_upload, body, given.get("content-type", ""), path)
    except (uploads.InvalidUpload, ReadingLimitReached) as problem:
        return DeliveryInvalid(str(problem))
    if before := Delivery.objects.filter(repository=repository, proof=proof).first():
        return DeliveryAccepted(before)
    delivery = Delivery(
        repository=repository,
        # The prefix keeps it apart from the ids of hosts.
        delivery_id=f"{UPLOAD_EVENT}:{identity or proof}",
        proof=proof,
        event=UPLOAD_EVENT,
        received_at=now,
        ref=upload.ref,
        commit=upload.commit,
        payload=seal_bytes(payload),
    )
    return DeliveryAccepted(store_once(delivery))


def upload_secrets(repository: Repository | None) -> tuple[str, ...]:
    """Return the secrets to verify a signed upload against; for an unknown hook, ones that never match."""
    return _secrets_of(repository, Provider.UPLOAD)[0]


def _secrets_of(repository: Repository | None, otherwise: Provider) -> tuple[tuple[str, ...], str]:
    """Return the secrets and the provider to verify against; for an unknown hook, ones that never match."""
    if repository is None:
        return _NO_SECRET, otherwise
    try:
        return repository.secrets(), repository.provider
    except SealBroken:
        logger.exception("the secrets of a repository cannot be decrypted", extra={"repository": repository.pk})
        return (), repository.provider


def _set_state(delivery: Delivery, event: events.WebhookEvent) -> None:
    """Set state, reason, ref and commit from the event. Only a push to the followed branch stays pending."""
    repository = delivery.repository
    delivery.state = Delivery.State.IGNORED
    if isinstance(event, events.InvalidPayload):
        delivery.state, delivery.reason = Delivery.State.FAILED, event.reason
    elif isinstance(event, events.PingEvent):
        delivery.reason = noop("test delivery: the hook works")
    elif isinstance(event, events.IgnoredEvent):
        delivery.reason = event.reason
    else:
        push = events.push_to_branch(event, repository.branch)
        if isinstance(push, events.IgnoredEvent):
            delivery.reason = push.reason
        elif not _is_from(repository, push):
            delivery.reason = OTHER_REPOSITORY.format(repository=push.repository)
        elif push.after is None:
            delivery.ref, delivery.reason = push.ref, noop("the branch was deleted")
        else:
            delivery.ref, delivery.commit, delivery.state = push.ref, push.after, Delivery.State.PENDING
    delivery.reason = delivery.reason[:REASON_MAX]


def _is_from(repository: Repository, push: events.Push) -> bool:
    """Return whether the push is from the configured repository, by its name or by the id of an earlier push."""
    try:
        named = names_repository(parse_clone_url(repository.clone_url), push.repository)
    except InvalidCloneUrl:
        return False
    if named and repository.host_id != push.repository_id:
        repository.host_id = push.repository_id
        repository.save(update_fields=["host_id"])
    return named or repository.host_id == push.repository_id
