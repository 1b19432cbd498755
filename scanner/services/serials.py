"""Follow an index by the serials of its root page: one conditional request tells which of all packages changed."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from packaging.utils import NormalizedName

from scanner.index.client import FreshRoot, IndexClient
from scanner.index.errors import IndexFault
from scanner.models import Index, Package, PackageState
from scanner.sealed import SealBroken
from scanner.services.indexes import client_of

logger = logging.getLogger(__name__)

CHUNK = 1000
_MOVED = "the root page tells a newer serial"
_APPEARED = "it is on the root page now"


def follow_all(now: datetime) -> int:
    """Follow each index with enough packages. Returns how many packages became due."""
    due = 0
    for index in Index.objects.order_by("pk"):
        if not _is_worth_it(index):
            continue
        try:
            due += follow(index, client_of(index), now)
        except SealBroken:
            logger.exception("index=%s its login was sealed with a key that is gone", index.pk)
    return due


def _is_worth_it(index: Index) -> bool:
    """A root page may be large: below so many packages, asking for each one costs less."""
    polled = Package.objects.filter(index=index).exclude(state=PackageState.MALFORMED)
    least: int = settings.WHEELWAY_ROOT_FROM
    return polled[:least].count() >= least


def follow(index: Index, client: IndexClient, now: datetime) -> int:
    """Ask for the root page once and make due what it says has changed. Returns how many.

    An index without serials, or one that does not answer, is not followed any longer than WHEELWAY_ROOT_PATIENCE;
    its packages are then polled one by one again.
    """
    try:
        answer = client.root(
            index.root_etag or None,
            last_modified=index.root_last_modified or None,
            content_hash=index.root_hash or None,
        )
    except IndexFault as error:
        return _unanswered(index, str(error), now)
    if not isinstance(answer, FreshRoot):
        if index.root_checked_at is None:
            return 0
        # The same page told everything already: nothing to compare.
        Index.objects.filter(pk=index.pk).update(root_checked_at=now, root_error="")
        return 0
    if not any(serial is not None for serial in answer.root.serials.values()):
        return _unanswered(index, "its root page has no serials", now)
    due = _make_due(index, answer.root.serials, now)
    # Written last: a worker killed before here compares again.
    Index.objects.filter(pk=index.pk).update(
        root_etag=answer.etag or "",
        root_last_modified=answer.last_modified or "",
        root_hash=answer.content_hash,
        root_checked_at=now,
        root_error="",
    )
    logger.info("followed index=%s due=%s", index.pk, due)
    return due


def _unanswered(index: Index, reason: str, now: datetime) -> int:
    Index.objects.filter(pk=index.pk).update(root_error=reason)
    followed_since = index.root_checked_at
    if followed_since is None or now - followed_since < settings.WHEELWAY_ROOT_PATIENCE:
        return 0
    Index.objects.filter(pk=index.pk).update(root_checked_at=None, root_etag="", root_last_modified="", root_hash="")
    later = Package.objects.filter(index=index, due_at__gt=now, state=PackageState.CURRENT, failures=0)
    return later.update(due_at=now, due_reason="the root page does not tell serials any more")


def _make_due(index: Index, serials: Mapping[NormalizedName, int | None], now: datetime) -> int:
    moved: dict[int | None, list[int]] = {}
    appeared: list[int] = []
    rows = Package.objects.filter(index=index).values_list("pk", "name", "state", "serial", "wanted_serial")
    for pk, name, state, serial, wanted in rows.iterator(chunk_size=5000):
        told = serials.get(NormalizedName(name), -1)
        if state == PackageState.CURRENT:
            if told == -1:
                # Not listed any more: its own page says whether it is gone.
                moved.setdefault(wanted, []).append(pk)
            elif told not in (serial, wanted):
                moved.setdefault(told, []).append(pk)
        elif state == PackageState.MISSING and told != -1:
            appeared.append(pk)
    count = 0
    for told, pks in moved.items():
        for start in range(0, len(pks), CHUNK):
            count += Package.objects.filter(pk__in=pks[start : start + CHUNK]).update(
                due_at=now, due_reason=_MOVED, wanted_serial=told, queued_until=None
            )
    for start in range(0, len(appeared), CHUNK):
        count += Package.objects.filter(pk__in=appeared[start : start + CHUNK]).update(
            due_at=now, due_reason=_APPEARED, queued_until=None
        )
    return count
