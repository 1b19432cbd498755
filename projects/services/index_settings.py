"""What a member does with the indexes of a project: name one, within bounds, and give it another login."""

from __future__ import annotations

from django.db import transaction

from projects.models import IndexRole, Project, ProjectIndex
from projects.services.indexes import add_index
from scanner.domain.index_address import with_login, without_credentials
from scanner.services.indexes import configured_index_url

# Each is asked for every package of the project.
MOST_INDEXES = 50


class TooManyIndexes(Exception):
    """The project names as many as it may."""


class AlreadyAsked(Exception):
    """It is the index that everybody shares, and nothing stands in its place."""


def name_index(
    project: Project, address: str, role: IndexRole, *, login: str = "", closes_releases: bool = False
) -> ProjectIndex:
    """Have the project's packages looked up there too; assessed after commit.

    `address` is without a login, `login` as
    scanner.domain.index_address.login_text gives it; naming an index again changes
    its role and login. Raises InvalidIndexAddress, AlreadyAsked, TooManyIndexes.
    """
    with transaction.atomic():
        others = ProjectIndex.objects.filter(project=project).exclude(index__url=address)
        if others.count() >= MOST_INDEXES:
            raise TooManyIndexes
        is_shared = not login and address == without_credentials(configured_index_url())
        if is_shared and not others.filter(role=IndexRole.PRIMARY).exists():
            raise AlreadyAsked
        return add_index(project, with_login(address, login), role, closes_releases=closes_releases)


def change_login(row: ProjectIndex, login: str) -> None:
    """Put another login, or none, in the place of the index's; what it refused or hid is asked for again."""
    address = with_login(row.index.url, login)
    add_index(row.project, address, IndexRole(row.role), closes_releases=row.index.closes_releases)
