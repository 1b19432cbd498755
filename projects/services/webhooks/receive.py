"""The door for deliveries: prove one, store it once, and queue its work.

Accepting writes at most one row and asks nobody; all that can be slow or fail is in `delivery_work`.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from projects import jobs
from projects.domain.dependency_files import uploads
from projects.domain.webhooks import events as pushes
from projects.domain.webhooks import signatures
from projects.domain.webhooks.clone_urls import InvalidCloneUrl, names_repository, parse_clone_url
from projects.domain.webhooks.headers import read_headers
from projects.domain.webhooks.payloads import read_payload
from projects.models.repository import DELIVERIES_KEPT, Delivery, Provider, Repository
from projects.models.sealed import SealBroken

logger = logging.getLogger(__name__)

UPLOAD_EVENT = "upload"
REASON_MAX = 500
_NOBODY = ("a secret that nobody has: an unknown key costs what a wrong signature costs",)


@dataclass(frozen=True, slots=True)
class DeliveryAccepted:
    """The delivery is stored, now or when it came first."""

    delivery: Delivery


@dataclass(frozen=True, slots=True)
class DeliveryRefused:
    """Not proved. It says no more: not even whether there is such a hook."""


@dataclass(frozen=True, slots=True)
class DeliveryInvalid:
    """Proved, but its body is wrong."""

    reason: str


ReceiveResult = DeliveryAccepted | DeliveryRefused | DeliveryInvalid


def receive_push(hook_key: str, headers: Mapping[str, str], body: bytes, now: datetime) -> ReceiveResult:
    """Prove a repository host's delivery over its raw body and store it once; a push to the branch is queued."""
    repository = Repository.objects.filter(hook_key=hook_key).first()
    envelope = read_headers(headers, body)
    secrets, provider = _proof_of(repository, Provider.GITHUB)
    genuine = signatures.verify_signature(provider, secrets, headers, body, now)
    if repository is None or envelope is None or envelope.provider != provider or not genuine:
        return DeliveryRefused()
    given = {name.lower(): value for name, value in headers.items()}
    reading = read_payload(envelope, given.get("content-type", ""), body)
    delivery = Delivery(repository=repository, delivery_id=envelope.delivery_id, event=envelope.event, received_at=now)
    _judge(delivery, reading)
    stored = _store_once(delivery)
    if isinstance(reading, pushes.InvalidPayload):
        return DeliveryInvalid(reading.reason)
    return DeliveryAccepted(stored)


def receive_upload(hook_key: str, headers: Mapping[str, str], path: str, body: bytes, now: datetime) -> ReceiveResult:
    """Prove a signed upload and store it once, by its own id and by its signed bytes; it is queued."""
    repository = Repository.objects.filter(hook_key=hook_key).first()
    given = {name.lower(): value for name, value in headers.items()}
    secrets, _ = _proof_of(repository, Provider.UPLOAD)
    proof = signatures.verify_upload(secrets, given.get(signatures.UPLOAD_SIGNATURE.lower()), body, now)
    if repository is None or proof is None:
        return DeliveryRefused()
    identity = given.get("x-wheelway-delivery", "").strip()
    if len(identity) > 150 or not identity.isprintable():
        return DeliveryInvalid("X-Wheelway-Delivery must be at most 150 printable characters")
    try:
        upload = uploads.read_upload(body, given.get("content-type", ""), path)
    except uploads.InvalidUpload as problem:
        return DeliveryInvalid(problem.reason)
    if before := Delivery.objects.filter(repository=repository, proof=proof).first():
        return DeliveryAccepted(before)
    delivery = Delivery(
        repository=repository,
        # Apart from the ids that a host gives.
        delivery_id=f"{UPLOAD_EVENT}:{identity or proof}",
        proof=proof,
        event=UPLOAD_EVENT,
        received_at=now,
        ref=upload.ref,
        commit=upload.commit,
        payload=upload.to_json(),
    )
    try:
        return DeliveryAccepted(_store_once(delivery))
    except IntegrityError:
        # The same signed bytes came under two ids at the same moment.
        return DeliveryAccepted(Delivery.objects.get(repository=repository, proof=proof))


def queue_fetch(repository: Repository, now: datetime, *, head: str = "") -> Delivery:
    """Queue a look at the branch's head, as if it had just been pushed: for a new repository or a lost delivery.

    `head`: the commit where a check has found the branch; without it the worker asks.
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


def _proof_of(repository: Repository | None, otherwise: Provider) -> tuple[tuple[str, ...], str]:
    """The secrets and the provider to check against; for no repository those that nothing can match."""
    if repository is None:
        return _NOBODY, otherwise
    try:
        return repository.secrets(), repository.provider
    except SealBroken:
        logger.exception("the secrets of a repository cannot be opened", extra={"repository": repository.pk})
        return (), repository.provider


def _judge(delivery: Delivery, reading: pushes.PushEvents) -> None:
    """Set state, reason, ref and commit from what the payload says; only a push to the branch is work."""
    repository = delivery.repository
    delivery.state = Delivery.State.IGNORED
    if isinstance(reading, pushes.InvalidPayload):
        delivery.state, delivery.reason = Delivery.State.FAILED, reading.reason
    elif isinstance(reading, pushes.PingEvent):
        delivery.reason = "the hook works"
    elif isinstance(reading, pushes.IgnoredEvent):
        delivery.reason = reading.reason
    else:
        push = pushes.push_to_branch(reading, repository.branch)
        if isinstance(push, pushes.IgnoredEvent):
            delivery.reason = push.reason
        elif not _is_from(repository, push):
            delivery.reason = f"it comes from {push.repository}, which is not the configured repository"
        elif push.after is None:
            delivery.ref, delivery.reason = push.ref, "the branch was deleted"
        else:
            delivery.ref, delivery.commit, delivery.state = push.ref, push.after, Delivery.State.PENDING
    delivery.reason = delivery.reason[:REASON_MAX]


def _is_from(repository: Repository, push: pushes.Push) -> bool:
    """Whether the push belongs to the configured repository, by name or by an id learned from an earlier one."""
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
    """Store the delivery unless its id is known, queue its work, and drop what is older than the kept ones.

    Sending a failed one again is how its sender asks for another try.
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
