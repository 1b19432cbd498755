"""The projects that one user may follow, with their digests, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Count, F, QuerySet, Window
from django.db.models.functions import RowNumber

from projects.models import Alert, Project, Subscription
from projects.services.alerts.watch_list import MessageRow, message_row

_DIGESTS = 5


@dataclass(frozen=True, slots=True)
class FollowRow:
    """One of the user's projects, followed or not. `pk` is that of the subscription; None where there was never one.

    `messages`: the last few digests, newest first.
    """

    pk: int | None
    project: str
    project_slug: str
    since: datetime | None
    ended_at: datetime | None
    messages: tuple[MessageRow, ...]

    @property
    def is_active(self) -> bool:
        """Whether the user follows it now."""
        return self.pk is not None and self.ended_at is None


def follow_list(user: User) -> tuple[FollowRow, ...]:
    """Every project that the user sees, followed ones first, then by name. Three queries."""
    projects = list(Project.objects.visible_to(user).order_by("name", "pk"))
    newest: dict[int, Subscription] = {}
    for follow in Subscription.objects.follows().filter(user=user, project__in=projects).order_by("pk"):
        newest[follow.project_id] = follow
    messages: dict[int, list[MessageRow]] = {}
    for alert in _last_digests([follow.pk for follow in newest.values()]):
        messages.setdefault(alert.subscription_id, []).append(message_row(alert, alert.noted))
    rows = [_follow_row(project, newest.get(project.pk), messages) for project in projects]
    return tuple(sorted(rows, key=lambda row: not row.is_active))


def _last_digests(subscription_ids: Collection[int]) -> QuerySet[Any]:
    """The newest messages of each, each with how many notes it tells (`noted`)."""
    place = Window(RowNumber(), partition_by=F("subscription"), order_by=F("pk").desc())
    told = Alert.objects.filter(subscription__in=subscription_ids).annotate(noted=Count("mentions"), place=place)
    return told.filter(place__lte=_DIGESTS).order_by("-pk")


def _follow_row(
    project: Project, follow: Subscription | None, messages: Mapping[int, Sequence[MessageRow]]
) -> FollowRow:
    return FollowRow(
        pk=follow.pk if follow else None,
        project=project.name,
        project_slug=project.slug,
        since=follow.created_at if follow else None,
        ended_at=follow.stopped_at if follow else None,
        messages=tuple(messages.get(follow.pk, ())) if follow else (),
    )
