"""Reading of the dependency files that a command was given."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.management import CommandError

from projects.domain.dependency_files import ParsedFiles, read
from projects.services.dependency_files import FilesOnDisk
from projects.services.reading import ReadingLimitReached, read_files

# To start the child takes a tenth of a second. What is as small as this is read in less, whatever is in it.
_SMALL = 64 * 1024


def read_from_disk(roots: Sequence[str]) -> ParsedFiles:
    """Read files on the disk, large ones in a child process. Raises CommandError with status 2 at a limit."""
    files = FilesOnDisk()
    if sum(len(files.get(root, b"")) for root in roots) <= _SMALL:
        return read(files, roots)
    try:
        return read_files(files, roots)
    except ReadingLimitReached as error:
        raise CommandError(f"{', '.join(roots)[:500]}: {error}.", returncode=2) from error
