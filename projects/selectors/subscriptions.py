"""The alerts page: what one user watches and follows, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Count, F, Max, QuerySet, Window
from django.db.models.functions import RowNumber
from packaging.utils import canonicalize_name

from projects.domain.assessment.package_result import PackageResult
from projects.domain.assessment.verdicts import Verdict
from projects.domain.cadence import Cadence
from projects.domain.mail_choices import MailKind
from projects.models import (
    Alert,
    AlertState,
    Assessment,
    MailPreference,
    PackageRows,
    Project,
    Subscription,
    TargetAssessment,
)
from projects.presentation.subscriptions import (
    KIND_NAMES,
    FollowRow,
    MessageRow,
    TargetWatchRow,
    WatchRow,
    WatchState,
    verdict_text,
)
from projects.selectors.failures import failure_text
from projects.selectors.projects import package_result
from scanner.domain.targets.target import UnknownTarget, parse_target
from scanner.domain.translation import gettext

_DIGESTS = 5


def watch_list(user: User) -> tuple[WatchRow, ...]:
    """Return the user's watches, active ones first, then newest first. Projects that the user left are left out."""
    watches = list(
        Subscription.objects.watches()
        .filter(user=user, project__in=Project.objects.visible_to(user))
        .select_related("project", "package")
        .prefetch_related("alerts")
        .order_by("-pk")
    )
    cells = _cells(watches)
    rows = [_watch_row(watch, cells.get((watch.project_id, watch.target, watch.package_name))) for watch in watches]
    return tuple(sorted(rows, key=lambda row: row.state is not WatchState.ACTIVE))


def target_watch_list(user: User) -> tuple[TargetWatchRow, ...]:
    """Return the user's watches of whole targets, active ones first, then newest first. Two queries."""
    watches = (
        Subscription.objects.target_watches()
        .filter(user=user, project__in=Project.objects.visible_to(user))
        .select_related("project")
        .prefetch_related("alerts")
        .order_by("-pk")
    )
    rows = [_target_watch_row(watch) for watch in watches]
    return tuple(sorted(rows, key=lambda row: row.state is not WatchState.ACTIVE))


def follow_list(user: User) -> tuple[FollowRow, ...]:
    """Return every project visible to the user, followed ones first, then by name. Four queries."""
    projects = list(Project.objects.visible_to(user).order_by("name", "pk"))
    newest: dict[int, Subscription] = {}
    for follow in Subscription.objects.follows().filter(user=user, project__in=projects).order_by("pk"):
        newest[follow.project_id] = follow
    messages: dict[int, list[MessageRow]] = {}
    for alert in _last_digests([follow.pk for follow in newest.values()]):
        messages.setdefault(alert.subscription_id, []).append(_message_row(alert, alert.note_count))
    turned_off: dict[int, list[str]] = {}
    stored = MailPreference.objects.filter(user=user, project__in=projects).order_by("kind")
    for project_id, kind in stored.values_list("project", "kind"):
        turned_off.setdefault(project_id, []).append(gettext(KIND_NAMES[MailKind(kind)]))
    rows = [
        _follow_row(project, newest.get(project.pk), messages, turned_off.get(project.pk, ())) for project in projects
    ]
    return tuple(sorted(rows, key=lambda row: not row.is_active))


def version_in_use(project: Project, package: str, target: str) -> str:
    """Return the version that the newest assessment has for a package on a target, "" without one. Two queries."""
    result = package_result(project, target, canonicalize_name(package))
    return result.installed_version or "" if result is not None else ""


def target_label(slug: str) -> str:
    """Return a target's label, or the slug if this version of Wheelway knows no such target."""
    try:
        return parse_target(slug).label
    except UnknownTarget:
        return slug


def _cells(watches: Iterable[Subscription]) -> dict[tuple[int, str, str], PackageResult]:
    """Return the package results of the newest assessments, by project, target and package."""
    wanted = {(watch.project_id, watch.target, watch.package_name) for watch in watches}
    newest = (
        Assessment.objects.filter(project_id__in={project for project, _, _ in wanted})
        .values("project_id")
        .annotate(newest=Max("pk"))
        .order_by()
    )
    rows = (
        TargetAssessment.objects.filter(
            assessment__in=[found["newest"] for found in newest], target__in={target for _, target, _ in wanted}
        )
        .annotate(found=PackageRows(name for _, _, name in wanted))
        .values_list("assessment__project_id", "target", "found")
    )
    return {
        key: PackageResult.from_json(row)
        for project, target, found in rows
        for row in found or ()
        if (key := (project, target, row["name"])) in wanted
    }


def _watch_row(watch: Subscription, package: PackageResult | None) -> WatchRow:
    alerts = sorted(watch.alerts.all(), key=lambda alert: -alert.pk)
    verdict = package.verdict if package is not None else Verdict.UNKNOWN
    first = package.first_available.version if package is not None and package.first_available else ""
    return WatchRow(
        pk=watch.pk,
        package=watch.package_name,
        target=watch.target,
        target_label=target_label(watch.target),
        project=watch.project.name,
        project_slug=watch.project.slug,
        above_version=watch.above_version,
        since=watch.created_at,
        ended_at=watch.stopped_at,
        state=_watch_state(watch, alerts),
        is_assessed=package is not None,
        verdict=verdict,
        verdict_text=verdict_text(verdict, first) if package is not None else gettext("not in the newest assessment"),
        messages=tuple(_message_row(alert) for alert in alerts),
    )


def _target_watch_row(watch: Subscription) -> TargetWatchRow:
    alerts = sorted(watch.alerts.all(), key=lambda alert: -alert.pk)
    return TargetWatchRow(
        pk=watch.pk,
        project=watch.project.name,
        project_slug=watch.project.slug,
        target=watch.target,
        target_label=target_label(watch.target),
        blockers=tuple(watch.reported or ()),
        since=watch.created_at,
        ended_at=watch.stopped_at,
        state=_watch_state(watch, [alert for alert in alerts if alert.is_clear]),
        messages=tuple(map(_message_row, alerts)),
    )


def _watch_state(watch: Subscription, alerts: Iterable[Alert]) -> WatchState:
    """Return the state. `alerts` are those that end the watch once they are sent."""
    if any(alert.state == AlertState.SENT for alert in alerts):
        return WatchState.SATISFIED
    return WatchState.ACTIVE if watch.stopped_at is None else WatchState.STOPPED


def _last_digests(subscription_ids: Collection[int]) -> QuerySet[Any]:
    """Return the newest digests of each subscription, each with the number of its notes (`note_count`)."""
    rank = Window(RowNumber(), partition_by=F("subscription"), order_by=F("pk").desc())
    digests = Alert.objects.filter(subscription__in=subscription_ids).annotate(note_count=Count("mentions"), rank=rank)
    return digests.filter(rank__lte=_DIGESTS).order_by("-pk")


def _follow_row(
    project: Project,
    follow: Subscription | None,
    messages: Mapping[int, Sequence[MessageRow]],
    turned_off: Sequence[str],
) -> FollowRow:
    return FollowRow(
        pk=follow.pk if follow else None,
        project=project.name,
        project_slug=project.slug,
        since=follow.created_at if follow else None,
        ended_at=follow.stopped_at if follow else None,
        messages=tuple(messages.get(follow.pk, ())) if follow else (),
        cadence=follow.cadence if follow else Cadence.SOON.value,
        zone=follow.zone if follow else "",
        turned_off=tuple(turned_off),
    )


def _message_row(alert: Alert, notes: int = 0) -> MessageRow:
    return MessageRow(
        version=alert.version,
        filename=alert.filename,
        notes=notes,
        state=alert.state,
        attempts=alert.attempts,
        error=failure_text(alert.error),
        created_at=alert.created_at,
        sent_at=alert.sent_at,
        fell=tuple(alert.fell),
        is_clear=alert.is_clear,
    )
