"""The digests of releases' files, for hash lines of requirements."""

from __future__ import annotations

from collections.abc import Collection

from scanner.models import ReleaseFile
from scanner.selectors.candidates import CHUNK


def release_digests(
    index_ids: Collection[int], releases: Collection[tuple[str, str]]
) -> dict[tuple[str, str], list[str]]:
    """SHA-256 of all files of each (normalised name, version), sorted. One query for each 2,000 names.

    A file that two of these indexes have with different digests counts with both: pip takes the one that fits. A
    release of which any file has no digest is left out: a hash check would refuse that file.
    """
    names = sorted({name for name, _ in releases})
    found: dict[tuple[str, str], list[str]] = {}
    for start in range(0, len(names), CHUNK):
        rows = ReleaseFile.objects.filter(
            package__index__in=index_ids, package__name__in=names[start : start + CHUNK], release__isnull=False
        ).values_list("package__name", "release__version", "sha256")
        for name, version, digest in rows:
            if (name, version) in releases:
                found.setdefault((name, version), []).append(digest)
    return {release: sorted(set(digests)) for release, digests in found.items() if all(digests)}
