"""The audit log: lines are added, and never changed or removed."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from projects.domain.logged_action import Actor, LoggedAction
from projects.models import LogEntry

_LENGTH = 300


def record(
    actor: Actor,
    action: LoggedAction,
    target: str = "",
    *,
    team: int | None = None,
    before: str = "",
    after: str = "",
    now: datetime | None = None,
) -> None:
    """Add a line to the audit log. It is kept if the transaction of the change is."""
    LogEntry.objects.create(
        at=now or timezone.now(),
        actor_key=actor.key,
        actor_name=actor.name[:150],
        address=actor.address,
        team_key=team,
        action=action,
        target=target[:_LENGTH],
        before=before[:_LENGTH],
        after=after[:_LENGTH],
    )
