"""Access to projects: the project that a request may read or change."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import F, QuerySet
from django.http import Http404, HttpRequest
from django_htmx.middleware import HtmxDetails

from projects.client_address import client_address
from projects.domain.logged_action import Actor
from projects.domain.permissions import Action, Role, may
from projects.models import ApiKey, Project, Team
from projects.selectors.versions import PageFacts
from scanner.domain.translation import gettext, noop

READ_ONLY = noop("Your account can read this project but not change it.")
_NOT_PERMITTED = noop("Your role in this team does not permit this.")


class HtmxHttpRequest(HttpRequest):
    """The request of a page that requires sign-in, with django-htmx's details."""

    htmx: HtmxDetails
    user: User
    page_facts: PageFacts | None


def key_of(request: HttpRequest) -> ApiKey | None:
    """Return the key of a request to the API, whose user is `request.user`; None for a signed-in person."""
    key: ApiKey | None = getattr(request, "api_key", None)
    return key


def visible_projects(request: HttpRequest) -> QuerySet[Project]:
    """Return the projects that the request may read: those of its user, with a key for one project that one."""
    key = key_of(request)
    found = Project.objects.visible_to(request.user)
    return found.filter(pk=key.project_id) if key is not None and key.project_id is not None else found


def get_project(request: HttpRequest, slug: str, edit: bool = False) -> Project:
    """Return the project if the user is a member of its team, with `role` set to that of the membership. One query.

    Raises Http404 both for a project that does not exist and for a user who is not a member; PermissionDenied for a
    reader if `edit`. A key that only reads makes its user a reader.
    """
    project = visible_projects(request).filter(slug=slug).annotate(role=F("team__memberships__role")).first()
    if project is None:
        raise Http404
    key = key_of(request)
    if key is not None and not key.can_write:
        project.role = Role.READER
    if edit and not can_edit(project):
        raise PermissionDenied(gettext(READ_ONLY))
    return project


def get_team(request: HttpRequest, slug: str, action: Action = Action.READ) -> Team:
    """Return the team if the user is a member, with `role` set to that of the membership. One query.

    Raises Http404 for strangers, PermissionDenied for a member whose role does not permit the action.
    """
    team = Team.objects.of(request.user.pk).filter(slug=slug).first()
    if team is None:
        raise Http404
    if not may(role_in(team), action):
        raise PermissionDenied(gettext(_NOT_PERMITTED))
    return team


def role_in(found: Project | Team) -> Role:
    """Return the role of the member for whom `get_project` or `get_team` returned it."""
    return Role(getattr(found, "role", Role.READER))


def actor_of(request: HttpRequest) -> Actor:
    """Return who asks, for the audit log."""
    return Actor(request.user.pk, request.user.get_username(), client_address(request))


def can_edit(project: Project) -> bool:
    """Return whether the member for whom `get_project` returned the project may change it."""
    return may(getattr(project, "role", None), Action.CHANGE_PROJECT)


def can_manage(project: Project) -> bool:
    """Return whether the member for whom `get_project` returned the project may rename and delete it."""
    return may(getattr(project, "role", None), Action.MANAGE_PROJECT)
