"""What the index offers, read for the team's side: a fixed number of queries whatever the number of packages."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from packaging.version import Version

from scanner.domain.availability import Offer, ReleaseFileFacts
from scanner.domain.builds import UNSEEN, infer_build
from scanner.domain.catalogue import CATALOGUE
from scanner.domain.files import Kind, wheel_tags
from scanner.domain.matching import Matcher
from scanner.domain.shapes import Shape
from scanner.domain.targets import Target
from scanner.models import CoreMetadata, Package, PackageState, Release, ReleaseFile, ReleaseShape
from scanner.services.shapes import catalogue_digest, catalogue_matcher, pack_offers, unpack_offers

# Names and keys in one statement; SQLite takes 32,766.
CHUNK = 2000
_COLUMNS = {target.slug: column for column, target in enumerate(CATALOGUE)}


class ReleaseRecord(NamedTuple):
    """One stored release. `shape` is the key of its row in a ShapeTable; times are None where the index has none.

    `needs` is the key of its dependencies in `requirements_of`, None while they are not known; `needs_error` says
    why they cannot be had at all.
    """

    pk: int
    version: Version
    shape: int
    first_uploaded_at: datetime | None
    build_detail: str
    needs: int | None
    needs_error: str


@dataclass(frozen=True, slots=True)
class PackageRecord:
    """One package with all its releases, lowest version first."""

    pk: int
    name: str
    state: PackageState
    status: str
    status_reason: str
    checked_at: datetime | None
    changed_at: datetime | None
    last_error: str
    revision: int
    releases: tuple[ReleaseRecord, ...]

    @property
    def was_answered(self) -> bool:
        """Whether the index has ever said anything about it."""
        return self.state != PackageState.PENDING

    @property
    def exists(self) -> bool:
        """Whether the index has it, or had it: what was stored of a package that vanished is kept."""
        return bool(self.releases) or self.state not in (PackageState.MISSING, PackageState.MALFORMED)


def package_records(index_id: int, names: Iterable[str]) -> dict[str, PackageRecord]:
    """The packages of these normalised names that are known at all, by name. Two queries for each 2,000 names."""
    wanted = sorted(set(names))
    found: dict[str, PackageRecord] = {}
    for start in range(0, len(wanted), CHUNK):
        packages = list(Package.objects.filter(index=index_id, name__in=wanted[start : start + CHUNK]))
        releases = _releases([package.pk for package in packages])
        for package in packages:
            found[package.name] = PackageRecord(
                pk=package.pk,
                name=package.name,
                state=PackageState(package.state),
                status=package.status,
                status_reason=package.status_reason,
                checked_at=package.checked_at,
                changed_at=package.changed_at,
                last_error=package.last_error,
                revision=package.revision,
                releases=tuple(sorted(releases.get(package.pk, ()), key=lambda release: release.version)),
            )
    return found


def package_revisions(index_id: int, names: Iterable[str]) -> dict[str, int]:
    """How often each of these packages has changed, by name; those that are not known are left out."""
    wanted = sorted(set(names))
    found: dict[str, int] = {}
    for start in range(0, len(wanted), CHUNK):
        rows = Package.objects.filter(index=index_id, name__in=wanted[start : start + CHUNK])
        found.update(rows.values_list("name", "revision"))
    return found


def _releases(package_ids: list[int]) -> dict[int, list[ReleaseRecord]]:
    fields = (
        *("package_id", "pk", "version", "shape_id", "first_uploaded_at", "build_detail"),
        *("metadata_id", "metadata_error"),
    )
    found: dict[int, list[ReleaseRecord]] = {}
    rows = Release.objects.filter(package__in=package_ids).values_list(*fields)
    for package_id, pk, version, *facts in rows:
        found.setdefault(package_id, []).append(ReleaseRecord(pk, Version(version), *facts))
    return found


def requirements_of(needs: Iterable[int]) -> dict[int, tuple[str, ...]]:
    """The Requires-Dist values, in order, by `ReleaseRecord.needs`. One query for each 2,000."""
    wanted = sorted(set(needs))
    found: dict[int, tuple[str, ...]] = {}
    for start in range(0, len(wanted), CHUNK):
        rows = CoreMetadata.objects.filter(pk__in=wanted[start : start + CHUNK]).values_list("pk", "requires_dist")
        found.update((pk, tuple(listed)) for pk, listed in rows)
    return found


class ShapeTable:
    """Offers of many shapes on chosen targets, and what a build of each needs. One query, when made.

    Offers on targets of the catalogue are read as they were stored; those of another target, or stored under an
    older catalogue, are matched from the shape's text.
    """

    def __init__(self, shape_ids: Iterable[int], targets: Sequence[Target]) -> None:
        self.targets = tuple(targets)
        self._columns = [_COLUMNS.get(target.slug) for target in self.targets]
        self._elsewhere = [number for number, column in enumerate(self._columns) if column is None]
        self._whole: dict[int, bytes] = {}
        self._texts: dict[int, str] = {}
        self._rows: dict[int, tuple[Offer, ...]] = {}
        self._same: dict[bytes, tuple[Offer, ...]] = {}
        self._builds: dict[int, str] = {}
        self.add(shape_ids)

    def add(self, shape_ids: Iterable[int]) -> None:
        """Take in more shapes. One query, where any of them is new."""
        fresh = set(shape_ids) - self._whole.keys()
        if fresh:
            self._whole.update(_stored_offers(fresh))
            if self._elsewhere:
                self._texts.update(_texts(fresh))

    @cached_property
    def _others(self) -> Matcher:
        return Matcher([self.targets[number] for number in self._elsewhere])

    def offers(self, shape: int) -> tuple[Offer, ...]:
        """One offer for each of the chosen targets."""
        row = self._rows.get(shape)
        if row is None:
            row = self._rows[shape] = self._row(shape)
        return row

    def build(self, shape: int) -> str:
        """What the wheels of such a release say about building it (scanner.domain.builds)."""
        build = self._builds.get(shape)
        if build is None:
            distinct = unpack_offers(bytes(set(self._whole[shape])))
            build = self._builds[shape] = infer_build(offer.availability for offer in distinct)
        return build

    def _row(self, shape: int) -> tuple[Offer, ...]:
        whole = self._whole[shape]
        packed = bytes(0 if column is None else whole[column] for column in self._columns)
        row = self._same.get(packed)
        if row is None:
            row = self._same[packed] = unpack_offers(packed)
        if not self._elsewhere:
            return row
        mixed = list(row)
        offers = self._others.offers_once(Shape.stored(self._texts[shape]))
        for column, offer in zip(self._elsewhere, offers, strict=True):
            mixed[column] = offer
        return tuple(mixed)


def _texts(shape_ids: Collection[int]) -> dict[int, str]:
    wanted = sorted(shape_ids)
    found: dict[int, str] = {}
    for start in range(0, len(wanted), CHUNK):
        found.update(ReleaseShape.objects.filter(pk__in=wanted[start : start + CHUNK]).values_list("pk", "text"))
    return found


def _stored_offers(shape_ids: Collection[int]) -> dict[int, bytes]:
    """Packed offers on the whole catalogue."""
    wanted = sorted(shape_ids)
    current = catalogue_digest()
    found: dict[int, bytes] = {}
    outdated: list[int] = []
    for start in range(0, len(wanted), CHUNK):
        rows = ReleaseShape.objects.filter(pk__in=wanted[start : start + CHUNK]).values_list(
            "pk", "catalogue", "offers"
        )
        for pk, catalogue, packed in rows:
            if catalogue == current:
                found[pk] = bytes(packed)
            else:
                outdated.append(pk)
    for pk, text in _texts(outdated).items():
        found[pk] = pack_offers(catalogue_matcher().offers(Shape.parse(text)))
    return found


def release_files(release_ids: Iterable[int]) -> dict[int, tuple[ReleaseFileFacts, ...]]:
    """The files of these releases, for the proof of their cells. One query for each 2,000 releases."""
    wanted = sorted(set(release_ids))
    found: dict[int, list[ReleaseFileFacts]] = {}
    fields = ("release_id", "filename", "kind", "requires_python", "yanked", "uploaded_at")
    for start in range(0, len(wanted), CHUNK):
        rows = ReleaseFile.objects.filter(release__in=wanted[start : start + CHUNK]).order_by("pk")
        for release_id, filename, kind, python, yanked, at in rows.values_list(*fields):
            tags, build = wheel_tags(filename) if kind == Kind.WHEEL else (None, ())
            facts = ReleaseFileFacts(filename, Kind(kind), tags, build, python or None, yanked, at)
            found.setdefault(release_id, []).append(facts)
    return {release_id: tuple(files) for release_id, files in found.items()}


def build_detail(release: ReleaseRecord, shapes: ShapeTable) -> str:
    """What building this release needs: what was seen inside its sdist, else what its wheels tell."""
    return release.build_detail or shapes.build(release.shape) or UNSEEN


def offers_by_version(package: PackageRecord, shapes: ShapeTable) -> Mapping[Version, tuple[Offer, ...]]:
    """Each release's offers on the table's targets."""
    return {release.version: shapes.offers(release.shape) for release in package.releases}
