"""The end of a followed repository: its files go from the project, those of the other repositories stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from projects.models import Origin, Project, Repository, Snapshot
from projects.models.sealed import SealBroken
from projects.services.reading import ReadingTooSlow
from projects.services.snapshot_sources import JoinedSnapshot, OthersChanged
from projects.services.snapshots import NothingToRead

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser


def stop_following(repository: Repository, user: AbstractBaseUser) -> bool:
    """Delete a repository, and take a snapshot without its files if the newest one has them beside others.

    Return False where its files are still in the newest snapshot: the next push takes them out. Those of the only
    repository of a project stay until other files come. Reads files, so call it outside any transaction.
    """
    newest = Snapshot.objects.filter(project=repository.project_id).order_by("-pk").first()
    is_in = newest is not None and newest.sources.filter(repository=repository).exists()
    joined = _without(repository) if is_in else None
    try:
        with transaction.atomic():
            if joined is not None:
                joined.store(repository, origin=Origin.UNLINK, user=user)
            repository.delete()
    except OthersChanged:
        with transaction.atomic():
            # A push that was just taken may still have its files.
            Project.objects.select_for_update(no_key=True).get(pk=repository.project_id)
            repository.delete()
        return False
    return joined is not None or not is_in


def _without(repository: Repository) -> JoinedSnapshot | None:
    try:
        return JoinedSnapshot.without(repository)
    except (NothingToRead, ReadingTooSlow, SealBroken):
        return None
