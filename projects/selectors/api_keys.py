"""The keys of one user, without secrets, for their page."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from projects.models import ApiKey

if TYPE_CHECKING:
    from django.contrib.auth.models import User


class KeyLine(Struct, frozen=True):
    """One key of the list. `project` is the name of the only project that it is for, "" for all."""

    pk: int
    name: str
    prefix: str
    permits: str
    project: str
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


def key_list(user: User) -> tuple[KeyLine, ...]:
    """Return the user's keys, those in use first, then the newest first. One query."""
    rows = ApiKey.objects.filter(user=user).select_related("project").order_by("-pk")
    lines = [
        KeyLine(
            row.pk,
            row.name,
            row.prefix,
            row.get_scope_display(),
            row.project.name if row.project is not None else "",
            row.created_at,
            row.last_used_at,
            row.revoked_at,
        )
        for row in rows
    ]
    return tuple(sorted(lines, key=lambda line: line.revoked_at is not None))
