"""Create the rows of packages that polls keep up to date."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import QuerySet
from packaging.utils import InvalidName, canonicalize_name

from scanner.domain.translation import noop
from scanner.models import Package, PackageState
from scanner.selectors.rows import CHUNK, in_chunks, marks, select_rows

# A missing name is polled again when it is requested again, but not sooner than this; where another index of the
# project has the name, once a day.
RECHECK_AFTER = timedelta(minutes=10)
RECHECK_ELSEWHERE_AFTER = timedelta(days=1)


# How long a job keeps new packages for itself before the schedule polls them.
AT_HAND_FOR = timedelta(minutes=5)


class KnownPackage(NamedTuple):
    """What says of a package whether it is asked for: a model instance for each would take longer."""

    index_id: int
    name: str
    pk: int
    state: str
    checked_at: datetime | None
    due_at: datetime | None
    last_error: str


_KNOWN = ("index", "name", "pk", "state", "checked_at", "due_at", "last_error")


def ensure_packages(index_id: int, names: Iterable[str], now: datetime) -> dict[str, KnownPackage]:
    """Return the packages of these normalised names, by name, and create those that are new.

    New packages are due at once. A name that no index can have is stored as malformed and never polled. A package that
    was missing on the index is made due again.
    """
    return {package.name: package for package in ensure_packages_on((index_id,), set(names), now)[index_id]}


def known_names(index_ids: Collection[int], names: Collection[str]) -> set[str]:
    """Return the names that any of these indexes was asked for, or will be. A query for each 2,000 names."""
    wanted, known = sorted(names), set[str]()
    for some in in_chunks(wanted, CHUNK):
        rows = Package.objects.filter(index__in=index_ids, name__in=some)
        known.update(rows.values_list("name", flat=True))
    return known


def ensure_packages_on(
    index_ids: Collection[int], names: Collection[str], now: datetime, *, at_hand: bool = False
) -> dict[int, list[KnownPackage]]:
    """Return the packages of these names on each of the indexes, as `ensure_packages` does. As many queries as for one.

    A name that is missing on one of the indexes and current on another is made due again once a day only. With
    `at_hand` the caller polls new packages itself, so that they are due for others only if it does not.
    """
    known = _known(index_ids, names)
    due_at = now + AT_HAND_FOR if at_hand else now
    fresh = [_new(index, name, due_at) for index in index_ids for name in sorted(set(names) - known[index].keys())]
    if fresh:
        Package.objects.bulk_create(fresh, ignore_conflicts=True)
        known = _known(index_ids, names)
    missing = [
        package.pk for here in known.values() for package in here.values() if _is_recheck_due(package, known, now)
    ]
    if missing:
        Package.objects.filter(pk__in=missing).update(due_at=now, due_reason=noop("requested again"))
    return {index: list(here.values()) for index, here in known.items()}


def ensured_keys(index_ids: Collection[int], names: Collection[str], now: datetime) -> set[int]:
    """Return the keys of the packages that `ensure_packages_on` returns for a caller that has them at hand.

    One query where all are stored and none is missing on its index.
    """
    rows = Package.objects.filter(index__in=index_ids, name__in=names).values_list("pk", "state")
    states = dict(rows)
    if len(states) == len(index_ids) * len(names) and PackageState.MISSING not in states.values():
        return set(states)
    packages = ensure_packages_on(index_ids, names, now, at_hand=True)
    return {package.pk for here in packages.values() for package in here}


def recheck_missing(package_ids: Collection[int] | QuerySet[Any, Any], now: datetime) -> int:
    """Make due those of these packages that have been missing for a day. Return how many."""
    missing = Package.objects.filter(
        pk__in=package_ids, state=PackageState.MISSING, due_at=None, checked_at__lt=now - RECHECK_ELSEWHERE_AFTER
    )
    return missing.update(due_at=now, due_reason=noop("requested again: it may exist here now"))


def known_packages(index_ids: Collection[int], names: Collection[str]) -> list[KnownPackage]:
    """Return those of these packages that have a row, on each of the indexes. One query."""
    if not (index_ids and names):
        return []
    where = f"index_id IN {marks(index_ids)} AND name IN {marks(names)}"
    return [KnownPackage(*row) for row in select_rows(Package, _KNOWN, where, [*index_ids, *names])]


def _known(index_ids: Collection[int], names: Collection[str]) -> dict[int, dict[str, KnownPackage]]:
    known: dict[int, dict[str, KnownPackage]] = {index: {} for index in index_ids}
    for package in known_packages(index_ids, names):
        known[package.index_id][package.name] = package
    return known


def _is_recheck_due(package: KnownPackage, known: Mapping[int, Mapping[str, KnownPackage]], now: datetime) -> bool:
    if package.state != PackageState.MISSING or package.due_at is not None:
        return False
    beside = any(here[package.name].state == PackageState.CURRENT for here in known.values() if package.name in here)
    after = RECHECK_ELSEWHERE_AFTER if beside else RECHECK_AFTER
    return package.checked_at is None or now - package.checked_at > after


def _new(index_id: int, name: str, due_at: datetime) -> Package:
    try:
        canonicalize_name(name, validate=True)
    except InvalidName:
        reason = noop("not a package name")
        return Package(index_id=index_id, name=name[:200], state=PackageState.MALFORMED, due_reason=reason)
    return Package(index_id=index_id, name=name, due_at=due_at, due_reason=noop("new"))
