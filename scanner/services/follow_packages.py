"""Make packages known, so that the poller keeps them current."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from packaging.utils import InvalidName, canonicalize_name

from scanner.models import Package, PackageState

# A name that was not there is asked for again when somebody asks for it, but not sooner than this; and on an index
# that is asked beside another one, which may have it, once a day.
ASK_AGAIN_AFTER = timedelta(minutes=10)
ASK_BESIDE_AFTER = timedelta(days=1)


def ensure_packages(index_id: int, names: Iterable[str], now: datetime) -> dict[str, Package]:
    """The packages of these normalised names, made where they are new, by name.

    New ones are due at once. A name that no index can have ends in a terminal state and is never
    polled; one that was missing on the index is asked for again, because somebody asks.
    """
    return {package.name: package for package in ensure_packages_on((index_id,), set(names), now)[index_id]}


def ensure_packages_on(index_ids: Collection[int], names: Collection[str], now: datetime) -> dict[int, list[Package]]:
    """As `ensure_packages` on each of these indexes, by index. As many queries as for one.

    A name that is missing here and there on another of them is asked for again once a day only.
    """
    known = _known(index_ids, names)
    fresh = [_new(index, name, now) for index in index_ids for name in sorted(set(names) - known[index].keys())]
    if fresh:
        Package.objects.bulk_create(fresh, ignore_conflicts=True)
        known = _known(index_ids, names)
    missing = [package.pk for here in known.values() for package in here.values() if _ask_again(package, known, now)]
    if missing:
        Package.objects.filter(pk__in=missing).update(due_at=now, due_reason="asked for again")
    return {index: list(here.values()) for index, here in known.items()}


def recheck_missing(package_ids: Collection[int] | QuerySet[Any, Any], now: datetime) -> int:
    """Ask again for those of these that were missing a day ago: a name may have come up there. Returns how many."""
    missing = Package.objects.filter(
        pk__in=package_ids, state=PackageState.MISSING, due_at=None, checked_at__lt=now - ASK_BESIDE_AFTER
    )
    return missing.update(due_at=now, due_reason="asked for again: it may have come up here")


def _known(index_ids: Collection[int], names: Collection[str]) -> dict[int, dict[str, Package]]:
    known: dict[int, dict[str, Package]] = {index: {} for index in index_ids}
    for package in Package.objects.filter(index__in=index_ids, name__in=names):
        known[package.index_id][package.name] = package
    return known


def _ask_again(package: Package, known: Mapping[int, Mapping[str, Package]], now: datetime) -> bool:
    if package.state != PackageState.MISSING or package.due_at is not None:
        return False
    beside = any(here[package.name].state == PackageState.CURRENT for here in known.values() if package.name in here)
    after = ASK_BESIDE_AFTER if beside else ASK_AGAIN_AFTER
    return package.checked_at is None or now - package.checked_at > after


def _new(index_id: int, name: str, now: datetime) -> Package:
    try:
        canonicalize_name(name, validate=True)
    except InvalidName:
        reason = "not a package name"
        return Package(index_id=index_id, name=name[:200], state=PackageState.MALFORMED, due_reason=reason)
    return Package(index_id=index_id, name=name, due_at=now, due_reason="new")


def clear_claims() -> int:
    """Give every claimed package back, for a start after which no queue holds their polls. Returns how many."""
    held = Package.objects.filter(Q(claimed_until__isnull=False) | Q(queued_until__isnull=False))
    return held.update(claimed_until=None, queued_until=None)
