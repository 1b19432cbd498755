"""Keys, targets and projects."""

from __future__ import annotations

from ninja import Field, Schema

from projects.api.answers import PagedList, Text
from projects.api.schemas.assessments import VerdictDocument


class KeyDocument(Schema):
    """The key of the request."""

    prefix: str
    name: str
    user: str
    can_write: bool
    project: str | None = Field(description="the only project that it is for; null: all of the user's")
    created_at: str
    last_used_at: str | None


class TargetDocument(Schema):
    """A target of the catalogue."""

    slug: str
    name: str
    label: str
    aliases: list[str]


class TargetList(PagedList):
    """Targets of the catalogue."""

    items: list[TargetDocument]


class ProjectDocument(Schema):
    """A project."""

    slug: str
    name: str
    tags: list[str]
    role: str
    targets: list[str]
    url: str = Field(description="the page for people")
    assessed_at: str | None = Field(description="when the newest assessment was last confirmed; null: none yet")
    is_complete: bool = Field(description="whether that assessment waits for nothing more of the index")
    verdicts: list[VerdictDocument]


class ProjectList(PagedList):
    """Projects, by name."""

    items: list[ProjectDocument]


class NewTargets(Schema):
    """The targets of a project that is created."""

    target: list[Text] = Field([], max_length=60, description="slugs or names of targets")
