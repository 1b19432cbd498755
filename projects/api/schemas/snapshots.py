"""Snapshots of a project: what is sent, and what is stored."""

from __future__ import annotations

from ninja import Field, Schema

from projects.api.answers import PagedList, Text


class SnapshotFiles(Schema):
    """Dependency files to assess, which become the newest snapshot."""

    files: dict[str, str] = Field(description="texts by path", min_length=1, max_length=50)
    roots: list[Text] = Field([], description="the paths that list requirements; empty: those that no other includes")
    commit: str = Field("", pattern=r"^(?:[0-9a-f]{7,64})?$", description="the commit that has them")
    ref: str = Field("", pattern=r"^[ -~]{0,200}$", description="the branch or tag")


class NewProject(SnapshotFiles):
    """A project to create, with its first snapshot."""

    name: str = Field(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f-\x9f]*$")
    targets: list[Text] = Field(min_length=1, max_length=60, description="slugs or names of targets")


class SnapshotRepository(Schema):
    """A repository with files in a snapshot, and their folder; it is empty where they are the only ones."""

    name: str
    folder: str
    commit: str


class SnapshotDocument(Schema):
    """A snapshot."""

    id: int
    commit: str
    ref: str
    origin: str
    author: str
    taken_at: str
    requirements: int
    files: int
    repositories: list[SnapshotRepository]


class SnapshotList(PagedList):
    """Snapshots of a project, newest first; the newest hundred are kept in the list."""

    items: list[SnapshotDocument]


class SnapshotTexts(Schema):
    """The files of a snapshot, without credentials."""

    id: int
    files: dict[str, str]


class Accepted(Schema):
    """What was stored of files that were sent."""

    project: str
    snapshot: int | None = Field(description="null: the files are still being read")
