"""Store what indexes answered for the metadata of releases."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import F

from scanner.domain.files.sdist_metadata import MetadataGrade, StatedDependencies
from scanner.models import CoreMetadata, Package, Release
from scanner.services.metadata import MetadataAnswer
from scanner.services.storage.sql import insert_values, marks, select_rows, update_values

# After so many failures, about an hour, what the index has counts as unreadable; it is still tried once a day.
FAILURES_UNTIL_UNREADABLE = 6
_MOST_FAILURES = 30
_FAILURE_COLUMNS = ("metadata_error", "metadata_tried_at", "metadata_failures", "metadata_grade")


def store_metadata(answers: Collection[MetadataAnswer], now: datetime) -> None:
    """Store what was answered, in one transaction."""
    found = {one.release_id: one.found for one in answers if one.found is not None}
    failed = {one.release_id: one for one in answers if one.error and one.found is None}
    digests = {pk: _digest(one) for pk, one in found.items()}
    with transaction.atomic():
        keys = _core_metadata({digests[pk]: one for pk, one in found.items()})
        rows = {
            pk: (
                *(keys[digests[pk]], one.declared.to_text(), [list(link) for link in one.links]),
                *("", now, 0, one.grade.value),
            )
            for pk, one in found.items()
        }
        update_values(Release, ("metadata", "declared", "links", *_FAILURE_COLUMNS), rows)
        if failed:
            _store_failures(failed, now)


def _store_failures(failed: Mapping[int, MetadataAnswer], now: datetime) -> None:
    rows: dict[int, tuple[object, ...]] = {}
    unreadable: list[int] = []
    where = f"id IN {marks(failed)} AND metadata_id IS NULL ORDER BY id"
    for pk, package, before in select_rows(Release, ("pk", "package", "metadata_failures"), where, list(failed)):
        failures = min(before + 1, _MOST_FAILURES)
        is_unreadable = failed[pk].has_answered and failures >= FAILURES_UNTIL_UNREADABLE
        if is_unreadable and failures == FAILURES_UNTIL_UNREADABLE:
            unreadable.append(package)
        grade = MetadataGrade.UNREADABLE if is_unreadable else MetadataGrade.CERTAIN
        rows[pk] = (failed[pk].error, now, failures, grade.value)
    update_values(Release, _FAILURE_COLUMNS, rows)
    if unreadable:
        # Assessments that wait for it are computed again: it is not judged from now on.
        Package.objects.filter(pk__in=unreadable).update(revision=F("revision") + 1, changed_at=now)


def _digest(found: StatedDependencies) -> str:
    return hashlib.sha256(json.dumps([found.requires_dist, found.extras]).encode()).hexdigest()


def _core_metadata(found: Mapping[str, StatedDependencies]) -> dict[str, int]:
    """Return the keys of the rows of what was found by digest, made where there is none."""
    known = _known_core_metadata(found)
    fresh = found.keys() - known.keys()
    if fresh:
        rows = [(digest, list(found[digest].requires_dist), list(found[digest].extras)) for digest in sorted(fresh)]
        insert_values(CoreMetadata, ("digest", "requires_dist", "extras"), rows, ignore_conflicts=True)
        known.update(_known_core_metadata(fresh))
    return known


def _known_core_metadata(digests: Collection[str]) -> dict[str, int]:
    if not digests:
        return {}
    return dict(select_rows(CoreMetadata, ("digest", "pk"), f"digest IN {marks(digests)}", list(digests)))
