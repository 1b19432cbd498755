"""Follow an index by the serials of its root page: one conditional request shows which packages changed."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import NamedTuple

from django.conf import settings
from msgspec import Struct
from packaging.utils import NormalizedName

from scanner.domain.index_faults import NO_SERIALS
from scanner.domain.index_page.page import RootPage
from scanner.domain.index_page.serials import SerialCheckpoint, is_continuous, serial_threshold
from scanner.domain.translation import noop
from scanner.index.answers import FreshRoot, NotModified
from scanner.index.client import IndexClient
from scanner.index.errors import IndexFault
from scanner.models import Index, Package, PackageState
from scanner.selectors.rows import in_chunks
from scanner.services.indexes import client_of, usable_client
from scanner.services.polling.claims import is_followed

logger = logging.getLogger(__name__)

CHUNK = 1000
_MOVED = noop("the root page has a newer serial")
_NOT_FOLLOWED = {
    "root_checked_at": None,
    "root_etag": "",
    "root_last_modified": "",
    "root_hash": "",
    "root_serial": None,
    "root_names": 0,
    "root_compared_at": None,
}
_APPEARED = noop("it is on the root page now")


class _PackageSerial(NamedTuple):
    """The stored state and serials of a package."""

    pk: int
    state: str
    serial: int | None
    wanted: int | None


class _RootRows(Struct, frozen=True):
    """Rows of the root page with the stored packages that they concern.

    is_whole: `packages` are all of the index, so one without a row is not listed any more.
    """

    page: RootPage
    packages: Mapping[NormalizedName, _PackageSerial]
    is_whole: bool


def follow_all(now: datetime) -> int:
    """Follow each index that has enough packages. Return how many packages became due."""
    due = 0
    for index in Index.objects.order_by("pk"):
        if not _is_worth_it(index):
            continue
        client = usable_client(index.pk, partial(client_of, index))
        if client is not None:
            due += follow(index, client, now)
    return due


def _is_worth_it(index: Index) -> bool:
    """Return whether the index has enough packages: for fewer, polling each costs less than a large root page."""
    polled = Package.objects.filter(index=index).exclude(state=PackageState.MALFORMED)
    least: int = settings.WHEELWAY_ROOT_FROM
    return polled[:least].count() >= least


def follow(index: Index, client: IndexClient, now: datetime) -> int:
    """Request the root page once and make due the packages that it shows as changed. Return how many.

    An index without serials, or one that does not answer, is followed for WHEELWAY_ROOT_PATIENCE at most; after that
    its packages are polled one by one again.
    """
    seen = SerialCheckpoint(index.root_serial, index.root_names, index.root_compared_at)
    try:
        answer = client.root(
            index.root_etag or None,
            last_modified=index.root_last_modified or None,
            content_hash=index.root_hash or None,
        )
        if isinstance(answer, NotModified):
            # The same page was compared before.
            Index.objects.filter(pk=index.pk, root_checked_at__isnull=False).update(root_checked_at=now, root_error="")
            return 0
        rows = _read_rows(index, seen, answer, now)
    except IndexFault as error:
        return _unanswered(index, str(error), now)
    if rows.page.newest is None:
        return _unanswered(index, NO_SERIALS, now)
    due = _make_due(rows, now)
    # Written last: after a worker is killed before here, the page is compared again. Of two workers either may write
    # last: everything up to its serial has been compared.
    Index.objects.filter(pk=index.pk).update(
        root_etag=answer.etag or "",
        root_last_modified=answer.last_modified or "",
        root_hash=answer.content_hash,
        root_checked_at=now,
        root_error="",
        root_serial=rows.page.newest,
        root_names=rows.page.names,
        root_compared_at=now if rows.is_whole else seen.compared_at,
    )
    logger.info("followed index=%s due=%s rows=%s", index.pk, due, "all" if rows.is_whole else len(rows.page.serials))
    return due


def _unanswered(index: Index, reason: str, now: datetime) -> int:
    Index.objects.filter(pk=index.pk).update(root_error=reason)
    followed_since = index.root_checked_at
    if followed_since is None or is_followed(followed_since, now, settings.WHEELWAY_ROOT_PATIENCE):
        return 0
    Index.objects.filter(pk=index.pk).update(**_NOT_FOLLOWED)
    later = Package.objects.filter(index=index, due_at__gt=now, state=PackageState.CURRENT, failures=0)
    return later.update(due_at=now, due_reason=noop("the root page has no serials any more"))


def _read_rows(index: Index, seen: SerialCheckpoint, answer: FreshRoot, now: datetime) -> _RootRows:
    """Read the rows above the last serial, or all rows once an interval. Raises InvalidIndexPage."""
    above = serial_threshold(seen, now, settings.WHEELWAY_ROOT_COMPARE)
    if above is not None:
        page = answer.page(above=above)
        if is_continuous(seen, page):
            return _RootRows(page, _packages(index, sorted(page.serials)), is_whole=False)
    packages = _packages(index)
    return _RootRows(answer.page(among=packages.keys()), packages, is_whole=True)


def _packages(index: Index, names: Sequence[NormalizedName] | None = None) -> dict[NormalizedName, _PackageSerial]:
    """Return the stored serials of the index's packages, all or those of these names, by name."""
    packages = Package.objects.filter(index=index)
    parts = [packages]
    if names is not None:
        parts = [packages.filter(name__in=some) for some in in_chunks(names, CHUNK)]
    found: dict[NormalizedName, _PackageSerial] = {}
    for part in parts:
        rows = part.values_list("name", "pk", "state", "serial", "wanted_serial")
        for name, pk, state, serial, wanted in rows.iterator(chunk_size=5000):
            found[NormalizedName(name)] = _PackageSerial(pk, state, serial, wanted)
    return found


def _make_due(rows: _RootRows, now: datetime) -> int:
    moved: dict[int | None, list[int]] = {}
    appeared: list[int] = []
    serials = rows.page.serials
    for name, package in rows.packages.items():
        if package.state == PackageState.CURRENT:
            if name not in serials:
                # Not listed any more: its own page shows whether it is gone.
                moved.setdefault(package.wanted, []).append(package.pk)
            elif (serial := serials[name]) not in (package.serial, package.wanted):
                moved.setdefault(serial, []).append(package.pk)
        elif package.state == PackageState.MISSING and name in serials:
            appeared.append(package.pk)
    count = 0
    for serial, pks in moved.items():
        for some in in_chunks(pks, CHUNK):
            count += Package.objects.filter(pk__in=some).update(
                due_at=now, due_reason=_MOVED, wanted_serial=serial, queued_until=None
            )
    for some in in_chunks(appeared, CHUNK):
        count += Package.objects.filter(pk__in=some).update(due_at=now, due_reason=_APPEARED, queued_until=None)
    return count
