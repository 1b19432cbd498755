"""Periodic checks of followed branches, which find pushes whose webhook delivery was lost."""

from __future__ import annotations

import random
import time
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q

from projects.domain.failures import BRANCH_MISSING
from projects.domain.webhooks.branch_checks import first_check, is_fresh, latest_check, next_check, select_round
from projects.domain.webhooks.clone_urls import InvalidCloneUrl
from projects.domain.webhooks.payload_fields import InvalidField
from projects.hosts.errors import HostError, HostUnavailable
from projects.hosts.git import open_repository
from projects.models.repository import Delivery, Repository
from projects.models.sealed import SealBroken
from projects.services.webhooks.delivery_queue import queue_fetch
from projects.services.webhooks.receive import CREDENTIALS_UNREADABLE, REASON_MAX
from projects.services.webhooks.take_files import git_limits, git_remote

# A round starts no check after this many seconds; the last one may take CHECK_SECONDS more.
ROUND_SECONDS = 20
CHECK_SECONDS = 20
# Longer than a round: a check that is running is not started by another worker.
_CLAIM = timedelta(minutes=5)
_MOST = 500


def check_due(now: datetime) -> int:
    """Read the head of each branch whose check is due, and queue a delivery for each that moved. Return how many.

    A round checks a few repositories of each host, one after the other, and none after the host failed to answer. The
    first checks of new repositories are spread over one interval. Contacts repository hosts. May run twice or
    concurrently, since each repository is claimed first.
    """
    every = settings.WHEELWAY_BRANCH_CHECK
    if not every:
        return 0
    followed = Repository.objects.followed()
    unplanned = followed.filter(Q(next_check_at=None) | Q(next_check_at__gt=latest_check(now, every)))
    for pk in unplanned.values_list("pk", flat=True)[:_MOST]:
        unplanned.filter(pk=pk).update(next_check_at=first_check(now, every, random.random()))  # noqa: S311 - no secret
    due = followed.filter(next_check_at__lte=now).order_by("next_check_at").values_list("pk", "clone_url")[:_MOST]
    moved, unavailable, end = 0, set[str](), time.monotonic() + ROUND_SECONDS
    for host, pk in list(select_round(due)):
        if time.monotonic() >= end:
            break
        if host in unavailable or not followed.filter(pk=pk, next_check_at__lte=now).update(next_check_at=now + _CLAIM):
            continue
        try:
            moved += _check(Repository.objects.get(pk=pk), now, every)
        except HostUnavailable as problem:
            unavailable.add(host)
            _failed(pk, str(problem), now, every)
        except (HostError, InvalidCloneUrl, InvalidField) as problem:
            _failed(pk, str(problem), now, every)
        except SealBroken:
            _failed(pk, CREDENTIALS_UNREADABLE, now, every)
    return moved


def _check(repository: Repository, now: datetime, every: timedelta) -> bool:
    """Check one branch. Return whether it moved since the last commit taken, in which case a delivery is queued."""
    if is_fresh(repository.checked_at, now, every) and not repository.last_error:
        _plan(repository, repository.checked_at or now, every, failures=0)
        return False
    with open_repository(git_remote(repository), git_limits(seconds=CHECK_SECONDS)) as source:
        head = source.head(repository.branch)
    if head is None:
        _failed(repository.pk, BRANCH_MISSING.format(branch=repository.branch), now, every)
        return False
    if head == repository.last_commit:
        Repository.objects.filter(pk=repository.pk).update(checked_at=now, last_error="")
        _plan(repository, now, every, failures=0)
        return False
    newest = repository.deliveries.exclude(commit="").order_by("-pk").values_list("commit", "state").first()
    was_refused = newest in ((head, Delivery.State.FAILED), (head, Delivery.State.IGNORED))
    # A commit that could not be read is tried again, since the host may have been at fault, but less and less often.
    _plan(repository, now, every, failures=repository.failed_checks + 1 if was_refused else 0)
    if repository.deliveries.filter(state=Delivery.State.PENDING).exists():
        return False
    queue_fetch(repository, now, head=head)
    return True


def _plan(repository: Repository, now: datetime, every: timedelta, *, failures: int) -> None:
    due = next_check(now, every, failures, random.random())  # noqa: S311 - no secret
    Repository.objects.filter(pk=repository.pk).update(next_check_at=due, failed_checks=min(failures, 1000))


def _failed(pk: int, reason: str, now: datetime, every: timedelta) -> None:
    """Store the error for the repository's page and plan the next check with a longer wait."""
    Repository.objects.filter(pk=pk).update(last_error=reason[:REASON_MAX], checked_at=now)
    repository = Repository.objects.get(pk=pk)
    _plan(repository, now, every, failures=repository.failed_checks + 1)
