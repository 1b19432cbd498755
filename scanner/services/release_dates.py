"""When releases came out."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from scanner.models import Release
from scanner.selectors import CHUNK


def release_dates(index_id: int, releases: Collection[tuple[str, str]]) -> dict[tuple[str, str], datetime | None]:
    """When each (normalised name, version) first had a file; None where the index does not say.

    A release that is not stored is left out. One query for each 2,000 names, none for no release.
    """
    names = sorted({name for name, _ in releases})
    versions = {version for _, version in releases}
    found: dict[tuple[str, str], datetime | None] = {}
    for start in range(0, len(names), CHUNK):
        rows = Release.objects.filter(
            package__index=index_id, package__name__in=names[start : start + CHUNK], version__in=versions
        ).values_list("package__name", "version", "first_uploaded_at")
        found.update({(name, version): uploaded for name, version, uploaded in rows if (name, version) in releases})
    return found
