"""The navigation between the pages of one project."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import RequestContext

from projects.access import can_edit, can_manage

register = template.Library()

# Pages that are reached from another one count as that one.
_BELOW = {
    "project-index-login": "project-indexes",
    "project-index-remove": "project-indexes",
    "project-repository-edit": "project-repository",
    "project-snapshot": "project-snapshots",
    "project-requirements": "project-snapshots",
    "endpoint": "endpoints",
    "waiver-add": "project-waivers",
}


@register.inclusion_tag("projects/_nav.html", takes_context=True)
def project_nav(context: RequestContext) -> dict[str, Any]:
    """Lead to the project's pages: those that its reader may open, the present one marked."""
    project, match = context["project"], context["request"].resolver_match
    return {
        "project": project,
        "page": _BELOW.get(match.url_name, match.url_name),
        "edits": can_edit(project),
        "manages": can_manage(project),
    }
