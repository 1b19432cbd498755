"""The indexes of one project: which it names, where a package comes from, and names that stand on several."""

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
from scanner.services.packages import ensure_packages_on, recheck_missing

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
    "watch_names",
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
    """Name an index, with or without credentials in its address; naming it again changes its credentials and role.

    A new primary index takes the place of the one before, which becomes an extra one. The installation's index, named
    without credentials, is the one that everybody shares. Assessed after commit. Raises InvalidIndexAddress.
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
        # With other credentials an index that refused may answer now.
        repoll_failed(index_id, _scope(project), timezone.now())
        assess_newest(project)
    return row


def remove_index(project: Project, index_id: int) -> None:
    """Forget an index of the project with its credentials and all that was stored of it. Assessed after commit."""
    with transaction.atomic():
        gone, _ = ProjectIndex.objects.filter(project=project, index=index_id).delete()
        if gone:
            delete_index(index_id, _scope(project))
            assess_newest(project)


def indexes_of(project: Project, client: IndexClient | None = None) -> IndexSet:
    """Where the project's packages come from, the primary index first: its own, else the installation's.

    `client` asks the installation's index in the place of its own. One query for a project that names none, else two.
    """
    named = ProjectIndex.objects.filter(project=project)
    default, own = default_index_and(named.values("index"), client)
    if not own:
        return IndexSet((default,))
    known = {default.pk: default, **own}
    order = _in_order(default.pk, named.values_list("index_id", "role"))
    return IndexSet(tuple(known[key] for key in order if key in known))


def _in_order(default: int, named: Iterable[tuple[int, str]]) -> list[int]:
    """The primary index, named or the default one, before the extra ones, each once."""
    rows = list(named)
    primary = [key for key, role in rows if role == IndexRole.PRIMARY] or [default]
    return list(dict.fromkeys([*primary, *(key for key, role in rows if role == IndexRole.EXTRA)]))


def own_keys(indexes: IndexSet) -> list[int]:
    """What an assessment notes of the indexes that it rests on: their keys, none for the installation's alone."""
    return list(indexes.keys) if indexes.extra_urls or any(index.is_private for index in indexes) else []


def own_index_ids() -> dict[int, list[int]]:
    """`own_keys` of every project that names indexes of its own. Two queries."""
    default = get_index().pk
    rows: dict[int, list[tuple[int, str]]] = {}
    for project_id, index_id, role in ProjectIndex.objects.values_list("project_id", "index_id", "role"):
        rows.setdefault(project_id, []).append((index_id, role))
    found = {project_id: _in_order(default, named) for project_id, named in rows.items()}
    return {project_id: keys if keys != [default] else [] for project_id, keys in found.items()}


def index_ids(project: Project) -> tuple[int, ...]:
    """The keys of `indexes_of`."""
    return indexes_of(project).keys


def index_ids_of(project_ids: Collection[int]) -> dict[int, tuple[int, ...]]:
    """The same of several projects. Three queries."""
    default, own = get_index().pk, own_index_ids()
    return {pk: tuple(own.get(pk) or [default]) for pk in project_ids}


def watch_names(project: Project, names: Collection[str], now: datetime) -> dict[int, list[int]]:
    """Have these names polled on every index that the project's installer would ask. Keys of packages by index."""
    watched = ensure_packages_on(index_ids(project), names, now)
    return {index: [package.pk for package in packages] for index, packages in watched.items()}


def ask_missing_again(now: datetime) -> int:
    """Have the names that projects with indexes of their own rest on asked for again, once a day, where an index does
    not have them: one that comes up on a second index changes what pip takes. Returns how many. One statement.
    """
    resting = ProjectPackage.objects.filter(project__indexes__isnull=False)
    return recheck_missing(resting.values("package"), now)


def _scope(project: Project) -> str:
    return f"project:{project.pk}"
