"""Read what is stored of packages and releases, with a fixed number of queries for any number of packages."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from functools import cached_property

from packaging.version import Version

from scanner.domain.files.builds import UNSEEN, infer_build
from scanner.domain.files.filenames import FileKind, read_wheel_tags
from scanner.domain.files.release_profile import ReleaseProfile
from scanner.domain.files.sdist_metadata import MetadataGrade, ReleaseMetadata
from scanner.domain.matching.availability import Offer, ReleaseFileFacts
from scanner.domain.matching.matcher import Matcher
from scanner.domain.matching.packed_offers import catalogue_digest, catalogue_matcher, pack_offers, unpack_offers
from scanner.domain.releases.pooling import ProfileKey, StoredPackage, StoredRelease, pool
from scanner.domain.targets.catalogue import CATALOGUE
from scanner.domain.targets.target import Target
from scanner.models import CoreMetadata, Package, PackageState, Release, ReleaseFile, StoredProfile

# Names and keys in one statement; SQLite takes 32,766.
CHUNK = 2000
_MAX_YANKED_REASON = 200
_GRADES = {grade.value: grade for grade in MetadataGrade}
_COLUMNS = {target.slug: column for column, target in enumerate(CATALOGUE)}


def stored_packages(index_ids: Sequence[int], names: Iterable[str]) -> dict[str, StoredPackage]:
    """Return the packages of these normalised names that any of these indexes knows, pooled as pip does, by name.

    Two queries for each 2,000 packages and indexes.
    """
    wanted = sorted(set(names))
    found: dict[str, StoredPackage] = {}
    step = max(1, CHUNK // len(index_ids))
    for start in range(0, len(wanted), step):
        packages = list(Package.objects.filter(index__in=index_ids, name__in=wanted[start : start + step]))
        releases = _releases([package.pk for package in packages])
        rows: dict[str, dict[int, StoredPackage]] = {}
        for package in packages:
            rows.setdefault(package.name, {})[package.index_id] = _stored_package(package, releases.get(package.pk, []))
        found.update((name, pool(by_index, index_ids)) for name, by_index in rows.items())
    return found


def _stored_package(package: Package, releases: list[StoredRelease]) -> StoredPackage:
    releases.sort(key=lambda release: release.version)
    return StoredPackage(
        name=package.name,
        exists=bool(releases) or package.state not in (PackageState.MISSING, PackageState.MALFORMED),
        status=package.status,
        status_reason=package.status_reason,
        checked_at=package.checked_at,
        changed_at=package.changed_at,
        revisions=((package.pk, package.revision),),
        releases=tuple(releases),
        newest_on=(package.index_id,),
        unanswered=((package.index_id, package.last_error),) if package.state == PackageState.PENDING else (),
    )


def package_revisions(index_ids: Sequence[int], names: Iterable[str]) -> dict[str, tuple[tuple[int, int], ...]]:
    """Return `StoredPackage.revisions` of each of these packages by name, without those that are not known."""
    wanted = sorted(set(names))
    found: dict[str, tuple[tuple[int, int], ...]] = {}
    for start in range(0, len(wanted), CHUNK):
        rows = Package.objects.filter(index__in=index_ids, name__in=wanted[start : start + CHUNK])
        for name, *revision in rows.order_by("pk").values_list("name", "pk", "revision"):
            found[name] = (*found.get(name, ()), (revision[0], revision[1]))
    return found


def package_keys(index_ids: Sequence[int], names: Iterable[str]) -> frozenset[int]:
    """Return the keys of these packages on these indexes, of those that have a row. One query for each 2,000."""
    wanted = sorted(set(names))
    found: set[int] = set()
    for start in range(0, len(wanted), CHUNK):
        rows = Package.objects.filter(index__in=index_ids, name__in=wanted[start : start + CHUNK])
        found.update(rows.values_list("pk", flat=True))
    return frozenset(found)


def changed_packages(index_ids: Sequence[int], names: Iterable[str], since: datetime) -> frozenset[str]:
    """Return those of these packages whose page changed after a moment. One query for each 2,000."""
    wanted = sorted(set(names))
    found: set[str] = set()
    for start in range(0, len(wanted), CHUNK):
        rows = Package.objects.filter(index__in=index_ids, name__in=wanted[start : start + CHUNK], changed_at__gt=since)
        found.update(rows.values_list("name", flat=True))
    return frozenset(found)


def _releases(package_ids: list[int]) -> dict[int, list[StoredRelease]]:
    fields = (
        *("package_id", "pk", "version", "profile_id", "first_uploaded_at", "build_detail"),
        *("metadata_id", "metadata_error", "metadata_grade", "declared"),
    )
    found: dict[int, list[StoredRelease]] = {}
    rows = Release.objects.filter(package__in=package_ids).values_list(*fields)
    for package_id, pk, version, shape, uploaded_at, build, metadata, error, grade, declared in rows:
        release = StoredRelease(
            *(pk, Version(version), shape, uploaded_at, build, metadata, error, _GRADES[grade], declared)
        )
        found.setdefault(package_id, []).append(release)
    return found


def stored_metadata(keys: Iterable[int]) -> dict[int, ReleaseMetadata]:
    """Return Requires-Dist values and extras by `StoredRelease.metadata_id`. One query for each 2,000."""
    wanted = sorted(set(keys))
    found: dict[int, ReleaseMetadata] = {}
    for start in range(0, len(wanted), CHUNK):
        rows = CoreMetadata.objects.filter(pk__in=wanted[start : start + CHUNK])
        for pk, listed, extras in rows.values_list("pk", "requires_dist", "extras"):
            found[pk] = ReleaseMetadata(tuple(listed), None if extras is None else tuple(extras))
    return found


def release_metadata(release_ids: Iterable[int]) -> Iterator[tuple[int, ReleaseMetadata]]:
    """Yield the key of each release with its metadata. One query for each 2,000 releases."""
    wanted = sorted(set(release_ids))
    fields = ("pk", "metadata__requires_dist", "metadata__extras", "metadata_error", "metadata_grade", "declared")
    for start in range(0, len(wanted), CHUNK):
        rows = Release.objects.filter(pk__in=wanted[start : start + CHUNK]).values_list(*fields)
        for pk, texts, extras, error, grade, declared in rows:
            listed = None if texts is None else tuple(texts)
            provided = None if extras is None else tuple(extras)
            yield pk, ReleaseMetadata(listed, provided, error, _GRADES[grade], declared)


class ProfileTable:
    """The offers of release profiles on chosen targets, and what a build of each needs.

    Offers on targets of the catalogue are read as they were stored. Those on another target, of a profile that was
    stored under an older catalogue, and of several profiles together are matched from the profiles' texts.
    """

    def __init__(self, keys: Iterable[ProfileKey], targets: Sequence[Target]) -> None:
        self.targets = tuple(targets)
        self._columns = [_COLUMNS.get(target.slug) for target in self.targets]
        self._uncatalogued = [number for number, column in enumerate(self._columns) if column is None]
        self._catalogue_offers: dict[ProfileKey, bytes] = {}
        self._texts: dict[int, str] = {}
        self._rows: dict[ProfileKey, tuple[Offer, ...]] = {}
        self._same: dict[bytes, tuple[Offer, ...]] = {}
        self._builds: dict[ProfileKey, str] = {}
        self.add(keys)

    def add(self, keys: Iterable[ProfileKey]) -> None:
        """Read more profiles: one query if any of them is new, and one more if texts are needed."""
        fresh = set(keys) - self._catalogue_offers.keys()
        together = [key for key in fresh if isinstance(key, tuple)]
        members = {member for key in together for member in key}
        alone = ({key for key in fresh if isinstance(key, int)} | members) - self._catalogue_offers.keys()
        if alone:
            self._catalogue_offers.update(_stored_offers(alone))
        lacking = (alone if self._uncatalogued else members) - self._texts.keys()
        if lacking:
            self._texts.update(_texts(lacking))
        for key in together:
            self._catalogue_offers[key] = pack_offers(catalogue_matcher().offers_once(self._profile(key)))

    def _profile(self, key: ProfileKey) -> ReleaseProfile:
        if isinstance(key, int):
            return ReleaseProfile.stored(self._texts[key])
        return ReleaseProfile.of(file for member in key for file in ReleaseProfile.stored(self._texts[member]).files)

    @cached_property
    def _other_matcher(self) -> Matcher:
        return Matcher([self.targets[number] for number in self._uncatalogued])

    def offers(self, profile: ProfileKey) -> tuple[Offer, ...]:
        """Return one offer for each of the chosen targets."""
        row = self._rows.get(profile)
        if row is None:
            row = self._rows[profile] = self._row(profile)
        return row

    def build(self, profile: ProfileKey) -> str:
        """Return what the wheels of such a release say about building it (scanner.domain.files.builds)."""
        build = self._builds.get(profile)
        if build is None:
            distinct = unpack_offers(bytes(set(self._catalogue_offers[profile])))
            build = self._builds[profile] = infer_build(offer.availability for offer in distinct)
        return build

    def _row(self, profile: ProfileKey) -> tuple[Offer, ...]:
        catalogue_offers = self._catalogue_offers[profile]
        packed = bytes(0 if column is None else catalogue_offers[column] for column in self._columns)
        row = self._same.get(packed)
        if row is None:
            row = self._same[packed] = unpack_offers(packed)
        if not self._uncatalogued:
            return row
        mixed = list(row)
        offers = self._other_matcher.offers_once(self._profile(profile))
        for column, offer in zip(self._uncatalogued, offers, strict=True):
            mixed[column] = offer
        return tuple(mixed)


def _texts(profile_ids: Collection[int]) -> dict[int, str]:
    wanted = sorted(profile_ids)
    found: dict[int, str] = {}
    for start in range(0, len(wanted), CHUNK):
        found.update(StoredProfile.objects.filter(pk__in=wanted[start : start + CHUNK]).values_list("pk", "text"))
    return found


def _stored_offers(profile_ids: Collection[int]) -> dict[ProfileKey, bytes]:
    """Return packed offers on the whole catalogue."""
    wanted = sorted(profile_ids)
    current = catalogue_digest()
    found: dict[ProfileKey, bytes] = {}
    outdated: list[int] = []
    for start in range(0, len(wanted), CHUNK):
        rows = StoredProfile.objects.filter(pk__in=wanted[start : start + CHUNK]).values_list(
            "pk", "catalogue", "offers"
        )
        for pk, catalogue, packed in rows:
            if catalogue == current:
                found[pk] = bytes(packed)
            else:
                outdated.append(pk)
    for pk, text in _texts(outdated).items():
        found[pk] = pack_offers(catalogue_matcher().offers(ReleaseProfile.parse(text)))
    return found


def release_files(release_ids: Iterable[int]) -> dict[int, tuple[ReleaseFileFacts, ...]]:
    """Return the files of these releases by key. One query for each 2,000 releases."""
    wanted = sorted(set(release_ids))
    found: dict[int, list[ReleaseFileFacts]] = {}
    fields = ("release_id", "filename", "kind", "requires_python", "yanked", "uploaded_at", "sha256", "yanked_reason")
    for start in range(0, len(wanted), CHUNK):
        rows = ReleaseFile.objects.filter(release__in=wanted[start : start + CHUNK]).order_by("pk")
        for release_id, filename, kind, python, yanked, at, digest, why in rows.values_list(*fields):
            tags, build = read_wheel_tags(filename) if kind == FileKind.WHEEL else (None, ())
            reason = " ".join(why.split())[:_MAX_YANKED_REASON] if yanked else ""
            facts = ReleaseFileFacts(
                filename, FileKind(kind), tags, build, python or None, yanked, at, digest or "", reason
            )
            found.setdefault(release_id, []).append(facts)
    return {release_id: tuple(files) for release_id, files in found.items()}


def release_indexes(release_ids: Iterable[int]) -> dict[int, int]:
    """Return the index that has each of these releases. One query for each 2,000."""
    wanted = sorted(set(release_ids))
    found: dict[int, int] = {}
    for start in range(0, len(wanted), CHUNK):
        rows = Release.objects.filter(pk__in=wanted[start : start + CHUNK])
        found.update(rows.values_list("pk", "package__index"))
    return found


def build_detail(release: StoredRelease, profiles: ProfileTable) -> str:
    """Return what building a release needs: what its sdist showed, else what its wheels say."""
    return release.build_detail or profiles.build(release.profile) or UNSEEN
