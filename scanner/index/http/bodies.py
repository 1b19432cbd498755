"""An answer's body as bounded pieces, whatever its server sends."""

from collections.abc import Iterator

import requests

from scanner.index.errors import InvalidIndexPage
from scanner.index.http.deflate import Broken, decompressobj

# Bytes at once: as sent, and unpacked. What a piece unpacks to fits in one as a rule, so nothing is copied twice.
_CHUNK = 65_536
_PIECE = 1_048_576


def raw_chunks(response: requests.Response) -> Iterator[bytes]:
    """The body as sent, in pieces as it comes."""
    while chunk := response.raw.read(_CHUNK, decode_content=False):
        yield chunk


def bounded(chunks: Iterator[bytes], limit: int, shown: str, what: str) -> Iterator[bytes]:
    """The same pieces. Raises InvalidIndexPage at the first byte above `limit`; `what` ends its sentence."""
    seen = 0
    for chunk in chunks:
        seen += len(chunk)
        if seen > limit:
            raise InvalidIndexPage(shown, f"byte {limit + 1}", f"no more than {limit:,} {what}")
        yield chunk


def unpacked(chunks: Iterator[bytes], shown: str) -> Iterator[bytes]:
    """gzip, in pieces of bounded size whatever it holds; several members follow each other. Raises InvalidIndexPage."""
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
