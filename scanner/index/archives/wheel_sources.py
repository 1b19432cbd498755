"""The Python files of a wheel, by range requests: its directory, then only the parts in which they lie.

They stay packed: whoever unpacks and parses them does so in a process of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from scanner.domain.evidence.wheel_reading import is_worth_reading
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

# Python files that lie so near to each other are fetched together.
_GAP = 128 * 1024
_MOST_BYTES = 12 * 1024 * 1024
# With the tail and the directory, fewer than a RemoteFile allows.
_MOST_RANGES = 9


class WheelSources(NamedTuple):
    """The paths in a wheel and its packed Python files. `is_whole`: no limit left one out."""

    paths: tuple[str, ...]
    packed: Mapping[ZipMember, bytes]
    is_whole: bool
    received: int


def read_wheel_sources(transport: Transport, url: str) -> WheelSources:
    """Return the Python files of a wheel. Raises InvalidArchive, NoSuchFile, and what a request raises."""
    file = RemoteFile(transport, url)
    try:
        end = file.range(max(0, file.size - LARGEST_END), file.size)
        directory = find_directory(end, file.size)
        members = read_directory(file.range(directory.start, directory.start + directory.size), directory)
    except InvalidZip as error:
        raise InvalidArchive(without_credentials(url), str(error)) from None
    wanted = [member for member in members if is_worth_reading(member.name)]
    planned = plan_ranges(wanted, directory.start, gap=_GAP, most_bytes=_MOST_BYTES, most=_MOST_RANGES)
    packed = cut_members({one.start: file.range(one.start, one.end) for one in planned}, planned)
    return WheelSources(tuple(member.name for member in members), packed, len(packed) == len(wanted), file.received)
