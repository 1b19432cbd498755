"""The answer of a project with several indexes, as it is stored."""

from typing import Any

from django.utils import timezone

from projects.models import Origin, Project, Snapshot
from projects.presentation.formats.schema import assessment_document
from projects.services.assessments.run import assess_snapshot
from projects.services.assessments.stored_documents import stored_record
from projects.services.snapshots import take_snapshot
from scanner.models import Package
from scanner.services.polling.schedule import poll_batch

WINDOWS = "cp313-win_amd64"
NATIVE = "cp313-cp313-win_amd64"


def answer(project: Project, text: str = "") -> dict[str, Any]:
    """Assess the project, with this requirements file or again. Return what is stored then, with the rows by name."""
    if text:
        take_snapshot(project, {"requirements.txt": text.encode()}, ["requirements.txt"], origin=Origin.PASTE)
    assess_snapshot(Snapshot.objects.filter(project=project).latest("pk").pk, timezone.now())
    record = stored_record(project)
    assert record is not None
    document = assessment_document(record)
    (entry,) = document["assessments"]
    return {**entry, "index": document["index"], "rows": {row["name"]: row for row in entry["packages"]}}


def poll_all(*names: str) -> None:
    """Poll these packages as the schedule does."""
    Package.objects.filter(name__in=names).update(due_at=timezone.now())
    poll_batch(list(Package.objects.filter(name__in=names).values_list("pk", flat=True)), seconds=60)
