"""The watches of one user as the alerts page shows them, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Max
from packaging.utils import canonicalize_name

from projects.domain.assessment.verdicts import Verdict
from projects.models import Alert, AlertState, Assessment, PackageRows, Project, Subscription, TargetAssessment
from projects.selectors import stored_cell
from projects.services.alerts.watches import WatchState, label_of, state_of

# What a message's state means to the person who waits for it.
_MESSAGES = {
    AlertState.QUEUED: "waiting to be sent",
    AlertState.SENDING: "handed over, no answer yet",
    AlertState.SENT: "sent",
    AlertState.FAILED: "not sent",
    AlertState.SKIPPED: "left out",
}


@dataclass(frozen=True, slots=True)
class MessageRow:
    """One message. `error` is what the mail server said last, or why the message was left out.

    version, filename: of the wheel that a watch waited for. notes: how many things a digest tells.
    """

    version: str
    filename: str
    notes: int
    state: str
    words: str
    attempts: int
    error: str
    created_at: datetime
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class WatchRow:
    """One watch with its messages, newest first. `verdict` is that of the project's last assessment."""

    pk: int
    package: str
    target: str
    target_label: str
    project: str
    project_slug: str
    above_version: str
    since: datetime
    ended_at: datetime | None
    state: WatchState
    verdict: Verdict
    verdict_words: str
    messages: tuple[MessageRow, ...]


def watch_list(user: User) -> tuple[WatchRow, ...]:
    """The user's watches, active ones first, then newest first. Projects the user left are left out."""
    watches = list(
        Subscription.objects.watches()
        .filter(user=user, project__in=Project.objects.visible_to(user))
        .select_related("project", "package")
        .prefetch_related("alerts")
        .order_by("-pk")
    )
    cells = _cells(watches)
    rows = [_row(watch, cells.get((watch.project_id, watch.target, watch.package_name))) for watch in watches]
    return tuple(sorted(rows, key=lambda row: row.state is not WatchState.ACTIVE))


def version_in_use(project: Project, package: str, target: str) -> str:
    """The version that the project's last assessment has for a package on a target; "" when it has none."""
    row = stored_cell(project, target, canonicalize_name(package))
    return str(row["version"] or "") if row else ""


def _cells(watches: Iterable[Subscription]) -> dict[tuple[int, str, str], Mapping[str, Any]]:
    """The stored package rows of the newest assessments, by project, target and package."""
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
        key: row
        for project, target, found in rows
        for row in found or ()
        if (key := (project, target, row["name"])) in wanted
    }


def _row(watch: Subscription, cell: Mapping[str, Any] | None) -> WatchRow:
    alerts = sorted(watch.alerts.all(), key=lambda alert: -alert.pk)
    verdict, words = _verdict(cell)
    return WatchRow(
        pk=watch.pk,
        package=watch.package_name,
        target=watch.target,
        target_label=label_of(watch),
        project=watch.project.name,
        project_slug=watch.project.slug,
        above_version=watch.above_version,
        since=watch.created_at,
        ended_at=watch.stopped_at,
        state=state_of(watch, alerts),
        verdict=verdict,
        verdict_words=words,
        messages=tuple(message_row(alert) for alert in alerts),
    )


def _verdict(cell: Mapping[str, Any] | None) -> tuple[Verdict, str]:
    if cell is None:
        return Verdict.UNKNOWN, "not in the last assessment"
    verdict = Verdict(cell["verdict"])
    first = cell.get("first_available")
    words = {
        Verdict.READY: "installs from a wheel",
        Verdict.DEGRADED: "installs, not at its best",
        Verdict.UPGRADE: f"works from {first['version']}" if first else "works after an upgrade",
        Verdict.BLOCKED: "no version yet",
        Verdict.UNKNOWN: "not known yet",
        Verdict.INACTIVE: "not needed here",
    }
    return verdict, words[verdict]


def message_row(alert: Alert, notes: int = 0) -> MessageRow:
    """One message as the page shows it."""
    state = AlertState(alert.state)
    return MessageRow(
        version=alert.version,
        filename=alert.filename,
        notes=notes,
        state=state.value,
        words=_MESSAGES[state],
        attempts=alert.attempts,
        error=alert.error,
        created_at=alert.created_at,
        sent_at=alert.sent_at,
    )
