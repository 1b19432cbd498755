"""The navigation between the pages of one project."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django import template
from django.template import RequestContext
from django.urls import reverse
from msgspec import Struct

from projects.access import can_edit, can_manage
from projects.models import Project
from scanner.domain.translation import gettext, noop

register = template.Library()

# Pages that are reached from another one count as that one.
_BELOW = {
    "project-index-login": "project-indexes",
    "project-index-remove": "project-indexes",
    "project-repository-edit": "project-repository",
    "project-snapshot": "project-snapshots",
    "project-requirements": "project-snapshots",
    "project-move": "project-audit",
    "endpoint": "endpoints",
    "waiver-add": "project-waivers",
    "break-add": "project-breaks",
    "break-contest": "project-breaks",
    "project-move-to-team": "project-settings",
    "project-delete": "project-settings",
}
# The first page of a group that the reader may open is where the group leads.
_GROUPS: Mapping[str, Mapping[str, str]] = {
    noop("Overview"): {"project": noop("Overview")},
    noop("Snapshots"): {"project-snapshots": noop("Snapshots")},
    noop("Source"): {"project-audit": noop("Source")},
    noop("Decisions"): {"project-waivers": noop("Waivers"), "project-breaks": noop("Known breaks")},
    noop("Setup"): {
        "project-targets": noop("Targets and policy"),
        "project-repository": noop("Repository"),
        "project-indexes": noop("Indexes"),
        "endpoints": noop("Endpoints"),
        "project-badges": noop("Badges"),
        "project-settings": noop("Settings"),
    },
}
_FOR_EDITORS = {"project-targets", "project-repository", "endpoints"}
_FOR_MANAGERS = {"project-settings"}


class NavLink(Struct, frozen=True):
    """A link of the navigation. `current` is its aria-current: "page", "true" for the group of the page, or ""."""

    label: str
    url: str
    current: str


@register.inclusion_tag("projects/_nav.html", takes_context=True)
def project_nav(context: RequestContext) -> dict[str, Any]:
    """Lead to the project's pages: the groups, and below them the pages of the present group."""
    project, match = context["project"], context["request"].resolver_match
    page = _BELOW.get(match.url_name, match.url_name)
    groups, pages = [], []
    for label, members in _GROUPS.items():
        links = list(_links(project, members, page))
        is_here = any(link.current for link in links)
        alone = len(members) == 1
        groups.append(NavLink(gettext(label), links[0].url, ("page" if alone else "true") if is_here else ""))
        if is_here and not alone:
            pages = links
    return {"project": project, "groups": groups, "pages": pages}


def _links(project: Project, members: Mapping[str, str], page: str) -> Iterator[NavLink]:
    """Return the pages of a group that the reader of the project may open."""
    for name, label in members.items():
        if (name in _FOR_EDITORS and not can_edit(project)) or (name in _FOR_MANAGERS and not can_manage(project)):
            continue
        yield NavLink(gettext(label), reverse(name, args=[project.slug]), "page" if name == page else "")
