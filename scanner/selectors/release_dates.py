"""When releases came out."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from scanner.models import Release
from scanner.selectors.candidates import CHUNK


def release_dates(
    index_ids: Collection[int], releases: Collection[tuple[str, str]]
) -> dict[tuple[str, str], datetime | None]:
    """When each (normalised name, version) first had a file on any of these indexes; None where none says.

    A release that is not stored is left out. One query for each 2,000 names, none for no release.
    """
    names = sorted({name for name, _ in releases})
    versions = {version for _, version in releases}
    found: dict[tuple[str, str], datetime | None] = {}
    for start in range(0, len(names), CHUNK):
        rows = Release.objects.filter(
            package__index__in=index_ids, package__name__in=names[start : start + CHUNK], version__in=versions
        ).values_list("package__name", "version", "first_uploaded_at")
        for name, version, uploaded in rows:
            if (name, version) in releases:
                known = found.get((name, version))
                found[name, version] = min(filter(None, (known, uploaded)), default=None)
    return found
