"""Bring packages and metadata up to date at once, in this process, for somebody who waits for the answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.conf import settings

from scanner.index.client import IndexClient
from scanner.models import Package, PackageState
from scanner.services.metadata import fetch_many, without_metadata
from scanner.services.polling import Outcome, poll_many
from scanner.services.watching import watch_packages

# As long as the public index lets its pages be cached.
FRESH_FOR = timedelta(minutes=10)

Progress = Callable[[str, int, int], None]


def refresh(
    index_id: int,
    client: IndexClient,
    names: Iterable[str],
    now: datetime,
    *,
    on_polled: Progress,
    fresh_for: timedelta = FRESH_FOR,
    patient: bool = False,
) -> dict[str, str]:
    """Poll those of these packages that were not looked at lately, but for those that somebody is polling.

    `patient` leaves a package alone whose next try after a failure is still to come.
    `on_polled` is told the name, how many are done, and of how many. Returns the fault of each package that could
    not be asked about; what was stored of it stays.
    """
    packages = watch_packages(index_id, names, now).values()
    mine = {package.pk: package.name for package in packages if _is_stale(package, now, fresh_for, patient=patient)}
    done = 0
    faults: dict[str, str] = {}

    def polled(package_id: int, outcome: Outcome) -> None:
        nonlocal done
        done += 1
        name = mine[package_id]
        if outcome in (Outcome.FAILED, Outcome.GATED):
            faults[name] = Package.objects.values_list("last_error", flat=True).get(pk=package_id)
        on_polled(name, done, len(mine))

    poll_many(mine, client, now, on_polled=polled, workers=settings.WHEELWAY_INDEX_CONNECTIONS)
    return faults


def refresh_metadata(
    index_id: int, client: IndexClient, wanted: Iterable[tuple[str, str]], now: datetime, *, on_fetched: Progress
) -> int:
    """Fetch the core metadata of these releases (name, version) where it is not known. Returns how many came."""
    releases = without_metadata(wanted, index_id, now)
    done = 0

    def fetched(name: str) -> None:
        nonlocal done
        done += 1
        on_fetched(name, done, len(releases))

    failed = fetch_many(releases, client, now, on_fetched=fetched, workers=settings.WHEELWAY_INDEX_CONNECTIONS)
    return len(releases) - failed


def _is_stale(package: Package, now: datetime, fresh_for: timedelta, *, patient: bool) -> bool:
    if package.state == PackageState.MALFORMED:
        return False
    if patient and package.due_at is not None and package.due_at > now:
        return False
    return package.checked_at is None or now - package.checked_at > fresh_for
