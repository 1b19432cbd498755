"""Which rows of a JSON page may differ from the page before, told from its text: what did not change is never parsed.

A page's text is cut where one row ends and the next begins, and every few rows get a checksum over their text. The
next page's text is held against these from its front and from its end, up to the first and the last place that differ;
only the rows between are cut out and read. Anything unusual, such as white space that joins rows in another way or a
row that holds the cut in a text, makes what was cut unreadable; the whole page is then read.

The checksum is a CRC-32: an edit changes it but for one case in four thousand million.
"""

import hashlib
import json
import sys
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from scanner.index.http.deflate import crc32

# How the rows of a page are introduced, ended and joined: compact, and as the json module writes by itself.
_STYLES = ((b'"files":[{', b'}],"', b"},{"), (b'"files": [{', b'}], "', b"}, {"))
# Few, so that reading them for the sake of one costs little; enough that their checksums take no room.
_ROWS_TOGETHER = 16
# Says that the rest is as this version writes it.
_MARK = b"rows\x02\x00\x00\x00"


class _RowGroup(NamedTuple):
    """Rows that follow each other. size: bytes of their text, with the joints between them and none at the ends."""

    size: int
    checksum: int
    rows: int


@dataclass(frozen=True, slots=True)
class PageDelta:
    """What may differ from an earlier page.

    frame: the page's text with an empty list of files. rows: the texts of the rows that may be new or say something
    new, each without its outer braces. vanished: how many rows stood in their place. total: the rows of the page.
    prints: of the whole page, for the next comparison.
    """

    frame: bytes
    rows: list[bytes]
    vanished: int
    total: int
    checksums: bytes

    @property
    def pays(self) -> bool:
        """Whether reading these rows and asking what is stored of them costs less than reading the whole page."""
        return len(self.rows) * 4 <= self.total

    def digest(self) -> str:
        """Names the page's text: two pages with the same digest say the same."""
        return hashlib.sha256(self.frame + self.checksums).hexdigest()

    def document(self) -> dict[str, Any]:
        """The page as JSON with these rows alone. Raises ValueError, TypeError, RecursionError."""
        document: dict[str, Any] = json.loads(self.frame.decode())
        document["files"] = [json.loads(b"{%b}" % row) for row in self.rows]
        return document


def compare(body: bytes, known: bytes) -> PageDelta | None:
    """What may differ from the page whose prints are `known`; all of it where they are none. None for a page that is
    not written as indexes write it, or has no rows."""
    cut = _cut(body)
    if cut is None:
        return None
    frame, region, joint = cut
    groups = _unpacked(known)
    front, begin = _from_front(groups, region, joint)
    back, end = _from_back(groups[len(front) :], region, joint, begin)
    if begin <= end:
        while front and front[-1].rows < _ROWS_TOGETHER:
            # Rows that came one by one would each stay a group of their own.
            begin -= front.pop().size + len(joint)
        rows = bytes(region[begin:end]).split(joint)
    else:
        rows = []
    vanished = groups[len(front) : len(groups) - len(back)]
    found = [*front, *_grouped(rows, region[begin:], len(joint)), *back]
    return PageDelta(frame, rows, _rows(vanished), _rows(found), _packed(found))


def _cut(body: bytes) -> tuple[bytes, memoryview, bytes] | None:
    """(frame, the rows' text, what joins two rows)."""
    for introduction, ending, joint in _STYLES:
        begin = body.find(introduction) + len(introduction)
        if begin >= len(introduction):
            # From behind, where little stands: were it not the end of the files, what is cut could not be read.
            end = max(body.rfind(ending, begin), body.rfind(b"}]", max(begin, len(body) - 4)))
            if end >= 0:
                return body[: begin - 1] + body[end + 1 :], memoryview(body)[begin:end], joint
    return None


def _from_front(groups: Iterable[_RowGroup], region: memoryview, joint: bytes) -> tuple[list[_RowGroup], int]:
    """(the groups that the text begins with, where the row after them begins)."""
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
    """(the groups that the text from `least` on ends with, where the row before them ends)."""
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
    """`text` begins with these rows."""
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
    """The groups, none for what an earlier version or nobody wrote."""
    if not stored.startswith(_MARK) or (len(stored) - len(_MARK)) % 12:
        return []
    numbers = array("I")
    numbers.frombytes(stored[len(_MARK) :])
    if sys.byteorder == "big":
        numbers.byteswap()
    return list(map(_RowGroup._make, zip(numbers[::3], numbers[1::3], numbers[2::3], strict=True)))
