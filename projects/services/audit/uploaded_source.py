"""The audit of an archive that a member sent: read in memory, compared with the newest assessment, stored."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F

from projects import jobs
from projects.domain.audit.archives import UnreadableArchive, list_archive, read_archive
from projects.domain.audit.notebooks import LARGEST_NOTEBOOK
from projects.models import Project, Snapshot, SourceArchive
from projects.models.sealed import SealBroken, reveal_bytes, seal_bytes
from projects.services.audit.pushed_source import audit_against, newest_assessment, store_audit
from projects.services.audit.tree import MAX_SOURCES, SourceTree, is_audited, read_commit_tree
from projects.services.reading import ReadingLimitReached, run_limited
from scanner.domain.translation import noop

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser

_LOST_AFTER = timedelta(minutes=10)
# A worker that is killed in an audit must not be killed by it for ever.
_MOST_ATTEMPTS = 3


def submit_archive(project: Project, name: str, content: bytes, user: AbstractBaseUser, now: datetime) -> None:
    """Store an archive in the place of the project's last one, to be audited by a job after the commit."""
    with transaction.atomic():
        SourceArchive.objects.filter(project=project).delete()
        archive = SourceArchive.objects.create(
            project=project, name=name[:100], content=seal_bytes(content), created_by_id=user.pk, created_at=now
        )
        transaction.on_commit(lambda: jobs.request_archive_audit(archive.pk), robust=True)


def audit_archive(archive_id: int, now: datetime) -> bool:
    """Audit an archive against the project's newest assessment, and delete it. May run twice: the later one is kept.

    Contacts the indexes, outside any transaction. Return False where there is nothing to audit any more.
    """
    waiting = SourceArchive.objects.filter(pk=archive_id)
    if not waiting.filter(attempts__lt=_MOST_ATTEMPTS).update(attempts=F("attempts") + 1):
        waiting.delete()
        return False
    archive = waiting.select_related("project").first()
    snapshot = Snapshot.objects.filter(project=archive.project_id).order_by("-pk").first() if archive else None
    if archive is None or snapshot is None:
        waiting.delete()
        return False
    try:
        assessment = newest_assessment(snapshot)
        if assessment is None:
            found: dict[str, object] = {"error": noop("its requirements are not assessed yet: send it again later")}
        else:
            found = audit_against(snapshot, assessment, _read(reveal_bytes(bytes(archive.content))))
    except (UnreadableArchive, ReadingLimitReached) as error:
        found = {"error": str(error)}
    except SealBroken:
        found = {"error": noop("the stored archive cannot be decrypted with this SECRET_KEY: send it again")}
    if waiting.exists():
        store_audit(snapshot, {**found, "archive": archive.name}, now)
        waiting.delete()
    return True


def lost_archives(now: datetime) -> list[int]:
    """Return the archives whose job was lost, or its worker."""
    return list(SourceArchive.objects.filter(created_at__lt=now - _LOST_AFTER).values_list("pk", flat=True))


def _read(content: bytes) -> SourceTree:
    paths = run_limited(list_archive, content)
    wanted = [path for path in paths if is_audited(path)][:MAX_SOURCES]
    return read_commit_tree(paths, run_limited(read_archive, content, wanted, LARGEST_NOTEBOOK))
