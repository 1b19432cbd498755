"""Archives that lie: their directories and members cost bounded time and memory, or are refused with the reason."""

import struct
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.domain.files.zip_directory import (
    LARGEST_END,
    InvalidZip,
    ZipDirectory,
    ZipMember,
    cut_members,
    find_directory,
    plan_ranges,
    read_directory,
    unpack_member,
    unpack_members,
)
from tests.archives import zip_of


def members_of(data: bytes) -> tuple[ZipMember, ...]:
    directory = find_directory(data[-LARGEST_END:], len(data))
    return read_directory(data[directory.start : directory.start + directory.size], directory)


def end(members: int, size: int, start: int) -> bytes:
    return struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, members, members, size, start, 0)


@given(st.dictionaries(st.from_regex(r"[a-z]{1,8}\.py", fullmatch=True), st.binary(max_size=300), max_size=8))
def test_every_member_of_an_archive_is_read_as_zipfile_does(files: dict[str, bytes]) -> None:
    data = zip_of(files)
    members = members_of(data)
    before = find_directory(data[-LARGEST_END:], len(data)).start
    planned = plan_ranges(members, before, gap=0, most_bytes=1 << 20, most=100)
    packed = cut_members({one.start: data[one.start : one.end] for one in planned}, planned)
    assert {member.name: unpack_member(member, content, 1000) for member, content in packed.items()} == files


@given(st.data())
def test_a_damaged_archive_is_refused_or_read_within_its_limits(data: st.DataObject) -> None:
    whole = bytearray(zip_of({"a.py": b"import cgi\n" * 50, "b/c.py": b"x = 1\n"}))
    for _ in range(data.draw(st.integers(1, 6))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        members = members_of(bytes(whole))
        for member in members:
            assert len(unpack_member(member, bytes(whole[member.start :]), 1000)) <= 1000
    except InvalidZip:
        pass


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "no directory"),
        (end(1, 46, 0)[:-4], "no directory"),
        (end(20_001, 1000, 0), "more than 20,000 members"),
        (end(10, 5 * 1024 * 1024, 0), "larger than"),
        (end(10, 1000, 10**6), "outside of it"),
        (end(0xFFFF, 1000, 0), "64-bit"),
        (struct.pack("<4sHHHHIIH", b"PK\x05\x06", 1, 0, 1, 1, 46, 0, 0), "several parts"),
    ],
)
def test_a_directory_that_cannot_be_is_refused(content: bytes, why: str) -> None:
    with pytest.raises(InvalidZip, match=why):
        find_directory(content, 100_000)


def test_more_entries_than_the_directory_says_are_refused() -> None:
    data = zip_of({f"{number}.py": b"" for number in range(50)})
    directory = find_directory(data[-LARGEST_END:], len(data))
    content = data[directory.start : directory.start + directory.size]
    with pytest.raises(InvalidZip, match="not as long"):
        read_directory(content, ZipDirectory(directory.start, directory.size, 10))


def test_a_bomb_costs_no_more_than_the_limit() -> None:
    data = zip_of({"bomb.py": b"\0" * 200_000_000})
    (member,) = members_of(data)
    tracemalloc.start()
    try:
        with pytest.raises(InvalidZip, match="unpacks to more than"):
            unpack_member(member, data[member.start :], 1_000_000)
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


def test_long_names_and_members_behind_the_directory_are_left_out() -> None:
    data = zip_of({"a/" * 400 + "x.py": b"1", "y.py": b"2"})
    assert [member.name for member in members_of(data)] == ["y.py"]


def test_ranges_stay_within_their_number_and_bytes() -> None:
    members = [ZipMember(f"{number}.py", 0, 100, 100, number * 10_000) for number in range(100)]
    planned = plan_ranges(members, 10**6, gap=10, most_bytes=10**6, most=5)
    assert len(planned) == 5
    planned = plan_ranges(members, 10**6, gap=10_000, most_bytes=50_000, most=5)
    assert sum(one.end - one.start for one in planned) <= 50_000


def test_members_are_unpacked_up_to_a_limit_of_all_and_what_is_too_large_counts() -> None:
    def stored(content: bytes) -> tuple[ZipMember, bytes]:
        return ZipMember("a", 0, len(content), len(content), 0), b"PK\x03\x04" + bytes(26) + content

    def unpacked(packed: list[tuple[ZipMember, bytes]], most: int) -> list[bytes | None]:
        return [content for _, content in unpack_members(packed, 9, most)]

    nine, ten = stored(b"012345678"), stored(b"0123456789")
    assert unpacked([nine, (nine[0], b"no zip"), nine, nine], 18) == [b"012345678", None, b"012345678", None]
    assert unpacked([ten, ten, nine], 27) == [None, None, b"012345678"]
    assert unpacked([ten, ten, nine], 26) == [None, None, None]
