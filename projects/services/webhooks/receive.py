"""Receipt of webhook deliveries and uploads: verify the signature, store it once, and queue its processing.

Receiving writes at most one row and contacts no host; what may be slow or fail is in `process`.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from projects import jobs
from projects.domain.dependency_files import uploads
from projects.domain.webhooks import events, signatures
from projects.domain.webhooks.clone_urls import InvalidCloneUrl, names_repository, parse_clone_url
from projects.domain.webhooks.headers import read_headers
from projects.domain.webhooks.payloads import read_payload
from projects.models.repository import DELIVERIES_KEPT, Delivery, Provider, Repository
from projects.models.sealed import SealBroken
from projects.services.reading import ReadingLimitReached, read_document

logger = logging.getLogger(__name__)

UPLOAD_EVENT = "upload"
REASON_MAX = 500
CREDENTIALS_UNREADABLE = "the stored credentials cannot be decrypted with this SECRET_KEY: enter them again"
# Verified against for an unknown hook, so that it takes as long as one with a wrong signature.
_NO_SECRET = ("no sender has this secret",)


@dataclass(frozen=True, slots=True)
class DeliveryAccepted:
    """A verified delivery that is stored, now or when it first arrived."""

    delivery: Delivery


@dataclass(frozen=True, slots=True)
class DeliveryRefused:
    """A delivery without a valid signature. It does not say whether the hook exists."""


@dataclass(frozen=True, slots=True)
class DeliveryInvalid:
    """A verified delivery with an invalid body."""

    reason: str


ReceiveResult = DeliveryAccepted | DeliveryRefused | DeliveryInvalid


def is_known_hook(hook_key: str) -> bool:
    """Return whether a repository has this hook. One query."""
    return Repository.objects.filter(hook_key=hook_key).exists()


def receive_push(hook_key: str, headers: Mapping[str, str], body: bytes, now: datetime) -> ReceiveResult:
    """Verify a webhook delivery over its raw body and store it once. A push to the followed branch is queued."""
    repository = Repository.objects.filter(hook_key=hook_key).first()
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
    delivery = Delivery(repository=repository, delivery_id=about.delivery_id, event=about.event, received_at=now)
    _set_state(delivery, event)
    stored = _store_once(delivery)
    if isinstance(event, events.InvalidPayload):
        return DeliveryInvalid(event.reason)
    return DeliveryAccepted(stored)


def receive_upload(hook_key: str, headers: Mapping[str, str], path: str, body: bytes, now: datetime) -> ReceiveResult:
    """Verify a signed upload, store it once by its id and its signed bytes, and queue it."""
    repository = Repository.objects.filter(hook_key=hook_key).first()
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
        payload=payload,
    )
    try:
        return DeliveryAccepted(_store_once(delivery))
    except IntegrityError:
        # The same signed bytes arrived concurrently under two ids.
        return DeliveryAccepted(Delivery.objects.get(repository=repository, proof=proof))


def queue_fetch(repository: Repository, now: datetime, *, head: str = "") -> Delivery:
    """Queue a fetch of the branch's head, as if it had just been pushed: for a new repository or a lost delivery.

    `head` is the commit that a branch check found; without it the worker reads it.
    """
    event = "branch check" if head else "look"
    delivery = Delivery(
        repository=repository,
        delivery_id=f"{event}:{now.isoformat()}",
        event=event,
        received_at=now,
        ref=repository.ref,
        commit=head,
    )
    return _store_once(delivery)


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
        delivery.reason = "test delivery: the hook works"
    elif isinstance(event, events.IgnoredEvent):
        delivery.reason = event.reason
    else:
        push = events.push_to_branch(event, repository.branch)
        if isinstance(push, events.IgnoredEvent):
            delivery.reason = push.reason
        elif not _is_from(repository, push):
            delivery.reason = f"it is from {push.repository}, not the configured repository"
        elif push.after is None:
            delivery.ref, delivery.reason = push.ref, "the branch was deleted"
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


@transaction.atomic
def _store_once(delivery: Delivery) -> Delivery:
    """Store the delivery unless its id is known, queue it if it is pending, and delete the oldest ones.

    A redelivery of a failed one is processed again.
    """
    fields = {field.attname: getattr(delivery, field.attname) for field in Delivery._meta.concrete_fields}  # noqa: SLF001 - Django's documented API
    keys = {name: fields.pop(name) for name in ("repository_id", "delivery_id")}
    fields.pop("id")
    stored, is_new = Delivery.objects.get_or_create(**keys, defaults=fields)
    again = Delivery.objects.filter(pk=stored.pk, state=Delivery.State.FAILED).exclude(commit="", payload=None)
    if not is_new and delivery.state == Delivery.State.PENDING:
        is_new = again.update(state=Delivery.State.PENDING, attempts=0, claimed_at=None, payload=delivery.payload) == 1
        stored.refresh_from_db()
    if is_new and stored.state == Delivery.State.PENDING:
        transaction.on_commit(lambda: jobs.request_delivery(stored.pk), robust=True)
    kept = stored.repository.deliveries.newest().values_list("pk", flat=True)
    done = stored.repository.deliveries.exclude(state=Delivery.State.PENDING)
    if len(oldest := list(kept)) == DELIVERIES_KEPT:
        done.filter(pk__lt=oldest[-1]).delete()
    return stored
