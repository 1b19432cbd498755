"""Two releases of a package, to compare them."""

from __future__ import annotations

from collections.abc import Sequence

from scanner.domain.releases.comparison import ComparedRelease
from scanner.domain.targets.target import Target
from scanner.models import Release
from scanner.selectors.candidates import release_files, release_metadata
from scanner.selectors.profile_table import ProfileTable


def compared_releases(
    index_id: int, name: str, versions: Sequence[str], targets: Sequence[Target]
) -> dict[str, ComparedRelease]:
    """Return these releases of a package, by version, with their offers on the targets. Five queries at most."""
    rows = Release.objects.filter(package__index=index_id, package__name=name, version__in=versions)
    found = {pk: (version, profile) for pk, version, profile in rows.values_list("pk", "version", "profile_id")}
    table = ProfileTable({profile for _, profile in found.values()}, targets)
    files = release_files(found)
    needs = {pk: metadata.requires_dist for pk, metadata in release_metadata(found)}
    return {
        version: ComparedRelease(version, table.offers(profile), files.get(pk, ()), needs.get(pk))
        for pk, (version, profile) in found.items()
    }
