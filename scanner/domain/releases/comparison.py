"""The difference between two releases of a package: targets, files, Python versions and dependencies."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from msgspec import Struct

from scanner.domain.matching.availability import Offer, ReleaseFileFacts
from scanner.domain.releases.regressions import served_targets


class ComparedRelease(Struct, frozen=True):
    """One side of a comparison. `requires_dist` is None while the dependencies are not known."""

    version: str
    offers: tuple[Offer, ...]
    files: tuple[ReleaseFileFacts, ...]
    requires_dist: tuple[str, ...] | None

    @property
    def requires_python(self) -> tuple[str, ...]:
        """The distinct Requires-Python values of the files, "" for none."""
        return tuple(sorted({file.requires_python or "" for file in self.files}))


class ReleaseDifference(Struct, frozen=True):
    """What the second release has and the first has not (`gained`, `added`), and the reverse (`lost`, `dropped`).

    `gained` and `lost` are positions of targets with a wheel; `tags` are those of wheel names, without the version.
    """

    before: ComparedRelease
    after: ComparedRelease
    gained: tuple[int, ...]
    lost: tuple[int, ...]
    tags_added: tuple[str, ...]
    tags_dropped: tuple[str, ...]
    dependencies_added: tuple[str, ...]
    dependencies_dropped: tuple[str, ...]


def compare_releases(before: ComparedRelease, after: ComparedRelease) -> ReleaseDifference:
    """Return the difference. Dependencies are compared only if those of both are known."""
    had, has = served_targets(before.offers), served_targets(after.offers)
    old_tags, new_tags = _tags(before.files), _tags(after.files)
    old_needs, new_needs = before.requires_dist, after.requires_dist
    known = old_needs is not None and new_needs is not None
    return ReleaseDifference(
        before=before,
        after=after,
        gained=tuple(sorted(has - had)),
        lost=tuple(sorted(had - has)),
        tags_added=_lacking(new_tags, old_tags),
        tags_dropped=_lacking(old_tags, new_tags),
        dependencies_added=_lacking(new_needs or (), old_needs or ()) if known else (),
        dependencies_dropped=_lacking(old_needs or (), new_needs or ()) if known else (),
    )


def _tags(files: Sequence[ReleaseFileFacts]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(file.tag_set or file.kind.value for file in files))


def _lacking(these: Sequence[str], those: Collection[str]) -> tuple[str, ...]:
    return tuple(one for one in these if one not in those)
