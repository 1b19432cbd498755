"""Packages that projects use, and the matrix of one."""

from __future__ import annotations

from ninja import Field, Schema

from projects.api.answers import PagedList


class PackageInUse(Schema):
    """A package that projects use."""

    name: str
    projects: list[str]
    checked_at: str | None


class PackagesInUse(PagedList):
    """Packages of the visible projects, by name."""

    items: list[PackageInUse]


class MatrixOffer(Schema):
    """What a release offers on a target."""

    target: str
    availability: str
    yanked: bool


class MatrixRelease(Schema):
    """A release on the targets of the matrix."""

    version: str
    uploaded_at: str | None
    cells: list[MatrixOffer]


class MatrixDocument(Schema):
    """The newest releases of a package on targets."""

    name: str
    status: str
    checked_at: str | None
    releases: list[MatrixRelease]
    release_count: int = Field(description="how many releases the index has in all")
