"""Watches of a user."""

from __future__ import annotations

from ninja import Field, Schema

from projects.api.answers import PagedList, Text


class NewWatch(Schema):
    """A watch to set: of a cell, or without a package of a whole target."""

    target: Text
    package: Text | None = None


class WatchDocument(Schema):
    """A watch of the key's user."""

    id: int
    project: str
    target: str
    package: str | None = Field(description="null: the whole target")
    state: str
    since: str


class WatchList(PagedList):
    """Watches of the key's user, active ones first."""

    items: list[WatchDocument]
