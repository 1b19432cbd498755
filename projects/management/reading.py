"""Reading of the dependency files that a command was given."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.management import CommandError

from projects.domain.dependency_files import ParsedFiles
from projects.services.dependency_files import FilesOnDisk
from projects.services.reading import ReadingLimitReached, read_files


def read_from_disk(roots: Sequence[str]) -> ParsedFiles:
    """Read files on the disk, in a child process. Raises CommandError with status 2 at a limit."""
    try:
        return read_files(FilesOnDisk(), roots)
    except ReadingLimitReached as error:
        raise CommandError(f"{', '.join(roots)[:500]}: {error}.", returncode=2) from error
