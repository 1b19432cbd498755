"""`python -m tests.compat_site.full_disk FREE`: what polls leave behind on SQLite while its disk has FREE bytes left.

Runs alone on a small file system of its own at WHEELWAY_DATA (test_full_disk.py mounts it) and prints JSON.
"""

import json
import os
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import django
from django.core.management import call_command

PIECE = 4096


def fill(disk: Path, free: int) -> Path:
    """Create a file that leaves so many bytes of the disk."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        left = os.statvfs(disk)
        file.truncate(0)
        while left.f_bavail * left.f_frsize > free:
            file.write(b"\0" * PIECE)
            left = os.statvfs(disk)
    return filler


def main(free: int) -> dict[str, Any]:
    django.setup()
    from django.db import connection
    from django.utils import timezone

    from scanner.models import Package, ReleaseFile, WheelEvent
    from scanner.services.indexes import get_index
    from scanner.services.packages import ensure_packages
    from scanner.services.polling import schedule as rounds

    def stored() -> dict[str, list[int]]:
        connection.close()
        rows = Package.objects.order_by("name")
        return {
            row.name: [ReleaseFile.objects.filter(package=row).count(), WheelEvent.objects.filter(package=row).count()]
            for row in rows
        }

    call_command("migrate", verbosity=0)
    packages = ensure_packages(get_index().pk, ["small", "large"], timezone.now())
    small, large = packages["small"].pk, packages["large"].pk
    rounds.poll_batch([small], seconds=20)
    filler = fill(Path(os.environ["WHEELWAY_DATA"]), free)
    told: dict[str, Any] = {}
    held = None
    try:
        told["outcome"] = rounds.poll_batch([large], seconds=20)
    except rounds.DatabaseAway as away:
        told["outcome"], held = str(away), away.held
    filler.unlink()
    told["after"] = stored()
    package = Package.objects.get(pk=large)
    told["error"], told["waits"] = package.last_error, package.due_at is None or package.due_at > timezone.now()
    if package.due_at is not None:
        Package.objects.update(due_at=min(package.due_at, timezone.now() - timedelta(seconds=1)))
    told["again"] = rounds.poll_batch([large], seconds=20, held=held)
    told["at the end"] = stored()
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA integrity_check")
        told["integrity"] = cursor.fetchone()[0]
    return told


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]))))
