"""Whichever library does it, gzip and checksums are what zlib says."""

import gzip
import subprocess
import sys
import zlib
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from scanner.index.http import deflate

ROOT = Path(__file__).parents[4]


@given(st.binary(max_size=400), st.integers(1, 50))
def test_pieces_of_bounded_size_make_the_whole(text: bytes, size: int) -> None:
    unpacker, packed, pieces = deflate.decompressobj(31), gzip.compress(text), []
    while not unpacker.eof:
        pieces.append(unpacker.decompress(packed, size))
        packed = unpacker.unconsumed_tail
    assert b"".join(pieces) == text
    assert all(len(piece) <= size for piece in pieces)
    assert deflate.crc32(text) == zlib.crc32(text)


def test_without_isal_zlib_does_it() -> None:
    code = "import sys; sys.modules['isal'] = None; from scanner.index.http import deflate; print(deflate.Broken)"
    told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)
    assert told.stdout.strip() == "<class 'zlib.error'>"
