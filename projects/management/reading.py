"""Reading of the dependency files that a command was given."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.management import CommandError
from msgspec import Struct
from msgspec.structs import replace

from projects.domain.dependency_files import ParsedFiles, read
from projects.domain.indexes.index_options import not_followed
from projects.services.dependency_files import FilesOnDisk, UnreadablePath, roots_of, unreadable
from projects.services.reading import ReadingLimitReached
from projects.services.reading import read_files as read_in_child

# To start the child takes a tenth of a second. What is as small as this is read in less, whatever is in it.
_SMALL = 64 * 1024


class DependencyFiles(Struct, frozen=True):
    """The files that a command was given, parsed. Their contents are read from the disk when they are needed."""

    roots: Sequence[str]
    parsed: ParsedFiles


def read_files(paths: Sequence[str]) -> DependencyFiles:
    """Parse the dependency files at these paths. Raises CommandError with status 2 when nothing could be read."""
    try:
        roots = roots_of(paths)
    except UnreadablePath as error:
        raise CommandError(str(error), returncode=2) from error
    parsed = read_from_disk(roots)
    if unreadable(parsed, paths) or (not parsed.requirements and parsed.problems):
        problems = "\n".join(map(str, parsed.problems))
        raise CommandError(f"No requirement could be read.\n{problems}", returncode=2)
    return DependencyFiles(roots, replace(parsed, problems=(*parsed.problems, *not_followed(parsed))))


def read_from_disk(roots: Sequence[str]) -> ParsedFiles:
    """Read files on the disk, large ones in a child process. Raises CommandError with status 2 at a limit."""
    files = FilesOnDisk()
    if sum(len(files.get(root, b"")) for root in roots) <= _SMALL:
        return read(files, roots)
    try:
        return read_in_child(files, roots)
    except ReadingLimitReached as error:
        raise CommandError(f"{', '.join(roots)[:500]}: {error}.", returncode=2) from error
