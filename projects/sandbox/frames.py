"""Messages between the two processes: a length and a pickle. Only these two processes write into the pipes."""

from __future__ import annotations

import pickle
import struct
from typing import IO

_LENGTH = struct.Struct(">Q")


def write_message(stream: IO[bytes], value: object) -> None:
    """Write one message."""
    data = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    stream.write(_LENGTH.pack(len(data)))
    stream.write(data)
    stream.flush()


def read_message(stream: IO[bytes]) -> object:
    """Return the next message. Raises EOFError if the other process has closed the pipe or ended within a message."""
    (length,) = _LENGTH.unpack(_exactly(stream, _LENGTH.size))
    return pickle.loads(_exactly(stream, length))  # noqa: S301  written by our own process


def _exactly(stream: IO[bytes], length: int) -> bytes:
    data = stream.read(length)
    if len(data) < length:
        raise EOFError
    return data
