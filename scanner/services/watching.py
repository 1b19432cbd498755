"""Make packages known, so that the poller keeps them current."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q
from packaging.utils import InvalidName, canonicalize_name

from scanner.models import Package, PackageState


def watch_packages(index_id: int, names: Iterable[str], now: datetime) -> dict[str, Package]:
    """The packages of these normalised names, made where they are new, by name.

    New ones are due at once. A name that no index can have ends in a terminal state and is never
    polled; one that was missing on the index is asked for again, because somebody asks.
    """
    wanted = set(names)
    known = {package.name: package for package in Package.objects.filter(index=index_id, name__in=wanted)}
    fresh = [_new(index_id, name, now) for name in sorted(wanted - known.keys())]
    if fresh:
        Package.objects.bulk_create(fresh, ignore_conflicts=True)
        known = {package.name: package for package in Package.objects.filter(index=index_id, name__in=wanted)}
    missing = [package.pk for package in known.values() if _ask_again(package, now)]
    if missing:
        Package.objects.filter(pk__in=missing).update(due_at=now, due_reason="asked for again")
    return known


def _ask_again(package: Package, now: datetime) -> bool:
    if package.state != PackageState.MISSING or package.due_at is not None:
        return False
    return package.checked_at is None or (now - package.checked_at).total_seconds() > 600


def _new(index_id: int, name: str, now: datetime) -> Package:
    try:
        canonicalize_name(name, validate=True)
    except InvalidName:
        reason = "not a package name"
        return Package(index_id=index_id, name=name[:200], state=PackageState.MALFORMED, due_reason=reason)
    return Package(index_id=index_id, name=name, due_at=now, due_reason="new")


def forget_claims() -> int:
    """Give every claimed package back, for a start after which no queue holds their polls. Returns how many."""
    held = Package.objects.filter(Q(claimed_until__isnull=False) | Q(queued_until__isnull=False))
    return held.update(claimed_until=None, queued_until=None)
