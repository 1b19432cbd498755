"""What an operator looks at: how current the data are, how polls end, and who is left alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from django.db.models import Count, F, Max, Min, Q, Sum

from scanner.models import CLAIM_FOR, Index, Package, PollStats, Release, WheelEvent

# The span over which the rate of answers is told.
LATELY = timedelta(minutes=10)


class PollFilter(Enum):
    """Which packages to show."""

    ALL = "all"
    DUE = "due"
    FAILING = "failing"
    NEW = "never answered"
    ENDED = "never polled again"


@dataclass(frozen=True, slots=True)
class PollingHealth:
    """Figures of one moment. Ages are None when nothing waits. answered_lately: packages, in the last LATELY."""

    packages: int
    due: int
    ended: int
    queued: int
    claimed: int
    failing: int
    never_answered: int
    answered_lately: int
    oldest_due: timedelta | None
    oldest_queued: timedelta | None
    events_waiting: int
    oldest_event: timedelta | None
    releases_unsettled: int
    last_answer_at: datetime | None


@dataclass(frozen=True, slots=True)
class NextPoll:
    """One package's next poll and its reason. due_at None: it is never polled again unless somebody asks."""

    name: str
    index_url: str
    due_at: datetime | None
    reason: str
    failures: int
    last_error: str
    is_queued: bool
    is_claimed: bool


@dataclass(frozen=True, slots=True)
class ResultCount:
    """Polls of one outcome over a span. size: bytes of pages."""

    outcome: str
    polls: int
    size: int


@dataclass(frozen=True, slots=True)
class FollowedIndex:
    """An index, and whether its root page tells who is due. checked_at: its last answer with serials."""

    url: str
    packages: int
    checked_at: datetime | None
    error: str


def polling_health(now: datetime) -> PollingHealth:
    """Three queries, each over one table's index or one pass."""
    found = Package.objects.aggregate(
        packages=Count("pk"),
        due=Count("pk", filter=Q(due_at__lte=now)),
        ended=Count("pk", filter=Q(due_at__isnull=True)),
        queued=Count("pk", filter=Q(queued_until__gt=now)),
        claimed=Count("pk", filter=Q(claimed_until__gt=now)),
        failing=Count("pk", filter=Q(failures__gt=0)),
        never=Count("pk", filter=Q(state="pending", due_at__isnull=False)),
        lately=Count("pk", filter=Q(checked_at__gt=now - LATELY)),
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
        # Marked as queued for a known span, so its age follows from the end.
        oldest_queued=_age(found["oldest_queued"] and found["oldest_queued"] - CLAIM_FOR, now),
        events_waiting=waiting["count"],
        oldest_event=_age(waiting["oldest"], now),
        releases_unsettled=unsettled,
        last_answer_at=found["last"],
    )


def next_polls(limit: int, now: datetime, *, name: str = "", only: PollFilter = PollFilter.ALL) -> list[NextPoll]:
    """The packages that are polled next, the longest due first; those that never are come last. One query.

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
        NextPoll(
            name=row.name,
            index_url=row.index.url,
            due_at=row.due_at,
            reason=row.due_reason,
            failures=row.failures,
            last_error=row.last_error,
            is_queued=row.queued_until is not None and row.queued_until > now,
            is_claimed=row.claimed_until is not None and row.claimed_until > now,
        )
        for row in rows
    ]


def poll_stats_since(moment: datetime) -> list[ResultCount]:
    """How polls ended since then, by whole hours. One query."""
    rows = PollStats.objects.filter(hour__gte=moment.replace(minute=0, second=0, microsecond=0))
    totals = rows.values("result").annotate(all_polls=Sum("polls"), all_bytes=Sum("size")).order_by("result")
    return [ResultCount(row["result"], row["all_polls"], row["all_bytes"]) for row in totals]


def followed_indexes() -> list[FollowedIndex]:
    """Every index. One query."""
    rows = Index.objects.annotate(number=Count("packages")).order_by("pk")
    return [FollowedIndex(row.url, row.number, row.root_checked_at, row.root_error) for row in rows]


def _age(since: datetime | None, now: datetime) -> timedelta | None:
    return now - since if since is not None else None
