"""Projects of the portfolio, and their order in its table."""

import re

from projects.domain.permissions import Role
from projects.models import Project
from tests.cast import (
    TARGETS,
    Cast,
    add_member,
    make_project,
)


def add_project(cast: Cast, name: str) -> Project:
    project = make_project(name, TARGETS)
    add_member(project, cast.alice, Role.MANAGER)
    return project


def rows(html: bytes) -> list[str]:
    """The projects of the heat table in their order."""
    table = re.search(rb'<table class="heat portfolio">.*?</table>', html, re.DOTALL)
    return re.findall(r'<th scope="row"><a href="/projects/([\w-]+)/"', table[0].decode()) if table else []
