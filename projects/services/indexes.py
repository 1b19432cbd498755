"""The indexes of one project: which it names, where a package comes from, and names that stand on several."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from projects.models import IndexRole, Project, ProjectIndex
from scanner.services.indexes import get_index
from scanner.services.private_indexes import (
    BadIndexAddress,
    Confusion,
    confusions,
    forget_index,
    make_private_index,
    watch_everywhere,
)

__all__ = ["BadIndexAddress", "add_index", "confusions_of", "index_ids", "remove_index", "watch_names"]


def add_index(project: Project, address: str, role: IndexRole, *, closes_releases: bool = False) -> ProjectIndex:
    """Name an index, with or without credentials in its address; naming it again changes its credentials and role.

    A new primary index takes the place of the one before, which becomes an extra one. Raises BadIndexAddress.
    """
    with transaction.atomic():
        Project.objects.select_for_update().get(pk=project.pk)
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
    return row


def remove_index(project: Project, index_id: int) -> None:
    """Forget an index of the project with its credentials and all that was stored of it."""
    with transaction.atomic():
        gone, _ = ProjectIndex.objects.filter(project=project, index=index_id).delete()
        if gone:
            forget_index(index_id, _scope(project))


def index_ids(project: Project) -> tuple[int, ...]:
    """Where the project's packages come from, the primary index first: its own, else the installation's."""
    rows = list(ProjectIndex.objects.filter(project=project).values_list("index_id", "role"))
    primary = [index for index, role in rows if role == IndexRole.PRIMARY]
    extra = [index for index, role in rows if role == IndexRole.EXTRA]
    return tuple((primary or [get_index().pk]) + extra)


def watch_names(project: Project, names: Collection[str], now: datetime) -> dict[int, list[int]]:
    """Have these names polled on every index that the project's installer would ask. Keys of packages by index."""
    return watch_everywhere(index_ids(project), names, now)


def confusions_of(project: Project, names: Collection[str]) -> list[Confusion]:
    """The names that stand on a private index of the project and on another one that its installer asks as well.

    pip takes the best version of all indexes: whoever uploads a higher version under a private name to the public
    index is installed. Needs what polls of `watch_names` stored.
    """
    return confusions(index_ids(project), names)


def _scope(project: Project) -> str:
    return f"project:{project.pk}"
