"""The differences between the stored files of a package and its index page."""

from collections.abc import Mapping
from typing import TypeVar

from msgspec import Struct

from scanner.domain.index_page.page import IndexFile, IndexPage

Value = TypeVar("Value")


class PageDiff(Struct, frozen=True):
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


def diff_page(stored: Mapping[str, IndexFile], page: IndexPage) -> PageDiff:
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
        if after != before:
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


def _merged(before: IndexFile, file: IndexFile) -> IndexFile:
    if before.sha256 is not None and file.sha256 is not None and before.sha256 != file.sha256:
        return file
    return file._replace(
        sha256=_either(file.sha256, before.sha256),
        size=_either(file.size, before.size),
        uploaded_at=_either(file.uploaded_at, before.uploaded_at),
        has_metadata=_either(file.has_metadata, before.has_metadata),
        metadata_sha256=file.metadata_sha256 if file.has_metadata is not None else before.metadata_sha256,
    )


def _either(new: Value | None, old: Value | None) -> Value | None:
    return old if new is None else new


def _name(file: IndexFile) -> str:
    return file.filename
