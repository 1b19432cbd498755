"""For `benchmarks.cold`: paste a file as the page does, and print when the first and the last verdict are stored.

`python -m benchmarks.cold_page FILE` prints a list of two pairs: the seconds since the paste by the clock, and those of
the processor. The jobs of the
installation run in a thread of this process; the store and the index are those of the environment.
"""

import json
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

Moment = tuple[float, float]


def now() -> Moment:
    """Return the clock, and the processor time of this process."""
    return time.perf_counter(), time.process_time()


def since(begin: Moment) -> Moment:
    """Return how long ago a moment was."""
    wall, cpu = now()
    return wall - begin[0], cpu - begin[1]


def main(path: Path) -> tuple[Moment, Moment]:
    """Return when the first verdict and the whole answer are there."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "compat_site.settings")
    django.setup()
    from django.utils import timezone

    from projects.models import Assessment, AssessmentState, Origin, ProjectTarget, TargetAssessment
    from projects.services.assessments.run import assess_snapshot
    from projects.services.snapshots import take_snapshot
    from scanner.domain.targets.catalogue import SAMPLE_TARGETS
    from tests.cast import bare_project

    project = bare_project("pasted", source_builds="never")
    ProjectTarget.objects.bulk_create(
        ProjectTarget(project=project, slug=target.slug, position=position)
        for position, target in enumerate(SAMPLE_TARGETS)
    )
    begin = now()
    snapshot = take_snapshot(project, {path.name: path.read_bytes()}, [path.name], origin=Origin.PASTE)

    def work() -> None:
        while assess_snapshot(snapshot.pk, timezone.now()):
            pass

    worker = threading.Thread(target=work)
    worker.start()
    first: Moment | None = None
    while worker.is_alive():
        if first is None and any(map(has_verdict, TargetAssessment.objects.values_list("counts", flat=True))):
            first = since(begin)
        time.sleep(0.05)
    whole = since(begin)
    if not Assessment.objects.filter(state=AssessmentState.COMPLETE).exists():
        print("the assessment is not complete", file=sys.stderr)
    return first or whole, whole


def has_verdict(counts: dict[str, Any]) -> bool:
    """Return whether a package of a target has a verdict other than unknown."""
    # The number of requirements that could not be read is among the counts too.
    return any(number for verdict, number in counts.items() if verdict not in ("unknown", "inactive", "unread"))


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]))))
