"""What changed on a package's page since it was stored. Pure: stored rows and a page in, a list of changes out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from scanner.domain.index_page.page import IndexFile, IndexPage

Fact = TypeVar("Fact")


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One file as it was stored; the same facts as IndexFile has, each None or False when it was never known."""

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
    """Differences, each tuple sorted by file name; a file stands in at most one tuple of added and removed.

    added: on the page, not stored. changed: stored with other facts, the yank included, merged (see `compare`).
    yanked, unyanked: the changed files whose yank flag moved. removed: names stored and no longer on the page.
    """

    added: tuple[IndexFile, ...] = ()
    changed: tuple[IndexFile, ...] = ()
    yanked: tuple[IndexFile, ...] = ()
    unyanked: tuple[IndexFile, ...] = ()
    removed: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything changed at all."""
        return bool(self.added or self.changed or self.removed)


def diff_page(stored: Mapping[str, StoredFile], page: IndexPage) -> PageDiff:
    """The changes that bring `stored` (keyed by file name) to what `page` says.

    Independent of the order of either side, and idempotent: once applied, comparing again finds nothing. A fact that
    the page's form cannot carry (size, upload time, digests, metadata: all unknown in plain HTML) does not erase a
    known one, so that an index which answers now in JSON, now in HTML changes nothing; such files come out merged.
    A changed digest drops the old size, time and metadata facts: it is another file.
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
        if _facts(after) != _facts(before):
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
    """File names of rows that were skipped: a row that cannot be read is not a file that is gone."""
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
        provenance=file.provenance,
    )


def _metadata_sha256(before: StoredFile, file: IndexFile) -> str | None:
    if file.has_metadata is None:
        return before.metadata_sha256
    return file.metadata_sha256


def _facts(file: IndexFile | StoredFile) -> tuple[object, ...]:
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


def _either(new: Fact | None, old: Fact | None) -> Fact | None:
    return old if new is None else new


def _name(file: IndexFile) -> str:
    return file.filename
