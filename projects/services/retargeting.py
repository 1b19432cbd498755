"""Change what a project is held against, and have it judged again."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from projects import jobs
from projects.models import Project, Snapshot
from projects.services.projects import set_targets

POLICY = ("source_builds", "prereleases", "minimum_age_days", "step", "holds", "groups")


def retarget(project: Project, targets: Sequence[str]) -> None:
    """Save the project's policy and replace its targets (slugs, in column order); assessed after commit.

    Targets that stay keep their place, new ones follow.
    """
    with transaction.atomic():
        project.save(update_fields=POLICY)
        before = list(project.targets.values_list("slug", flat=True))
        set_targets(project, [*(slug for slug in before if slug in targets), *targets])
        newest = Snapshot.objects.filter(project=project).order_by("-pk").values_list("pk", flat=True).first()
        if newest is not None:
            transaction.on_commit(lambda: jobs.request_assessment(newest), robust=True)
