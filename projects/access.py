"""Who may see and change what: the project that a request may work with, or 404."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.http import Http404, HttpRequest
from django_htmx.middleware import HtmxDetails

from projects.models import Project, Role


class HtmxHttpRequest(HttpRequest):
    """The request of a page behind sign-in: the user is a real one, and `htmx` tells who asks."""

    htmx: HtmxDetails
    user: User


def get_project(request: HttpRequest, slug: str, edit: bool = False) -> Project:
    """The project that the user is a member of, with `role` set to the membership's role. One query.

    Raises Http404 for a stranger as for a project that does not exist, PermissionDenied for a reader when `edit`.
    """
    project = Project.objects.visible_to(request.user).filter(slug=slug).annotate(role=F("memberships__role")).first()
    if project is None:
        raise Http404
    if edit and not can_edit(project):
        raise PermissionDenied("Your account may read this project but not change it.")
    return project


def can_edit(project: Project) -> bool:
    """Whether the member that `get_project` found the project for may change it."""
    return getattr(project, "role", None) in (Role.MEMBER, Role.MANAGER)
