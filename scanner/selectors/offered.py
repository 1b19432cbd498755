"""The releases of one name and what they offer on chosen targets, as an installer that asks several indexes sees it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from packaging.version import Version

from scanner.domain.matching.availability import Availability, Offer, ReleaseFileFacts
from scanner.domain.releases.regressions import predecessor
from scanner.domain.targets.target import Target
from scanner.models import Release
from scanner.selectors.candidates import ProfileTable, release_files

_RANK = {availability: rank for rank, availability in enumerate(Availability)}
_NOTHING = Offer(Availability.ABSENT, yanked=False)


class _Row(NamedTuple):
    pk: int
    package_id: int
    version: Version
    shape: int
    build: str
    uploaded_at: datetime | None


class OfferedReleases:
    """What some packages of one name offer on targets. Two queries when made, one more for each call of `files`."""

    def __init__(self, package_ids: Collection[int], targets: Sequence[Target]) -> None:
        rows = Release.objects.filter(package__in=package_ids).order_by("pk")
        self.rows = [
            _Row(pk, package_id, Version(version), shape, build, at)
            for pk, package_id, version, shape, build, at in rows.values_list(
                "pk", "package_id", "version", "shape_id", "build_detail", "first_uploaded_at"
            )
        ]
        self.targets = tuple(targets)
        self.shapes = ProfileTable({row.shape for row in self.rows}, targets)

    def on(self, package_ids: Collection[int]) -> Offered:
        """The same of these packages alone: a project asks only its own indexes."""
        return Offered(self, [row for row in self.rows if row.package_id in package_ids])

    def files(self, wanted: Iterable[tuple[Offered, Version]]) -> Mapping[int, tuple[ReleaseFileFacts, ...]]:
        """The files of these releases, by `Offered.keys`."""
        return release_files({key for offered, version in wanted for key in offered.keys(version)})


class Offered:
    """The releases of one name as one project's installer sees them: the best that any of its indexes has."""

    def __init__(self, source: OfferedReleases, rows: Iterable[_Row]) -> None:
        self._source = source
        self._columns = {target.slug: column for column, target in enumerate(source.targets)}
        self._rows: dict[Version, list[_Row]] = {}
        for row in rows:
            self._rows.setdefault(row.version, []).append(row)

    @cached_property
    def versions(self) -> tuple[Version, ...]:
        """Every version that has files, lowest first."""
        return tuple(sorted(self._rows))

    def keys(self, version: Version) -> tuple[int, ...]:
        """The rows of this version, one for each index that has it."""
        return tuple(row.pk for row in self._rows.get(version, ()))

    def predecessor(self, version: Version) -> Version | None:
        """The release that a reader of a changelog would take this one to follow."""
        return predecessor(version, self._rows)

    def offers(self, version: Version) -> tuple[Offer, ...]:
        """One offer for each of the chosen targets; absent everywhere when there is no such release."""
        rows = [self._source.shapes.offers(row.shape) for row in self._rows.get(version, ())]
        if not rows:
            return (_NOTHING,) * len(self._columns)
        return rows[0] if len(rows) == 1 else tuple(min(offers, key=_worth) for offers in zip(*rows, strict=True))

    def offer(self, version: Version, target: str) -> Offer:
        """What the version offers on one target; absent on one that was not asked for."""
        column = self._columns.get(target)
        return self.offers(version)[column] if column is not None else _NOTHING

    def uploaded_at(self, version: Version) -> datetime | None:
        """When its first file came; None where no index tells."""
        return min((row.uploaded_at for row in self._rows.get(version, ()) if row.uploaded_at), default=None)

    def build(self, version: Version) -> str:
        """What building this release needs, as far as anybody has looked (scanner.domain.files.builds)."""
        rows = self._rows.get(version, ())
        return next((found for row in rows if (found := row.build or self._source.shapes.build(row.shape))), "unseen")


def _worth(offer: Offer) -> tuple[bool, int]:
    """Best first: what is yanked comes after all that is not."""
    return (offer.yanked, _RANK[offer.availability])
