"""The differences between the stored files of a package and its index page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from scanner.domain.index_page.page import IndexFile, IndexPage

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file as it is stored: the fields of IndexFile, each None or False when the index never gave it."""

    filename: str
    url: str
    sha256: str | None = None
    size: int | None = None
    requires_python: str | None = None
    uploaded_at: datetime | None = None
    yanked: bool = False
    yanked_reason: str | None = None
    has_metadata: bool | None = None
    metadata_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class PageDiff:
    """The differences between stored files and an index page. Each tuple is sorted by file name.

    - added: on the page, not stored.
    - changed: stored with other field values, merged (see `diff_page`).
    - yanked, unyanked: the changed files whose yank flag changed.
    - removed: names that are stored and no longer on the page.
    """

    added: tuple[IndexFile, ...] = ()
    changed: tuple[IndexFile, ...] = ()
    yanked: tuple[IndexFile, ...] = ()
    unyanked: tuple[IndexFile, ...] = ()
    removed: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Return whether anything changed."""
        return bool(self.added or self.changed or self.removed)


def diff_page(stored: Mapping[str, StoredFile], page: IndexPage) -> PageDiff:
    """Return the changes from `stored` (keyed by file name) to `page`.

    The order of neither side matters, and the diff is empty once it is applied. A value that the page does not give
    (HTML has no size, upload time or metadata) does not erase a stored one, so that an index which answers in JSON
    and in HTML by turns changes nothing. When the digest of a file changed, it is another file: the old size, upload
    time and metadata values are dropped.
    """
    added: list[IndexFile] = []
    changed: list[IndexFile] = []
    yanked: list[IndexFile] = []
    unyanked: list[IndexFile] = []
    seen: set[str] = set()
    for file in page.files:
        if file.filename in seen:
            continue
        seen.add(file.filename)
        before = stored.get(file.filename)
        if before is None:
            added.append(file)
            continue
        after = _merged(before, file)
        if _values(after) != _values(before):
            changed.append(after)
            if after.yanked and not before.yanked:
                yanked.append(after)
            elif before.yanked and not after.yanked:
                unyanked.append(after)
    unread = _unread_names(page)
    return PageDiff(
        added=tuple(sorted(added, key=_name)),
        changed=tuple(sorted(changed, key=_name)),
        yanked=tuple(sorted(yanked, key=_name)),
        unyanked=tuple(sorted(unyanked, key=_name)),
        removed=tuple(sorted(name for name in stored if name not in seen and name not in unread)),
    )


def _unread_names(page: IndexPage) -> frozenset[str]:
    """Return the file names of skipped rows: a row that cannot be parsed does not mean that the file was removed."""
    return frozenset(problem.filename for problem in page.problems if problem.filename is not None)


def _merged(before: StoredFile, file: IndexFile) -> IndexFile:
    if before.sha256 is not None and file.sha256 is not None and before.sha256 != file.sha256:
        return file
    return IndexFile(
        filename=file.filename,
        url=file.url,
        sha256=_either(file.sha256, before.sha256),
        size=_either(file.size, before.size),
        requires_python=file.requires_python,
        uploaded_at=_either(file.uploaded_at, before.uploaded_at),
        yanked=file.yanked,
        yanked_reason=file.yanked_reason,
        has_metadata=_either(file.has_metadata, before.has_metadata),
        metadata_sha256=_metadata_sha256(before, file),
    )


def _metadata_sha256(before: StoredFile, file: IndexFile) -> str | None:
    if file.has_metadata is None:
        return before.metadata_sha256
    return file.metadata_sha256


def _values(file: IndexFile | StoredFile) -> tuple[object, ...]:
    return (
        file.url,
        file.sha256,
        file.size,
        file.requires_python,
        file.uploaded_at,
        file.yanked,
        file.yanked_reason,
        file.has_metadata,
        file.metadata_sha256,
    )


def _either(new: Value | None, old: Value | None) -> Value | None:
    return old if new is None else new


def _name(file: IndexFile) -> str:
    return file.filename
