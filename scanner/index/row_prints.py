"""Which rows of a JSON page differ from the page before, told from its text: what did not change is never parsed.

A page's text is cut where one row ends and the next begins, and each piece gets a checksum. The checksums of the
stored page (its prints) are held against those of the new one. Anything unusual, such as white space that joins rows
in another way or a row that holds the cut in a text, makes the cut pieces unreadable; the whole page is then read.

The checksum is a CRC-32. An edit within one row changes it but for one case in four thousand million; lists are
compared with their counts, so a row that is gone or new is never hidden by a chance equality with another row.
"""

import json
import sys
from array import array
from collections import Counter
from dataclasses import dataclass
from typing import Any
from zlib import crc32

_STARTS = (b'"files":[{', b'"files": [{')
_ENDS = (b'}],"', b'}], "')
_CUTS = (b"},{", b"}, {")


@dataclass(frozen=True, slots=True)
class Pieces:
    """A page cut into its rows, each without its outer braces. frame: the page's text with an empty list of files."""

    frame: bytes
    rows: list[bytes]

    def prints(self) -> bytes:
        """Four bytes a row, in the page's order."""
        return _packed(array("I", map(crc32, self.rows)))


@dataclass(frozen=True, slots=True)
class Delta:
    """What differs from an earlier page.

    document: the page as JSON, with only the rows that are new or worded otherwise. vanished: how many rows of the
    earlier page are not there any more, or not in that wording. prints: of the whole page.
    """

    document: dict[str, Any]
    vanished: int
    prints: bytes


def cut(body: bytes) -> Pieces | None:
    """The rows of a JSON page, None for a page that is not written as indexes write it or has no rows."""
    for start_mark in _STARTS:
        start = body.find(start_mark)
        if start >= 0:
            break
    else:
        return None
    begin = start + len(start_mark)
    # From behind, where little stands: were it not the end of the files, what was cut could not be read.
    end = max(body.rfind(mark, begin) for mark in _ENDS)
    if end < 0:
        end = body.rfind(b"}]", begin)
    if end < 0:
        return None
    region = body[begin:end]
    mark = next((mark for mark in _CUTS if mark in region), _CUTS[0])
    return Pieces(body[: begin - 1] + body[end + 1 :], region.split(mark))


def delta(body: bytes, known: bytes) -> Delta | None:
    """What differs from the page whose prints are `known`; None when the whole page must be read to tell."""
    pieces = cut(body)
    if pieces is None:
        return None
    prints, before = array("I", map(crc32, pieces.rows)), _unpacked(known)
    fresh, vanished = _differing(pieces.rows, prints, before)
    if len(fresh) * 4 > len(prints):
        # Reading all of it once costs less than finding the same out twice.
        return None
    try:
        document = json.loads(pieces.frame.decode())
        document["files"] = [json.loads(b"{%b}" % row) for row in fresh]
    except (ValueError, TypeError, RecursionError):
        return None
    return Delta(document, vanished, _packed(prints))


def _differing(rows: list[bytes], prints: "array[int]", before: "array[int]") -> tuple[list[bytes], int]:
    """(rows whose print was not there before, how many prints of before are not there any more)."""
    known = set(before)
    if len(known) == len(before) and len(set(prints)) == len(prints):
        fresh = [row for row, checksum in zip(rows, prints, strict=True) if checksum not in known]
        return fresh, len(before) - (len(rows) - len(fresh))
    left, fresh = Counter(before), []
    for row, checksum in zip(rows, prints, strict=True):
        if left.get(checksum):
            left[checksum] -= 1
        else:
            fresh.append(row)
    return fresh, left.total()


def _packed(prints: "array[int]") -> bytes:
    if sys.byteorder == "big":
        prints = prints[:]
        prints.byteswap()
    return prints.tobytes()


def _unpacked(stored: bytes) -> "array[int]":
    prints = array("I")
    prints.frombytes(stored[: len(stored) // prints.itemsize * prints.itemsize])
    if sys.byteorder == "big":
        prints.byteswap()
    return prints
