"""The indexes of a project: add, change and remove them, and poll packages on them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from projects.models import IndexRole, Project, ProjectIndex, ProjectPackage
from projects.services.snapshots import assess_newest
from scanner.domain.index_address import with_login, without_credentials
from scanner.services.index_sets import IndexSet, default_index_and
from scanner.services.indexes import (
    IndexClient,
    InvalidIndexAddress,
    configured_index_url,
    delete_index,
    get_index,
    is_shared,
    make_private_index,
    repoll_failed,
)
from scanner.services.packages import recheck_missing

__all__ = [
    "AlreadyConfigured",
    "InvalidIndexAddress",
    "TooManyIndexes",
    "add_index",
    "change_login",
    "configure_index",
    "index_ids",
    "index_ids_of",
    "indexes_of",
    "remove_index",
]

# Each index is requested once for every package of the project.
MOST_INDEXES = 50


class TooManyIndexes(Exception):
    """The project has as many indexes as it may."""


class AlreadyConfigured(Exception):
    """The index is the installation's own, which the project uses already."""


def configure_index(
    project: Project, address: str, role: IndexRole, *, login: str = "", closes_releases: bool = False
) -> ProjectIndex:
    """Add an index to the project, or change the role and login of one that it has. It is assessed after commit.

    `address` has no login; `login` is in the form of scanner.domain.index_address.login_text.
    Raises InvalidIndexAddress, AlreadyConfigured and TooManyIndexes.
    """
    with transaction.atomic():
        others = ProjectIndex.objects.filter(project=project).exclude(index__url=address)
        if others.count() >= MOST_INDEXES:
            raise TooManyIndexes
        is_default = not login and address == without_credentials(configured_index_url())
        if is_default and not others.filter(role=IndexRole.PRIMARY).exists():
            raise AlreadyConfigured
        return add_index(project, with_login(address, login), role, closes_releases=closes_releases)


def change_login(row: ProjectIndex, login: str) -> None:
    """Replace or remove the login of an index. Packages that the index refused or hid are requested again."""
    address = with_login(row.index.url, login)
    add_index(row.project, address, IndexRole(row.role), closes_releases=row.index.closes_releases)


def add_index(project: Project, address: str, role: IndexRole, *, closes_releases: bool = False) -> ProjectIndex:
    """Add an index, with or without a login in its address. Adding it again changes its login and role.

    A new primary index replaces the previous one, which becomes an extra one. The default index without a login is the
    shared one. The project is assessed after commit. Raises InvalidIndexAddress.
    """
    with transaction.atomic():
        Project.objects.select_for_update().get(pk=project.pk)
        if is_shared(address):
            index_id = get_index().pk
        else:
            index_id = make_private_index(address, _scope(project), closes_releases=closes_releases)
        others = ProjectIndex.objects.filter(project=project).exclude(index=index_id)
        if role is IndexRole.PRIMARY:
            others.filter(role=IndexRole.PRIMARY).update(role=IndexRole.EXTRA)
        last = others.aggregate(last=Max("position"))["last"]
        row, _ = ProjectIndex.objects.update_or_create(
            project=project,
            index_id=index_id,
            defaults={"role": role},
            create_defaults={"role": role, "position": 0 if last is None else last + 1},
        )
        # With another login the index may answer where it refused before.
        repoll_failed(index_id, _scope(project), timezone.now())
        assess_newest(project)
    return row


def remove_index(project: Project, index_id: int) -> None:
    """Remove an index of the project with its login and stored data. The project is assessed after commit."""
    with transaction.atomic():
        gone, _ = ProjectIndex.objects.filter(project=project, index=index_id).delete()
        if gone:
            delete_index(index_id, _scope(project))
            assess_newest(project)


def indexes_of(project: Project, client: IndexClient | None = None) -> IndexSet:
    """Return the indexes of the project, the primary one first. Without one of its own that is the default index.

    `client` replaces the client of the default index. One query for a project without own indexes, else two.
    """
    named = ProjectIndex.objects.filter(project=project)
    default, own = default_index_and(named.values("index"), client)
    if not own:
        return IndexSet((default,))
    known = {default.pk: default, **own}
    order = _in_order(default.pk, named.values_list("index_id", "role"))
    return IndexSet(tuple(known[key] for key in order if key in known))


def _in_order(default: int, named: Iterable[tuple[int, str]]) -> list[int]:
    """Return the ids of the indexes, the primary one (own or default) first, without repeats."""
    rows = list(named)
    primary = [key for key, role in rows if role == IndexRole.PRIMARY] or [default]
    return list(dict.fromkeys([*primary, *(key for key, role in rows if role == IndexRole.EXTRA)]))


def own_keys(indexes: IndexSet) -> list[int]:
    """Return the ids that an assessment stores of its indexes: none for the default index alone."""
    return list(indexes.keys) if indexes.extra_urls or any(index.is_private for index in indexes) else []


def own_index_ids() -> dict[int, list[int]]:
    """Return `own_keys` of every project with indexes of its own. Two queries."""
    default = get_index().pk
    rows: dict[int, list[tuple[int, str]]] = {}
    for project_id, index_id, role in ProjectIndex.objects.values_list("project_id", "index_id", "role"):
        rows.setdefault(project_id, []).append((index_id, role))
    found = {project_id: _in_order(default, named) for project_id, named in rows.items()}
    return {project_id: keys if keys != [default] else [] for project_id, keys in found.items()}


def index_ids(project: Project) -> tuple[int, ...]:
    """Return the ids of `indexes_of`."""
    return indexes_of(project).keys


def index_ids_of(project_ids: Collection[int]) -> dict[int, tuple[int, ...]]:
    """Return `index_ids` of several projects. Three queries."""
    default, own = get_index().pk, own_index_ids()
    return {pk: tuple(own.get(pk) or [default]) for pk in project_ids}


def ask_missing_again(now: datetime) -> int:
    """Poll the names of projects with own indexes again, once a day, where an index does not have them.

    A name that appears on a second index changes what pip installs. Return how many. One statement.
    """
    used = ProjectPackage.objects.filter(project__indexes__isnull=False)
    return recheck_missing(used.values("package"), now)


def _scope(project: Project) -> str:
    return f"project:{project.pk}"
