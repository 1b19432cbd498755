"""Prepare the rows of a package's first page before the transaction that stores them.

SQLite lets one process write at a time. So all that takes time is done before: in the transaction the rows get the keys
of their releases and profiles, and are inserted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any

from msgspec import Struct
from packaging.utils import NormalizedName

from scanner.domain.files.locations import base_of, pack_locations
from scanner.domain.files.page_filenames import PageFilenames, parse_filenames
from scanner.domain.index_page.page import IndexFile, IndexPage
from scanner.domain.releases.release_columns import ReleaseColumns
from scanner.models import Release, ReleaseFile
from scanner.services.storage.prepared_insert import PreparedInsert, reserve_keys, write_times
from scanner.services.storage.release_columns import write_columns
from scanner.services.storage.release_profiles import Facts, PreparedProfiles, prepare_profiles
from scanner.services.storage.release_rows import NOT_READ

__all__ = ["FirstPage", "prepare_first_page"]


class _Releases(Struct, frozen=True):
    """The releases of a page in the order of its files.

    profiles_of: the place of each one's profile. columns: without keys; their order is that of the places in `order`.
    """

    rows: PreparedInsert
    profiles: PreparedProfiles
    profiles_of: list[int]
    columns: ReleaseColumns
    order: list[int]
    newest_at: datetime | None

    def store(self) -> tuple[list[int], ReleaseColumns]:
        """Insert the rows in the open transaction. Return their keys, and the columns with all keys."""
        stored = self.profiles.store()
        keys, profiles = reserve_keys(Release, len(self.order)), [stored[place] for place in self.profiles_of]
        self.rows.execute(pk=keys, profile=profiles)
        return keys, self.columns.with_keys([keys[at] for at in self.order], [profiles[at] for at in self.order])


class FirstPage(Struct, frozen=True):
    """The rows of a first page with files. releases_of: the place of each file's release, None for none."""

    package_id: int
    files_base: str
    files: PreparedInsert
    releases_of: list[int | None]
    releases: _Releases | None

    @property
    def newest_release_at(self) -> datetime | None:
        """Return when the first file of the newest release was uploaded."""
        return self.releases.newest_at if self.releases is not None else None

    def store(self) -> int:
        """Insert the rows in the open transaction, which locks the package. Return the number of files."""
        keys, columns = self.releases.store() if self.releases is not None else ([], ReleaseColumns.of({}))
        self.files.execute(release=[keys[place] if place is not None else None for place in self.releases_of])
        write_columns(self.package_id, columns)
        return len(self.releases_of)


def prepare_first_page(package_id: int, name: str, page: IndexPage) -> FirstPage | None:
    """Prepare the rows of a page of this package, of which nothing is stored. None for a page without files."""
    if not page.files:
        return None
    # By name, as the unique index of the table has them.
    files = sorted(page.files, key=itemgetter(0))
    names, urls, digests, sizes, pythons, times, yanks, reasons, announced, metadata = zip(*files, strict=True)
    base, written = base_of(urls[0], names[0]), write_times(times)
    parsed = parse_filenames(names, NormalizedName(name))
    # Releases are numbered as their first files come.
    numbers: dict[str, int] = {}
    releases_of = [
        numbers.setdefault(version, len(numbers)) if version is not None else None for version in parsed.versions
    ]
    columns: dict[str, Sequence[object] | None] = {
        "package": [package_id] * len(names),
        "release": None,
        "filename": names,
        "kind": [kind for kind, _ in parsed.kinds],
        "location": pack_locations(urls, names, base),
        "sha256": [bytes.fromhex(digest or "") for digest in digests],
        "size": sizes,
        "requires_python": [python or "" for python in pythons],
        "uploaded_at": written,
        "yanked": yanks,
        "yanked_reason": [reason or "" for reason in reasons],
        "has_metadata": announced,
        "metadata_sha256": [bytes.fromhex(digest or "") for digest in metadata],
    }
    return FirstPage(
        package_id,
        base,
        PreparedInsert(ReleaseFile, columns),
        releases_of,
        _prepare_releases(package_id, numbers, releases_of, files, parsed, written) if numbers else None,
    )


def _prepare_releases(
    package_id: int,
    numbers: Mapping[str, int],
    releases_of: Sequence[int | None],
    files: Sequence[IndexFile],
    parsed: PageFilenames,
    written: Sequence[Any],
) -> _Releases:
    """Prepare the releases of a page. numbers: their places, by version. written: upload times as they are stored."""
    groups: list[list[int]] = [[] for _ in numbers]
    for at, number in enumerate(releases_of):
        if number is not None:
            groups[number].append(at)
    facts = [
        (tags, kind, file.requires_python, file.yanked) for (kind, tags), file in zip(parsed.kinds, files, strict=True)
    ]
    profiles: dict[frozenset[Facts], int] = {}
    profiles_of = [profiles.setdefault(frozenset([facts[at] for at in group]), len(profiles)) for group in groups]
    spans = [_span(group, written) for group in groups]
    began = [files[span[0]].uploaded_at if span is not None else None for span in spans]
    # The releases of a first page are old: they are not settled and have no events.
    columns: dict[str, Sequence[object] | None] = {
        "pk": None,
        "package": [package_id] * len(groups),
        "version": list(numbers),
        "profile": None,
        "first_uploaded_at": [written[span[0]] if span is not None else None for span in spans],
        "last_uploaded_at": [written[span[1]] if span is not None else None for span in spans],
        **{name: [value] * len(groups) for name, value in NOT_READ.items()},
    }
    without_keys = ReleaseColumns.without_keys(dict(zip(numbers, began, strict=True)), parsed.parsed)
    return _Releases(
        PreparedInsert(Release, columns),
        prepare_profiles(profiles),
        profiles_of,
        without_keys,
        [numbers[version] for version in without_keys.versions],
        max((moment for moment in began if moment is not None), default=None),
    )


def _span(group: Sequence[int], written: Sequence[Any]) -> tuple[int, int] | None:
    """Return the places of the first and the last upload of a release's files, None where no time is known."""
    if None in (known := [written[place] for place in group]):
        group = [place for place in group if written[place] is not None]
        known = [written[place] for place in group]
    # Written times sort as the times do.
    return (group[known.index(min(known))], group[known.index(max(known))]) if known else None
