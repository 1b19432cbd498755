"""Store the releases of a package for the files it is about to have: profiles, dates, new and emptied releases."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from msgspec import Struct, field

from scanner.domain.files.filenames import FileKind, ParsedFilename, UnparsedFilename, read_wheel_tags
from scanner.domain.files.sdist_metadata import MetadataGrade
from scanner.domain.index_page.page import IndexFile
from scanner.domain.releases.release_columns import PolledRelease
from scanner.models import Package, Release, ReleaseFile
from scanner.selectors.rows import CHUNK, in_chunks
from scanner.services.storage.release_profiles import Facts, prepare_profiles
from scanner.services.storage.sql import insert_rows, marks, select_rows, time_writer, update_rows

Parsed = ParsedFilename | UnparsedFilename


class _ReleaseFiles(Struct):
    """The files that a release is about to have."""

    facts: list[Facts] = field(default_factory=list)
    times: list[datetime] = field(default_factory=list)

    def add(self, facts: Facts, uploaded_at: datetime | None) -> None:
        self.facts.append(facts)
        if uploaded_at is not None:
            self.times.append(uploaded_at)


class ReleaseRows(Struct, frozen=True):
    """The stored releases of a page.

    keys: the release of each new file that has a version, by file name. stored: these releases and those that lost a
    file, by version. emptied: releases without a file afterwards. newest_at: the first upload of the newest of these
    releases, None where no time is known.
    """

    keys: dict[str, int]
    stored: dict[str, PolledRelease]
    emptied: tuple[int, ...]
    newest_at: datetime | None

    def drop_empty(self) -> None:
        """Delete the releases whose last file was removed. Call after the rows of the files are deleted."""
        if self.emptied:
            Release.objects.filter(pk__in=self.emptied).delete()


def store_releases(
    package: Package,
    fresh: Mapping[str, IndexFile],
    parsed: Mapping[str, Parsed],
    gone: Iterable[str],
    now: datetime,
) -> ReleaseRows:
    """Store the releases of `fresh` files as they are after the rows of `gone` are deleted and these inserted.

    Only releases with such a file are read and written, each profile is computed once, and all new releases are
    inserted at once.
    """
    versions = _versions(parsed)
    names = set(versions.values())
    gone = set(gone)
    known = _known_releases(package, names, gone)
    gathered = _stored_files(known, gone)
    for filename, version in versions.items():
        read, file = parsed[filename], fresh[filename]
        assert isinstance(read, ParsedFilename)
        kind = "wheel" if read.kind is FileKind.WHEEL else read.kind.value
        facts = (read.tag_set, kind, file.requires_python, file.yanked)
        files = gathered.get(version)
        if files is None:
            files = gathered[version] = _ReleaseFiles()
        files.add(facts, file.uploaded_at)
    profiles = _profiles(gathered)
    _update(known, gathered, profiles)
    _insert(package, [version for version in gathered if version not in known], gathered, profiles, now)
    keys = {**known, **_keys(package, names - known.keys())}
    emptied = tuple(key for version, key in known.items() if version not in gathered)
    stored = {
        version: PolledRelease(keys[version], profiles[version], min(files.times, default=None))
        for version, files in gathered.items()
    }
    newest_at = max((one.uploaded_at for one in stored.values() if one.uploaded_at is not None), default=None)
    return ReleaseRows({filename: keys[version] for filename, version in versions.items()}, stored, emptied, newest_at)


def _versions(parsed: Mapping[str, Parsed]) -> dict[str, str]:
    """Return the normalised version of each file that has one, by file name."""
    # Formatting costs as much as parsing the name, and the files of a release share their Version object.
    texts: dict[int, str] = {}
    found = {}
    for filename, read in parsed.items():
        if isinstance(read, ParsedFilename):
            text = texts.get(id(read.version))
            if text is None:
                text = texts[id(read.version)] = str(read.version)
            found[filename] = text
    return found


def _known_releases(package: Package, names: Collection[str], gone: set[str]) -> dict[str, int]:
    """Return the stored releases of these versions and of the removed files, by version."""
    found = _keys(package, names)
    if gone:
        wanted = sorted(gone)
        for some in in_chunks(wanted, CHUNK):
            rows = ReleaseFile.objects.filter(package=package, filename__in=some, release__isnull=False)
            found.update(rows.values_list("release__version", "release_id"))
    return found


def _keys(package: Package, versions: Collection[str]) -> dict[str, int]:
    if len(versions) > CHUNK:
        return dict(select_rows(Release, ("version", "pk"), "package_id = %s", [package.pk]))
    if versions:
        where = f"package_id = %s AND version IN {marks(versions)}"
        return dict(select_rows(Release, ("version", "pk"), where, [package.pk, *versions]))
    return {}


def _stored_files(known: Mapping[str, int], gone: set[str]) -> dict[str, _ReleaseFiles]:
    """Return the files of these releases that stay, by version."""
    versions = {key: version for version, key in known.items()}
    gathered: dict[str, _ReleaseFiles] = {}
    fields = ("release_id", "filename", "kind", "requires_python", "yanked", "uploaded_at")
    keys = sorted(versions)
    for some in in_chunks(keys, CHUNK):
        for key, filename, kind, python, yanked, at in select_rows(
            ReleaseFile, fields, f"release_id IN {marks(some)}", some
        ):
            if filename not in gone:
                tags = read_wheel_tags(filename)[0] if kind == "wheel" else None
                facts = (tags, kind, python or None, yanked)
                gathered.setdefault(versions[key], _ReleaseFiles()).add(facts, at)
    return gathered


def _profiles(gathered: Mapping[str, _ReleaseFiles]) -> dict[str, int]:
    """Return the row of each release's profile, by version."""
    return dict(zip(gathered, prepare_profiles(frozenset(one.facts) for one in gathered.values()).store(), strict=True))


def _update(known: Mapping[str, int], gathered: Mapping[str, _ReleaseFiles], profiles: Mapping[str, int]) -> None:
    rows = [
        Release(
            pk=key,
            profile_id=profiles[version],
            first_uploaded_at=min(gathered[version].times, default=None),
            last_uploaded_at=max(gathered[version].times, default=None),
        )
        for version, key in known.items()
        if version in gathered
    ]
    if rows:
        update_rows(rows, ["profile", "first_uploaded_at", "last_uploaded_at"])


NOT_READ = {
    "metadata_error": "",
    "build_detail": "",
    "metadata_failures": 0,
    "metadata_grade": MetadataGrade.CERTAIN.value,
    "declared": "",
}
"""What a release has whose metadata was never read."""
_COLUMNS = (
    *("package", "version", "profile", "first_uploaded_at", "last_uploaded_at", "unsettled_since"),
    *NOT_READ,
)


def _insert(
    package: Package,
    versions: list[str],
    gathered: Mapping[str, _ReleaseFiles],
    profiles: Mapping[str, int],
    now: datetime,
) -> None:
    time = time_writer()
    rows = (
        (
            package.pk,
            version,
            profiles[version],
            time(min(gathered[version].times, default=None)),
            time(max(gathered[version].times, default=None)),
            time(now),
            *NOT_READ.values(),
        )
        for version in versions
    )
    if versions:
        insert_rows(Release, _COLUMNS, rows)
