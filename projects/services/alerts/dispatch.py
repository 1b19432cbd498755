"""Dispatch of wheel events to the watches and projects that they concern (docs/alerts.md)."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F

from projects.domain.watches import ReleaseFiles, WatchMatch, new_match, parse_version, watch_criteria
from projects.models import Alert, AlertState, ProjectPackage, Subscription
from projects.services.alerts.digests import gather_digests
from projects.services.alerts.send import due_alerts
from projects.services.alerts.target_watches import report_targets
from projects.services.alerts.upstream_notes import write_notes
from projects.services.alerts.watches import packages_of
from scanner.domain.targets.target import UnknownTarget, parse_target
from scanner.selectors.releases import release_facts
from scanner.services.events import claim_events, close_events, mark_watched, packages_with_events

logger = logging.getLogger(__name__)

# A watch with a message in one of these states gets no other: each watch sends one message.
_NOT_FAILED = (AlertState.QUEUED, AlertState.SENDING, AlertState.SENT)


def dispatch_events(now: datetime) -> list[int]:
    """Turn unprocessed wheel events into alerts and notes. Return the ids of all alerts that are due to be sent.

    The events of a package and their results are stored in one transaction. After a crash the next call repeats it, or
    returns the alert. May run concurrently.
    """
    watching = _watching()
    mark_watched(list(watching))
    # A late file can close a note, so every event of a package with an open note counts.
    noted = ProjectPackage.objects.filter(
        project__notes__name=F("package__name"), project__notes__closed_at__isnull=True
    ).values("package_id")
    close_events(now, watched=[list(watching), noted], used=ProjectPackage.objects.values("package_id"))
    for package_id in packages_with_events():
        with transaction.atomic():
            claimed = claim_events(package_id, now)
            if claimed.files and package_id in watching:
                _alert_watches(watching[package_id], claimed.new_files)
            write_notes(package_id, claimed, now)
    gather_digests(now)
    report_targets()
    return list(due_alerts(now).values_list("pk", flat=True))


def _watching() -> dict[int, dict[int, tuple[int, ...]]]:
    """Return the watches of each watched package, each with its packages on all indexes of its project."""
    watches = list(Subscription.objects.active().watches().select_related("package").order_by("pk"))
    found: dict[int, dict[int, tuple[int, ...]]] = {}
    for watch, packages in packages_of(watches).items():
        for package_id in packages:
            found.setdefault(package_id, {})[watch] = packages
    return found


def _alert_watches(packages: Mapping[int, Sequence[int]], new_files: Mapping[str, set[str]]) -> None:
    """Create the alerts for new files, in the transaction of the claim. `packages` are those of each watch."""
    # The lock makes a concurrent dispatcher, with other events of the package, see the alerts that this one creates.
    watches = Subscription.objects.active().filter(pk__in=packages).order_by("pk").select_for_update(of=("self",))
    locked = list(watches.select_related("project"))
    alerted = set(
        Alert.objects.filter(subscription__in=packages, state__in=_NOT_FAILED).values_list("subscription_id", flat=True)
    )
    waiting = [watch for watch in locked if watch.pk not in alerted]
    in_use = {str(version) for watch in waiting if (version := parse_version(watch.above_version)) is not None}
    for those in {tuple(packages[watch.pk]) for watch in waiting}:
        releases = release_facts(those, in_use | new_files.keys())
        for watch in waiting:
            if tuple(packages[watch.pk]) == those and (found := _new_match(watch, releases, new_files)) is not None:
                _make_alert(watch, found)


def _new_match(watch: Subscription, releases: ReleaseFiles, new_files: Mapping[str, set[str]]) -> WatchMatch | None:
    try:
        target = parse_target(watch.target)
    except UnknownTarget as error:
        # A target that an older version knew. One bad row must not block the others.
        logger.warning("watch %s has an unknown target: %s", watch.pk, error)
        return None
    criteria = watch_criteria(target, watch.above_version, releases, prereleases=watch.project.prereleases)
    return new_match(criteria, releases, new_files)


def _make_alert(watch: Subscription, found: WatchMatch) -> None:
    Alert.objects.get_or_create(
        subscription=watch,
        version=found.version,
        defaults={
            "filename": found.cell.file or "",
            "tag": found.cell.tag or "",
            "uploaded_at": found.cell.uploaded_at,
        },
    )
