"""Read the body of an answer in pieces of bounded size, whatever the server sends."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from scanner.index.errors import InvalidIndexPage
from scanner.index.http.deflate import Broken, decompressobj

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse

# Sizes in bytes, as sent and unpacked. A chunk usually unpacks to one piece, so nothing is copied twice.
_CHUNK = 65_536
_PIECE = 1_048_576


def raw_chunks(response: BaseHTTPResponse) -> Iterator[bytes]:
    """Yield the body as sent, in chunks as they arrive."""
    while chunk := response.read(_CHUNK, decode_content=False):
        yield chunk


def bounded(chunks: Iterator[bytes], limit: int, shown: str, what: str) -> Iterator[bytes]:
    """Yield the same chunks. Raises InvalidIndexPage at the first byte above `limit`; `what` ends its message."""
    seen = 0
    for chunk in chunks:
        seen += len(chunk)
        if seen > limit:
            raise InvalidIndexPage(shown, f"byte {limit + 1}", f"no more than {limit:,} {what}")
        yield chunk


def unpacked(chunks: Iterator[bytes], shown: str) -> Iterator[bytes]:
    """Yield unpacked gzip, of one or more members, in pieces of bounded size. Raises InvalidIndexPage."""
    unpacker, sent = decompressobj(31), 0
    try:
        for chunk in chunks:
            sent += len(chunk)
            packed = chunk
            while packed:
                if unpacker.eof:
                    unpacker = decompressobj(31)
                if piece := unpacker.decompress(packed, _PIECE):
                    yield piece
                packed = unpacker.unused_data if unpacker.eof else unpacker.unconsumed_tail
        while not unpacker.eof and (piece := unpacker.decompress(unpacker.unconsumed_tail, _PIECE)):
            yield piece
    except Broken:
        raise InvalidIndexPage(shown, f"byte {sent}", "the gzip encoding is broken") from None
    if not unpacker.eof:
        raise InvalidIndexPage(shown, f"byte {sent}", "the gzip encoding ends early")
