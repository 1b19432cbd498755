"""Files that take longer to read than a page may wait: stored, encrypted, until a job has read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from msgspec.structs import asdict

from projects import jobs
from projects.domain.dependency_files import FileProblem
from projects.domain.dependency_files.uploads import Upload, read_stored_upload
from projects.models import Origin, Project, Submission
from projects.models.sealed import SealBroken, reveal_bytes, seal_bytes
from projects.services.reading import read_document
from projects.services.renewal import renewed
from projects.services.snapshots import NothingToRead, prepare_snapshot, store_snapshot

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser

# The message of one that is older is lost.
_LOST_AFTER = timedelta(minutes=2)
_UNREADABLE = "the stored files cannot be decrypted with this SECRET_KEY: send them again"


@transaction.atomic
def submit_files(
    project: Project,
    files: Mapping[str, bytes],
    roots: Sequence[str],
    *,
    origin: Origin | str,
    user: AbstractBaseUser | None,
) -> Submission:
    """Store files in the place of the project's last submission, to be read by a job after the commit."""
    Submission.objects.filter(project=project).delete()
    submission = Submission.objects.create(
        project=project,
        origin=origin,
        created_by_id=user.pk if user is not None else None,
        size=sum(map(len, files.values())),
        content=seal_bytes(Upload(files, tuple(roots)).to_json()),
    )
    transaction.on_commit(lambda: jobs.request_reading(submission.pk), robust=True)
    return submission


def read_submission(submission_id: int, now: datetime) -> bool:
    """Read a submission and store its snapshot, or why nothing could be read. Return whether there is a snapshot.

    May run twice: one caller claims the row. A newer submission of the project deletes it, and nothing is stored then.
    """
    if not Submission.objects.claim(submission_id, now):
        return False
    with renewed(lambda moment: Submission.objects.renew_claim(submission_id, moment)):
        return _read(submission_id)


def _read(submission_id: int) -> bool:
    submission = Submission.objects.select_related("project", "created_by").get(pk=submission_id)
    mine = Submission.objects.filter(pk=submission_id)
    try:
        upload = read_document(read_stored_upload, reveal_bytes(bytes(submission.content or b"")))
        prepared = prepare_snapshot(upload.files, upload.roots)
    except (NothingToRead, SealBroken) as error:
        problems = error.problems if isinstance(error, NothingToRead) else (FileProblem("", None, "", _UNREADABLE),)
        mine.update(content=None, claimed_at=None, problems=[asdict(problem) for problem in problems[:100]])
        return False
    with transaction.atomic():
        deleted, _ = mine.delete()
        if deleted and not Project.objects.filter(pk=submission.project_id, deleted_at__isnull=False).exists():
            store_snapshot(submission.project, prepared, origin=submission.origin, user=submission.created_by)
    return bool(deleted)


def lost_submissions(now: datetime) -> list[int]:
    """Return the submissions whose job was lost, or its worker."""
    is_lost = Q(claimed_at__isnull=False) | Q(created_at__lt=now - _LOST_AFTER)
    old = Submission.objects.waiting(now).filter(is_lost)
    return list(old.values_list("pk", flat=True))


def give_back_submissions() -> None:
    """Release all claims and queue what waits. Only for a start at which no worker can be running."""
    Submission.objects.filter(claimed_at__isnull=False).update(claimed_at=None)
    for pk in Submission.objects.filter(content__isnull=False).values_list("pk", flat=True):
        jobs.request_reading(pk)
