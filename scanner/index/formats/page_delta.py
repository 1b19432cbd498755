"""Find the rows of a JSON page that may differ from the page before, so that unchanged rows are not parsed.

The text of a page is cut between rows, and each group of rows has a checksum over its text. The next page's text is
compared with the checksums from both ends, up to the first and the last difference; only the rows in between are
parsed. If the page is written in an unusual way, such as with other white space between rows or with the text of a cut
inside a string, the pieces are invalid JSON and the whole page is parsed.

The checksum is CRC-32: an edit goes unnoticed in one case of four thousand million.
"""

import hashlib
import json
import sys
from array import array
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from msgspec import Struct

from scanner.index.http.deflate import crc32

# What precedes, follows and joins the rows of a page: compact, and in the default form of the json module.
_STYLES = ((b'"files":[{', b'}],"', b"},{"), (b'"files": [{', b'}], "', b"}, {"))
# Few, so that parsing a group for one row costs little; enough, so that the checksums take little space.
_ROWS_TOGETHER = 16
# Marks the format of this version.
_MARK = b"rows\x02\x00\x00\x00"


class _RowGroup(NamedTuple):
    """Consecutive rows. size: bytes of their text, with the joints between them but not at the ends."""

    size: int
    checksum: int
    rows: int


class PageDelta(Struct, frozen=True):
    """The difference from an earlier page.

    frame: the page's text with an empty list of files. rows: the texts of the rows that may be new or changed, each
    without its outer braces. vanished: the number of earlier rows that they replace. total: the rows of the page.
    checksums: of the whole page, for the next comparison.
    """

    frame: bytes
    rows: list[bytes]
    vanished: int
    total: int
    checksums: bytes

    @property
    def pays(self) -> bool:
        """Return whether parsing these rows and reading their stored files costs less than parsing the whole page."""
        return len(self.rows) * 4 <= self.total

    def digest(self) -> str:
        """Return a digest of the page's content: two pages with the same digest have the same rows."""
        return hashlib.sha256(self.frame + self.checksums).hexdigest()

    def document(self) -> dict[str, Any]:
        """Return the page as JSON with these rows alone. Raises ValueError, TypeError, RecursionError."""
        document: dict[str, Any] = json.loads(self.frame.decode())
        document["files"] = [json.loads(b"{%b}" % row) for row in self.rows]
        return document


def compare(body: bytes, known: bytes) -> PageDelta | None:
    """Return the difference from the page with the checksums `known`; all rows if those are empty.

    None for a page that is written in an unusual way or has no rows.
    """
    cut = _cut(body)
    if cut is None:
        return None
    frame, region, joint = cut
    groups = _unpacked(known)
    front, begin = _from_front(groups, region, joint)
    back, end = _from_back(groups[len(front) :], region, joint, begin)
    if begin <= end:
        while front and front[-1].rows < _ROWS_TOGETHER:
            # Otherwise rows that are added one by one would each stay a group of their own.
            begin -= front.pop().size + len(joint)
        rows = bytes(region[begin:end]).split(joint)
    else:
        rows = []
    vanished = groups[len(front) : len(groups) - len(back)]
    found = [*front, *_grouped(rows, region[begin:], len(joint)), *back]
    return PageDelta(frame, rows, _rows(vanished), _rows(found), _packed(found))


def _cut(body: bytes) -> tuple[bytes, memoryview, bytes] | None:
    """Return (frame, the rows' text, what joins two rows)."""
    for introduction, ending, joint in _STYLES:
        begin = body.find(introduction) + len(introduction)
        if begin >= len(introduction):
            # Searched from the end: if it were not the end of the files, the pieces would be invalid JSON.
            end = max(body.rfind(ending, begin), body.rfind(b"}]", max(begin, len(body) - 4)))
            if end >= 0:
                return body[: begin - 1] + body[end + 1 :], memoryview(body)[begin:end], joint
    return None


def _from_front(groups: Iterable[_RowGroup], region: memoryview, joint: bytes) -> tuple[list[_RowGroup], int]:
    """Return (the groups at the beginning of the text, where the row after them begins)."""
    same, begin, step = [], 0, len(joint)
    for group in groups:
        end = begin + group.size
        ends_there = end == len(region) or region[end : end + step] == joint
        if not ends_there or crc32(region[begin:end]) != group.checksum:
            break
        same.append(group)
        begin = end + step
    return same, begin


def _from_back(groups: list[_RowGroup], region: memoryview, joint: bytes, least: int) -> tuple[list[_RowGroup], int]:
    """Return (the groups at the end of the text from `least` on, where the row before them ends)."""
    same, end, step = 0, len(region), len(joint)
    for group in reversed(groups):
        begin = end - group.size
        if begin < least:
            break
        begins_there = begin == least or region[begin - step : begin] == joint
        if not begins_there or crc32(region[begin:end]) != group.checksum:
            break
        same += 1
        end = begin - step
    return groups[len(groups) - same :], end


def _grouped(rows: list[bytes], text: memoryview, step: int) -> Iterator[_RowGroup]:
    """Yield groups of these rows, with which `text` begins."""
    begin = 0
    for first in range(0, len(rows), _ROWS_TOGETHER):
        together = rows[first : first + _ROWS_TOGETHER]
        end = begin + sum(map(len, together)) + step * (len(together) - 1)
        yield _RowGroup(end - begin, crc32(text[begin:end]), len(together))
        begin = end + step


def _rows(groups: Iterable[_RowGroup]) -> int:
    return sum(group.rows for group in groups)


def _packed(groups: Iterable[_RowGroup]) -> bytes:
    numbers = array("I", [number for group in groups for number in group])
    if sys.byteorder == "big":
        numbers.byteswap()
    return _MARK + numbers.tobytes()


def _unpacked(stored: bytes) -> list[_RowGroup]:
    """Return the groups; none for an empty value or that of an earlier version."""
    if not stored.startswith(_MARK) or (len(stored) - len(_MARK)) % 12:
        return []
    numbers = array("I")
    numbers.frombytes(stored[len(_MARK) :])
    if sys.byteorder == "big":
        numbers.byteswap()
    return list(map(_RowGroup._make, zip(numbers[::3], numbers[1::3], numbers[2::3], strict=True)))
