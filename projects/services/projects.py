"""Make a project with its targets, its first manager and its first snapshot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from projects.models import Membership, Origin, Project, ProjectTarget, Role
from projects.services.snapshots import take_snapshot

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser

# The address of a page stands where this project's would.
_TAKEN = {"add"}


def create_project(
    user: AbstractBaseUser,
    name: str,
    files: Mapping[str, bytes],
    roots: Sequence[str],
    *,
    targets: Sequence[str],
    origin: Origin | str,
) -> Project:
    """A new project managed by `user`, held against `targets` (slugs, in column order).

    Raises NothingToRead, with nothing stored, when the files hold no requirement.
    """
    with transaction.atomic():
        project = _with_free_slug(name)
        Membership.objects.create(project=project, user_id=user.pk, role=Role.MANAGER)
        set_targets(project, targets)
        take_snapshot(project, files, roots, origin=origin, user=user)
    return project


def set_targets(project: Project, targets: Sequence[str]) -> None:
    """Replace the project's targets, keeping the given order."""
    with transaction.atomic():
        project.targets.all().delete()
        ProjectTarget.objects.bulk_create(
            ProjectTarget(project=project, slug=slug, position=position)
            for position, slug in enumerate(dict.fromkeys(targets))
        )


def _with_free_slug(name: str) -> Project:
    """The project under the first free slug of its name. Two at once cannot take the same one."""
    base = slugify(name)[:70] or "project"
    for number in range(2 if base in _TAKEN else 1, 1000):
        slug = base if number == 1 else f"{base}-{number}"
        try:
            with transaction.atomic():
                return Project.objects.create(name=name, slug=slug)
        except IntegrityError:
            continue
    message = f"no free address for a project called {name!r}"
    raise ValueError(message)
