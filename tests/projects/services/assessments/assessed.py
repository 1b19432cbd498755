"""Assess a snapshot against the replay index by hand."""

from django.utils import timezone

from projects.models import Origin, Project, Snapshot
from projects.services.assessments.run import assess_snapshot
from projects.services.snapshots import take_snapshot
from scanner.index.client import IndexClient
from tests.replay import ReplayIndex

WINDOWS, LINUX = "cp313-win_amd64", "cp313-manylinux_2_28_x86_64"


def snapshot_of(project: Project, text: str) -> Snapshot:
    return take_snapshot(project, {"requirements.txt": text.encode()}, ["requirements.txt"], origin=Origin.PASTE)


def assess(snapshot: Snapshot, replay: ReplayIndex) -> bool:
    return assess_snapshot(snapshot.pk, timezone.now(), IndexClient(replay.url))
