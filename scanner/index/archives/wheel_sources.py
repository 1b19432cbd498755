"""The Python files or the compiled modules of a wheel, by range requests: its directory, then the parts with them.

They stay packed: whoever unpacks and parses them does so in a process of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple

from scanner.domain.evidence.compiled_modules import is_compiled_module
from scanner.domain.evidence.wheel_reader import is_worth_reading, top_level_modules
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
    """The paths in a wheel and its packed Python files or compiled modules. `left_out` counts those beyond a limit.

    `contents` is a digest of what is read of the wheel, as its directory describes it: where it is equal, so are the
    names and checksums of the files. `is_fetched` is false where they were not wanted, and `packed` empty then.
    """

    paths: tuple[str, ...]
    packed: Mapping[ZipMember, bytes]
    left_out: int
    received: int
    contents: bytes = b""
    is_fetched: bool = True

    @property
    def is_whole(self) -> bool:
        """Whether no limit left a file out."""
        return not self.left_out


def read_wheel_sources(
    transport: Transport, url: str, is_wanted: Callable[[bytes], bool] | None = None
) -> WheelSources:
    """Return the Python files of a wheel. Raises InvalidArchive, NoSuchFile, and what a request raises.

    Without `is_wanted`, which is asked with the digest of their contents, they are fetched whatever they are.
    """
    return _read_parts(transport, url, is_worth_reading, _MOST_BYTES, is_wanted)


def read_wheel_modules(transport: Transport, url: str) -> WheelSources:
    """Return the compiled modules of a wheel. Raises as `read_wheel_sources` does."""
    return _read_parts(transport, url, is_compiled_module, _MOST_COMPILED_BYTES)


def _read_parts(
    transport: Transport,
    url: str,
    is_worth: Callable[[str], bool],
    most_bytes: int,
    is_wanted: Callable[[bytes], bool] | None = None,
) -> WheelSources:
    # With a tail in which the directory begins or is, nearly always: no request for a few bytes more.
    file = RemoteFile(transport, url, tail=LARGEST_END)
    try:
        end = file.range(max(0, file.size - LARGEST_END), file.size)
        directory = find_directory(end, file.size)
        members = read_directory(file.range(directory.start, directory.start + directory.size), directory)
    except InvalidZip as error:
        raise InvalidArchive(without_credentials(url), str(error)) from None
    wanted = [member for member in members if is_worth(member.name)]
    planned = plan_ranges(wanted, directory.start, gap=_GAP, most_bytes=most_bytes, most=_MOST_RANGES)
    paths = tuple(member.name for member in members)
    contents = b""
    if is_wanted is not None:
        inside = [member for one in planned for member in one.members]
        contents = _digest(paths, inside, len(wanted) - len(inside))
        if not is_wanted(contents):
            return WheelSources(paths, {}, len(wanted) - len(inside), file.received, contents, is_fetched=False)
    packed = cut_members({one.start: file.range(one.start, one.end) for one in planned}, planned)
    return WheelSources(paths, packed, len(wanted) - len(packed), file.received, contents)


def _digest(paths: Sequence[str], members: Sequence[ZipMember], left_out: int) -> bytes:
    """Return a digest of what `read_wheel` is given. The order of members counts, since a limit may end within them."""
    found = blake2b(repr((top_level_modules(paths), bool(left_out))).encode(), digest_size=16)
    for one in members:
        found.update(f"{one.name}\0{one.crc}\0{one.size}\0".encode())
    return found.digest()
