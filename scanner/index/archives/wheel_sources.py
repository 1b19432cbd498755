"""The Python files or the compiled modules of a wheel, by range requests: its directory, then the parts with them.

They stay packed: whoever unpacks and parses them does so in a process of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from scanner.domain.evidence.compiled_modules import is_compiled_module
from scanner.domain.evidence.wheel_reader import is_worth_reading
from scanner.domain.files.zip_directory import (
    LARGEST_END,
    InvalidZip,
    ZipMember,
    cut_members,
    find_directory,
    plan_ranges,
    read_directory,
)
from scanner.domain.index_address import without_credentials
from scanner.index.archives.remote_file import RemoteFile
from scanner.index.errors import InvalidArchive

if TYPE_CHECKING:
    from scanner.index.transport import Transport

# Files that lie so near to each other are fetched together.
_GAP = 128 * 1024
_MOST_BYTES = 12 * 1024 * 1024
_MOST_COMPILED_BYTES = 24 * 1024 * 1024
# With the tail and the directory, fewer than a RemoteFile allows.
_MOST_RANGES = 9


class WheelSources(NamedTuple):
    """The paths in a wheel and its packed Python files or compiled modules. `left_out` counts those beyond a limit."""

    paths: tuple[str, ...]
    packed: Mapping[ZipMember, bytes]
    left_out: int
    received: int

    @property
    def is_whole(self) -> bool:
        """Whether no limit left a file out."""
        return not self.left_out


def read_wheel_sources(transport: Transport, url: str) -> WheelSources:
    """Return the Python files of a wheel. Raises InvalidArchive, NoSuchFile, and what a request raises."""
    return _read_parts(transport, url, is_worth_reading, _MOST_BYTES)


def read_wheel_modules(transport: Transport, url: str) -> WheelSources:
    """Return the compiled modules of a wheel. Raises as `read_wheel_sources` does."""
    return _read_parts(transport, url, is_compiled_module, _MOST_COMPILED_BYTES)


def _read_parts(transport: Transport, url: str, is_wanted: Callable[[str], bool], most_bytes: int) -> WheelSources:
    file = RemoteFile(transport, url)
    try:
        end = file.range(max(0, file.size - LARGEST_END), file.size)
        directory = find_directory(end, file.size)
        members = read_directory(file.range(directory.start, directory.start + directory.size), directory)
    except InvalidZip as error:
        raise InvalidArchive(without_credentials(url), str(error)) from None
    wanted = [member for member in members if is_wanted(member.name)]
    planned = plan_ranges(wanted, directory.start, gap=_GAP, most_bytes=most_bytes, most=_MOST_RANGES)
    packed = cut_members({one.start: file.range(one.start, one.end) for one in planned}, planned)
    return WheelSources(tuple(member.name for member in members), packed, len(wanted) - len(packed), file.received)
