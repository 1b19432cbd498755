"""Poll a package: ask the index for what changed, store it, and say when to ask again."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import datetime
from enum import Enum

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from scanner.domain.cadence import Cadence, NextPoll, after_answer, after_failure
from scanner.index.client import FreshPage, IndexClient, NotModified
from scanner.index.errors import HostGated, IndexFault, NoSuchPackage
from scanner.models import Package, PackageState, Release, WheelEvent, WheelEventKind
from scanner.services.indexes import client_for, configured_index_url
from scanner.services.storing import store_page

logger = logging.getLogger(__name__)

# A known package must be gone this many times in a row before it counts as gone: an outage may say 404 too.
GONE_AFTER = 3
# A server that hands out an older page than before has a stale copy; how much older is not said.
OLDER_PAGE = "the index answered with an older page than before"


class Outcome(Enum):
    """What one poll ended in."""

    CHANGED = "changed"
    UNCHANGED = "unchanged"
    OLDER = "older"
    MISSING = "missing"
    FAILED = "failed"
    GATED = "gated"
    NOT_DUE = "not due"


def poll_if_due(package_id: int, now: datetime | None = None) -> Outcome:
    """Poll unless somebody has done so meanwhile or the package is gone; then nothing is asked."""
    now = now or timezone.now()
    package = Package.objects.select_related("index").filter(pk=package_id).first()
    if package is None or package.due_at is None or package.due_at > now:
        return Outcome.NOT_DUE
    return poll_package(package_id, client_for(configured_index_url()), now)


def poll_package(package_id: int, client: IndexClient, now: datetime) -> Outcome:
    """Ask the index once for this package and store the answer; no network call is made inside a transaction.

    Files, releases and wheel events are written in one transaction. On any fault the stored data stays and the next
    try is set; a fault is an outcome, not an exception.
    """
    package = Package.objects.select_related("index").get(pk=package_id)
    try:
        answer = client.page(
            package.name,
            etag=package.etag or None,
            last_modified=package.last_modified or None,
            content_hash=package.content_hash or None,
        )
    except NoSuchPackage as error:
        outcome = _gone(package, error, now)
    except IndexFault as error:
        outcome = _failed(package, error, now)
    else:
        outcome = _answered(package_id, answer, now)
    logger.info("polled package=%s id=%s outcome=%s", package.name, package_id, outcome.value)
    return outcome


def poll_many(
    package_ids: Iterable[int],
    client: IndexClient,
    now: datetime,
    *,
    on_polled: Callable[[int, Outcome], None],
    workers: int,
) -> None:
    """Poll several packages at once from threads of this process, telling each one that is done."""

    def poll(package_id: int) -> Outcome:
        try:
            return poll_package(package_id, client, now)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=workers) as pool:
        futures = {pool.submit(poll, package_id): package_id for package_id in package_ids}
        for future in as_completed(futures):
            on_polled(futures[future], future.result())


def _answered(package_id: int, answer: FreshPage | NotModified, now: datetime) -> Outcome:
    with transaction.atomic():
        package = Package.objects.select_for_update(of=("self",)).select_related("index").get(pk=package_id)
        if isinstance(answer, NotModified):
            outcome = Outcome.UNCHANGED
        elif _is_older(package, answer):
            outcome = Outcome.OLDER
        else:
            outcome = _store(package, answer, now)
        if isinstance(answer, FreshPage) and outcome is not Outcome.OLDER:
            package.etag = answer.etag or ""
            package.last_modified = answer.last_modified or ""
        package.state = PackageState.CURRENT
        package.checked_at = now
        package.failures = 0
        package.last_error = OLDER_PAGE if outcome is Outcome.OLDER else ""
        _schedule(package, _next_poll(package, now))
        package.save()
    return outcome


def _is_older(package: Package, answer: FreshPage) -> bool:
    serial = answer.page.serial
    return serial is not None and package.serial is not None and serial < package.serial


def _store(package: Package, answer: FreshPage, now: datetime) -> Outcome:
    page = answer.page
    stored = store_page(package, page, now)
    if package.status != page.status.value and package.checked_at is not None:
        WheelEvent.objects.create(
            package=package,
            kind=WheelEventKind.STATUS,
            detail=f"{package.status} → {page.status.value}",
            seen_at=now,
        )
    changed = stored.anything or package.status != page.status.value or package.checked_at is None
    package.status = page.status.value
    package.status_reason = page.status_reason or ""
    package.serial = page.serial
    package.content_hash = answer.content_hash
    package.problems = [
        {"place": problem.place, "text": problem.text, "message": problem.message} for problem in page.problems
    ]
    if changed:
        package.revision += 1
        package.changed_at = now
    return Outcome.CHANGED if changed else Outcome.UNCHANGED


def _gone(package: Package, error: NoSuchPackage, now: datetime) -> Outcome:
    """A package without stored files ends here; one with files keeps them, and is gone for good after some tries."""
    package.failures += 1
    package.last_error = str(error)
    if package.checked_at is None or package.state == PackageState.MISSING or package.failures >= GONE_AFTER:
        package.state = PackageState.MISSING
        package.checked_at = now
        package.due_at = None
        package.due_reason = "not on the index; asked for again when a project names it"
    else:
        _schedule(package, after_failure(package.name, now, package.failures, cadence()))
    package.claimed_until = None
    package.save(update_fields=[*_POLL_FIELDS, "state", "checked_at"])
    return Outcome.MISSING


_POLL_FIELDS = ("failures", "last_error", "due_at", "due_reason", "claimed_until")


def _failed(package: Package, error: IndexFault, now: datetime) -> Outcome:
    gated = isinstance(error, HostGated)
    if not gated:
        package.failures += 1
    package.last_error = str(error)
    if isinstance(error, HostGated):
        _schedule(package, NextPoll(max(error.until, now), f"{error.host} asked to be left alone"))
    else:
        _schedule(package, after_failure(package.name, now, package.failures, cadence()))
        logger.warning("poll failed package=%s error=%s", package.name, error)
    package.save(update_fields=_POLL_FIELDS)
    return Outcome.GATED if gated else Outcome.FAILED


def _schedule(package: Package, next_poll: NextPoll) -> None:
    package.due_at = next_poll.at
    package.due_reason = next_poll.reason
    package.claimed_until = None


def _next_poll(package: Package, now: datetime) -> NextPoll:
    newest_at = Release.objects.filter(package=package).aggregate(newest=Max("first_uploaded_at"))["newest"]
    return after_answer(
        package.name,
        now,
        newest_at,
        watched=package.is_watched,
        closes_releases=package.index.closes_releases,
        cadence=cadence(),
    )


def cadence() -> Cadence:
    """How often to poll, from the settings."""
    return Cadence(**settings.WHEELWAY_CADENCE)
