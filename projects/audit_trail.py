"""What a request did, for the audit log."""

from __future__ import annotations

from django.http import HttpRequest

from projects.access import actor_of
from projects.domain.logged_action import LoggedAction
from projects.models import Project
from projects.services.audit_log import record


def log_change(
    request: HttpRequest, action: LoggedAction, project: Project, *, before: str = "", after: str = ""
) -> None:
    """Record what the request did to a project."""
    record(actor_of(request), action, project.name, team=project.team_id, before=before, after=after)


def log_own(request: HttpRequest, action: LoggedAction, target: str, *, after: str = "") -> None:
    """Record what the request did to something of its user's own, which belongs to no team."""
    record(actor_of(request), action, target, after=after)
