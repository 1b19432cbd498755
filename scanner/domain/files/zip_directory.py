"""The directory at the end of a zip archive, and its members, from bytes that a stranger sent.

`zipfile` reads a directory of any size and trusts what it says of members. Here every step has a limit: how many
members there may be, how long their names are, where they lie, and how much one unpacks to. Archives in the 64-bit
form, in several parts or encrypted are refused: no wheel needs them.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

# The end of an archive with its comment: no directory is looked for before it.
END_SIZE = 22
LARGEST_END = END_SIZE + 65_535
_END = struct.Struct("<4sHHHHIIH")
_ENTRY = struct.Struct("<4sHHHHHHIIIHHHHHII")
_LOCAL = struct.Struct("<4sHHHHHIIIHH")
_STORED, _DEFLATED = 0, 8
_LARGEST_DIRECTORY = 4 * 1024 * 1024
_MOST_MEMBERS = 20_000
_LONGEST_NAME = 512
_ENCRYPTED = 0x1


class InvalidZip(ValueError):
    """An archive that is not read, with the reason as a clause."""


class MemberTooLarge(InvalidZip):
    """A member that unpacks to more than the caller takes."""


class ZipDirectory(Struct, frozen=True):
    """Where the directory lies in the archive, and how many members it says it has."""

    start: int
    size: int
    members: int


class ZipMember(Struct, frozen=True):
    """A member as the directory describes it. `start` is where its own header lies; sizes are in bytes.

    `crc` is the checksum that the directory claims: none is worked out here.
    """

    name: str
    method: int
    packed: int
    size: int
    start: int
    crc: int = 0


def find_directory(end: bytes, archive_size: int) -> ZipDirectory:
    """Return where the directory is, from the last bytes of an archive. Raise InvalidZip."""
    place = end.rfind(b"PK\x05\x06")
    if place < 0 or len(end) - place < END_SIZE:
        raise InvalidZip("it has no directory")
    _, disk, first_disk, here, members, size, start, _ = _END.unpack_from(end, place)
    if disk or first_disk or here != members:
        raise InvalidZip("it is in several parts")
    if members == 0xFFFF or 0xFFFFFFFF in (size, start):
        raise InvalidZip("it is in the 64-bit form")
    if members > _MOST_MEMBERS:
        raise InvalidZip(f"it has more than {_MOST_MEMBERS:,} members")
    if size > _LARGEST_DIRECTORY:
        raise InvalidZip(f"its directory is larger than {_LARGEST_DIRECTORY:,} bytes")
    if start + size > archive_size - (len(end) - place):
        raise InvalidZip("its directory lies outside of it")
    return ZipDirectory(start, size, members)


def read_directory(content: bytes, directory: ZipDirectory) -> tuple[ZipMember, ...]:
    """Return the members that a directory lists; none that lies in it or behind it. Raise InvalidZip."""
    found: list[ZipMember] = []
    position = 0
    while position < len(content):
        if len(content) - position < _ENTRY.size or len(found) >= directory.members:
            raise InvalidZip("its directory is not as long as it says")
        fields = _ENTRY.unpack_from(content, position)
        signature, flags, method = fields[0], fields[3], fields[4]
        packed, size, name_length, extra, comment = fields[8], fields[9], fields[10], fields[11], fields[12]
        start = fields[16]
        if signature != b"PK\x01\x02":
            raise InvalidZip("its directory is damaged")
        name = content[position + _ENTRY.size : position + _ENTRY.size + name_length]
        position += _ENTRY.size + name_length + extra + comment
        if position > len(content):
            raise InvalidZip("its directory is not as long as it says")
        if name_length > _LONGEST_NAME or flags & _ENCRYPTED or start + packed > directory.start:
            continue
        found.append(ZipMember(name.decode("utf-8", errors="replace"), method, packed, size, start, fields[7]))
    return tuple(found)


def unpack_member(member: ZipMember, content: bytes, most: int) -> bytes:
    """Return what a member holds, given the bytes from its header on. Raise InvalidZip where it is more than `most`."""
    if len(content) < _LOCAL.size or not content.startswith(b"PK\x03\x04"):
        raise InvalidZip("a member is not where the directory says")
    *_, name_length, extra = _LOCAL.unpack_from(content)
    begin = _LOCAL.size + name_length + extra
    packed = content[begin : begin + member.packed]
    if len(packed) < member.packed:
        raise InvalidZip("a member is not whole")
    if member.method == _STORED:
        unpacked = packed[: most + 1]
    elif member.method == _DEFLATED:
        try:
            unpacked = zlib.decompressobj(-15).decompress(packed, most + 1)
        except zlib.error as error:
            raise InvalidZip("a member is damaged") from error
    else:
        raise InvalidZip("a member is packed in a way that is not read")
    if len(unpacked) > most:
        raise MemberTooLarge(f"a member unpacks to more than {most:,} bytes")
    return unpacked


def unpack_members(
    packed: Iterable[tuple[ZipMember, bytes]], largest: int, most: int
) -> Iterator[tuple[ZipMember, bytes | None]]:
    """Yield each member with what it holds, at most `largest` bytes of one and `most` of all; None where it is not had.

    What was unpacked to see that a member is too large counts, or an archive of bombs would cost for each.
    """
    left = most
    for member, content in packed:
        limit = min(largest, left)
        try:
            unpacked = unpack_member(member, content, limit)
        except InvalidZip as error:
            left -= limit if isinstance(error, MemberTooLarge) else 0
            yield member, None
        else:
            left -= len(unpacked)
            yield member, unpacked


def local_size(member: ZipMember) -> int:
    """Return how many bytes from a member's header on surely hold it; the header repeats the name."""
    return _LOCAL.size + len(member.name.encode()) + 256 + member.packed


class ByteRange(Struct, frozen=True):
    """Bytes of an archive from `start` up to `end`, with the members that begin in them."""

    start: int
    end: int
    members: tuple[ZipMember, ...]


def plan_ranges(members: Sequence[ZipMember], before: int, *, gap: int, most_bytes: int, most: int) -> list[ByteRange]:
    """Return the ranges that hold these members, close ones together, within limits of bytes and of ranges.

    `before` is where the directory begins. Members that the limits leave out are in no range.
    """
    ranges: list[tuple[int, int, list[ZipMember]]] = []
    total = claimed = 0
    for member in sorted(members, key=lambda one: one.start):
        end = min(member.start + local_size(member), before)
        last_end = ranges[-1][1] if ranges else -1
        is_near = bool(ranges) and member.start - last_end <= gap
        begin = last_end if is_near else member.start
        cost = max(0, end - min(begin, end))
        # Members that lie in each other cost no more to fetch, but each is cut out.
        if total + cost > most_bytes or claimed + member.packed > most_bytes:
            continue
        if is_near:
            start, _, inside = ranges[-1]
            inside.append(member)
            ranges[-1] = (start, max(last_end, end), inside)
        elif len(ranges) < most:
            ranges.append((member.start, end, [member]))
        else:
            continue
        total += cost
        claimed += member.packed
    return [ByteRange(start, end, tuple(inside)) for start, end, inside in ranges]


def cut_members(ranges: Mapping[int, bytes], planned: Sequence[ByteRange]) -> dict[ZipMember, bytes]:
    """Return the bytes of each member out of those of the ranges, by where a range starts."""
    return {
        member: ranges[one.start][member.start - one.start :][: local_size(member)]
        for one in planned
        if one.start in ranges
        for member in one.members
    }
