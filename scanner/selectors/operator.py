"""What the operator's page and commands show: how current the data are, what is polled next, and how polls end."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum

from django.db.models import Count, F, Max, Min, Q, Sum
from msgspec import Struct

from scanner.domain.health import RATE_SPAN, PollingHealth, ResultCount
from scanner.domain.index_faults import index_fault_text
from scanner.domain.translation import noop
from scanner.models import CLAIM_FOR, Index, Package, PollStats, Release, WheelEvent


class PollFilter(Enum):
    """Which packages a list of polls shows."""

    ALL = noop("all")
    DUE = noop("due")
    FAILING = noop("failing")
    NEW = noop("never answered")
    ENDED = noop("never polled again")


class ScheduledPoll(Struct, frozen=True):
    """A package's next poll and its reason. due_at None: it is not polled again until it is requested."""

    name: str
    index_url: str
    due_at: datetime | None
    reason: str
    failures: int
    last_error: str
    is_queued: bool
    is_claimed: bool


class FollowedIndex(Struct, frozen=True):
    """An index. checked_at: when its root page last gave serials, None where packages are polled one by one."""

    url: str
    packages: int
    checked_at: datetime | None
    error: str


def polling_health(now: datetime) -> PollingHealth:
    """Return the state of polling. Three queries, each over one index or one pass of a table."""
    found = Package.objects.aggregate(
        packages=Count("pk"),
        due=Count("pk", filter=Q(due_at__lte=now)),
        ended=Count("pk", filter=Q(due_at__isnull=True)),
        queued=Count("pk", filter=Q(queued_until__gt=now)),
        claimed=Count("pk", filter=Q(claimed_until__gt=now)),
        failing=Count("pk", filter=Q(failures__gt=0)),
        never=Count("pk", filter=Q(state="pending", due_at__isnull=False)),
        lately=Count("pk", filter=Q(checked_at__gt=now - RATE_SPAN)),
        oldest_due=Min("due_at", filter=Q(due_at__lte=now)),
        oldest_queued=Min("queued_until", filter=Q(queued_until__gt=now)),
        last=Max("checked_at"),
    )
    waiting = WheelEvent.objects.filter(processed_at__isnull=True).aggregate(count=Count("pk"), oldest=Min("seen_at"))
    unsettled = Release.objects.filter(unsettled_since__isnull=False).count()
    return PollingHealth(
        packages=found["packages"],
        due=found["due"],
        ended=found["ended"],
        queued=found["queued"],
        claimed=found["claimed"],
        failing=found["failing"],
        never_answered=found["never"],
        answered_lately=found["lately"],
        oldest_due=_age(found["oldest_due"], now),
        # A package is marked as queued for a fixed span, so its age follows from the end.
        oldest_queued=_age(found["oldest_queued"] and found["oldest_queued"] - CLAIM_FOR, now),
        events_waiting=waiting["count"],
        oldest_event=_age(waiting["oldest"], now),
        releases_unsettled=unsettled,
        last_answer_at=found["last"],
    )


def scheduled_polls(
    limit: int, now: datetime, *, name: str = "", only: PollFilter = PollFilter.ALL
) -> list[ScheduledPoll]:
    """Return the packages to be polled next, the longest due first and those without a next poll last. One query.

    name: part of a package's name.
    """
    chosen = {
        PollFilter.ALL: Q(),
        PollFilter.DUE: Q(due_at__lte=now),
        PollFilter.FAILING: Q(failures__gt=0),
        PollFilter.NEW: Q(state="pending", due_at__isnull=False),
        PollFilter.ENDED: Q(due_at__isnull=True),
    }[only]
    found = Package.objects.filter(chosen, name__contains=name)
    rows = found.select_related("index").order_by(F("due_at").asc(nulls_last=True), "pk")[:limit]
    return [
        ScheduledPoll(
            name=row.name,
            index_url=row.index.url,
            due_at=row.due_at,
            reason=row.due_reason,
            failures=row.failures,
            last_error=index_fault_text(row.last_error),
            is_queued=row.queued_until is not None and row.queued_until > now,
            is_claimed=row.claimed_until is not None and row.claimed_until > now,
        )
        for row in rows
    ]


def poll_stats_since(moment: datetime) -> list[ResultCount]:
    """Return how polls ended since the beginning of that hour, by result. One query."""
    rows = PollStats.objects.filter(hour__gte=moment.replace(minute=0, second=0, microsecond=0))
    totals = rows.values("result").annotate(all_polls=Sum("polls"), all_bytes=Sum("size")).order_by("result")
    return [ResultCount(row["result"], row["all_polls"], row["all_bytes"]) for row in totals]


def followed_indexes() -> list[FollowedIndex]:
    """Return every index. One query."""
    rows = Index.objects.annotate(number=Count("packages")).order_by("pk")
    return [FollowedIndex(row.url, row.number, row.root_checked_at, index_fault_text(row.root_error)) for row in rows]


def _age(since: datetime | None, now: datetime) -> timedelta | None:
    return now - since if since is not None else None
