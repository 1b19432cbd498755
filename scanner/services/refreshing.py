"""Bring packages up to date at once, in this process: what a command does that has no worker."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.conf import settings

from scanner.index.client import IndexClient
from scanner.models import Package, PackageState
from scanner.services.polling import Outcome, poll_many
from scanner.services.watching import watch_packages

# As long as the public index lets its pages be cached.
FRESH_FOR = timedelta(minutes=10)


def refresh(
    index_id: int,
    client: IndexClient,
    names: Iterable[str],
    now: datetime,
    *,
    on_polled: Callable[[str, int, int], None],
) -> dict[str, str]:
    """Poll those of these packages that were not looked at within the last ten minutes.

    `on_polled` is told the name, how many are done, and of how many. Returns the fault of each package that could
    not be asked about; what was stored of it stays.
    """
    packages = watch_packages(index_id, names, now)
    stale = {package.pk: package for package in packages.values() if _is_stale(package, now)}
    done = 0
    faults: dict[str, str] = {}

    def polled(package_id: int, outcome: Outcome) -> None:
        nonlocal done
        done += 1
        name = stale[package_id].name
        if outcome in (Outcome.FAILED, Outcome.GATED):
            faults[name] = Package.objects.values_list("last_error", flat=True).get(pk=package_id)
        on_polled(name, done, len(stale))

    poll_many(stale, client, now, on_polled=polled, workers=settings.WHEELWAY_INDEX_CONNECTIONS)
    return faults


def _is_stale(package: Package, now: datetime) -> bool:
    if package.state == PackageState.MALFORMED:
        return False
    return package.checked_at is None or now - package.checked_at > FRESH_FOR
