"""Asking for the change request of a move, and finding those that new facts concern."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import F, Q

from projects import jobs
from projects.models import MoveRequest, Repository
from projects.models.repository import CLAIM_HOLDS

_LOST_AFTER = timedelta(minutes=15)


@transaction.atomic
def ask_for_request(repository: Repository, target: str, user: AbstractBaseUser, now: datetime) -> MoveRequest:
    """Return the request that moves a repository to a target, queued to be opened unless it is open.

    One that was closed, merged, failed or left to people is opened again: a member has decided so.
    """
    branch = f"wheelway/move-{target}"
    request, is_new = MoveRequest.objects.get_or_create(
        repository=repository,
        target=target,
        defaults={"project": repository.project, "branch": branch, "asked_by_id": user.pk},
    )
    if not is_new and request.state not in (MoveRequest.State.OPEN, MoveRequest.State.WAITING):
        request.state, request.number, request.url, request.digest = MoveRequest.State.WAITING, 0, "", ""
        request.asked_by_id = user.pk
    request.attempts, request.reason, request.updated_at = 0, "", request.updated_at or now
    request.save()
    transaction.on_commit(lambda: jobs.request_move(request.pk), robust=True)
    return request


def requests_of_snapshot(snapshot_id: int) -> list[int]:
    """Return the ids of the requests that new facts about a snapshot may change."""
    found = MoveRequest.objects.followed().filter(project__snapshots=snapshot_id)
    return list(found.order_by("pk").values_list("pk", flat=True))


def lost_requests(now: datetime) -> list[int]:
    """Return the ids of the requests whose task was lost, or its worker."""
    worker_is_lost = Q(claimed_at__lt=now - CLAIM_HOLDS) | Q(claimed_at__gt=now + CLAIM_HOLDS)
    untried = Q(state=MoveRequest.State.WAITING, attempts=0, reason="", updated_at__lt=now - _LOST_AFTER)
    found = MoveRequest.objects.followed().filter(worker_is_lost | untried)
    return list(found.order_by(F("updated_at").asc(nulls_first=True)).values_list("pk", flat=True)[:100])
