"""Projects: create one, and change its targets and policy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils.text import slugify
from msgspec import convert

from projects.domain.dependency_files import AvailableGroups, available_groups
from projects.models import Origin, Project, ProjectTarget, Snapshot, Team
from projects.services.assessments.project_request import read_snapshot
from projects.services.reading import ReadingTooSlow
from projects.services.snapshots import assess_newest, prepare_snapshot, store_snapshot
from projects.services.submissions import submit_files
from projects.services.teams import team_for_projects
from scanner.domain.targets.catalogue import SAMPLE_TARGETS

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser

SAMPLE_FILE = Path(__file__).parent.parent / "sample" / "requirements.txt"
POLICY_FIELDS = (
    *("source_builds", "prereleases", "minimum_age_days", "demanded_evidence"),
    *("step", "holds", "groups"),
)
# /projects/add/ is the page that adds a project.
_RESERVED_SLUGS = {"add"}


def create_project(
    user: AbstractBaseUser,
    name: str,
    files: Mapping[str, bytes],
    roots: Sequence[str],
    *,
    targets: Sequence[str],
    origin: Origin | str,
    for_page: bool = False,
    team: Team | None = None,
) -> Project:
    """Create a project of a team, with `targets` (slugs, in column order) and a first snapshot of `files`.

    Without a team it is of the oldest one to which the user may add projects, which is created if there is none.

    Raises NothingToRead, with nothing stored, when the files hold no requirement. For a page, files that take more than
    a few seconds are left to a job: the project then has a submission and no snapshot yet.
    """
    try:
        prepared = prepare_snapshot(files, roots, for_page=for_page)
    except ReadingTooSlow:
        prepared = None
    with transaction.atomic():
        project = _create_with_free_slug(name, team or team_for_projects(user))
        set_targets(project, targets)
        if prepared is None:
            submit_files(project, files, roots, origin=origin, user=user)
        else:
            store_snapshot(project, prepared, origin=origin, user=user)
    return project


def create_sample_project(user: AbstractBaseUser) -> Project | None:
    """Create the sample project of a new installation, owned by `user`. Return None if any project exists."""
    if Project.objects.exists():
        return None
    return create_project(
        user,
        "practice-api",
        {"requirements.txt": SAMPLE_FILE.read_bytes()},
        ["requirements.txt"],
        targets=[target.slug for target in SAMPLE_TARGETS],
        origin=Origin.SAMPLE,
    )


def set_targets(project: Project, targets: Sequence[str]) -> None:
    """Replace the project's targets, keeping the given order."""
    with transaction.atomic():
        project.targets.all().delete()
        ProjectTarget.objects.bulk_create(
            ProjectTarget(project=project, slug=slug, position=position)
            for position, slug in enumerate(dict.fromkeys(targets))
        )


def save_policy_and_targets(project: Project, targets: Sequence[str]) -> None:
    """Save the project's policy and replace its targets (slugs, in column order); it is assessed after commit.

    Targets that the project keeps stay in their order; new ones follow.
    """
    with transaction.atomic():
        project.save(update_fields=POLICY_FIELDS)
        before = list(project.targets.values_list("slug", flat=True))
        set_targets(project, [*(slug for slug in before if slug in targets), *targets])
        assess_newest(project)


def add_target(project: Project, slug: str, *, most: int) -> bool:
    """Add a target behind the others, if it is not there yet. Return False where the project has `most` already."""
    with transaction.atomic():
        Project.objects.select_for_update().get(pk=project.pk)
        before = list(project.targets.values_list("slug", flat=True))
        if slug in before:
            return True
        if len(before) >= most:
            return False
        set_targets(project, [*before, slug])
        assess_newest(project)
    return True


def offered_groups(project: Project) -> AvailableGroups:
    """Return the groups and extras of the newest snapshot's files; none without a snapshot. One query."""
    newest = Snapshot.objects.filter(project=project).order_by("-pk").first()
    if newest is None:
        return AvailableGroups((), ())
    stored = newest.options.get("groups")
    if stored is None:
        # From before they were stored with it.
        return available_groups(read_snapshot(newest))
    return convert(stored, AvailableGroups)


def _create_with_free_slug(name: str, team: Team) -> Project:
    """Create the project under the first free slug of its name. The unique constraint settles concurrent calls."""
    base = slugify(name)[:70] or "project"
    for number in range(2 if base in _RESERVED_SLUGS else 1, 1000):
        slug = base if number == 1 else f"{base}-{number}"
        try:
            with transaction.atomic():
                return Project.objects.create(team=team, name=name, slug=slug)
        except IntegrityError:
            continue
    message = f"no free slug for a project named {name!r}"
    raise ValueError(message)
