"""Hostile wheels: each is the bytes of one archive, made so that reading it costs much if nothing bounds that."""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Callable, Iterable, Mapping

from tests.archives import zip_of

MB = 1024 * 1024
_ENTRY = struct.Struct("<4sHHHHHHIIIHHHHHII")
_LOCAL = struct.Struct("<4sHHHHHIIIHH")
_END = struct.Struct("<4sHHHHIIH")
_DEFLATED = 8


def _entry(name: bytes, start: int, packed: int, size: int, method: int = _DEFLATED) -> bytes:
    fields = (b"PK\x01\x02", 20, 20, 0, method, 0, 0, 0, packed, size, len(name), 0, 0, 0, 0, 0, start)
    return _ENTRY.pack(*fields) + name


def _with_directory(content: bytes, entries: Iterable[bytes]) -> bytes:
    listed = list(entries)
    directory, number = b"".join(listed), min(len(listed), 0xFFFE)
    return content + directory + _END.pack(b"PK\x05\x06", 0, 0, number, number, len(directory), len(content), 0)


def _local(name: bytes, content: bytes) -> bytes:
    packer = zlib.compressobj(9, wbits=-15)
    packed = packer.compress(content) + packer.flush()
    return (
        _LOCAL.pack(b"PK\x03\x04", 20, 0, _DEFLATED, 0, 0, 0, len(packed), len(content), len(name), 0) + name + packed
    )


def one_place() -> bytes:
    """Return 20,000 members that all claim the same 10 MB."""
    content = random.Random(1).randbytes(11 * MB)
    return _with_directory(content, (_entry(b"m%d.py" % each, each, 10 * MB, 10 * MB) for each in range(20_000)))


def one_bomb_for_all() -> bytes:
    """Return 20,000 members that all are the same packed 2 MB of an import."""
    local = _local(b"m0.py", b"import cgi\n" * (2 * MB // 11))
    return _with_directory(
        local + b"\0" * 1000, (_entry(b"m%d.py" % each, 0, len(local) - 35, 1) for each in range(20_000))
    )


def lying_sizes() -> bytes:
    """Return members whose directory claims other places and sizes than they have."""
    local = _local(b"a.py", b"import cgi\n" * 1000)
    entries = [_entry(b"a.py", 0, 1, 1), _entry(b"b.py", 7, 50, 10), _entry(b"c.py", 0, 2**32 - 2, 5)]
    entries += [_entry(b"d%d.py" % each, 2**32 - 2 - each, 10, 5) for each in range(1000)]
    return _with_directory(local + b"\0" * 1000, entries)


def lying_length() -> bytes:
    """Return a directory that claims to be 4 GB long."""
    body = bytearray(zip_of({"a.py": b"import cgi\n"}))
    at = body.rindex(b"PK\x05\x06")
    body[at + 12 : at + 16] = (2**32 - 2).to_bytes(4, "little")
    return bytes(body)


def bomb() -> bytes:
    """Return one file of 200 MB of zeros, which is packed to 200 KB."""
    return zip_of({"bomb.py": b"\0" * (200 * MB)})


def many_bombs() -> bytes:
    """Return 2,000 files that unpack to 3 MB each, one byte above which nothing is read."""
    packed = _local(b"x.py", b"#" * (3 * MB))
    content, entries = [], []
    for each in range(2000):
        content.append(packed)
        entries.append(_entry(b"b%d.py" % each, each * len(packed), len(packed) - 34, 3 * MB))
    return _with_directory(b"".join(content), entries)


def million_names() -> bytes:
    """Return a directory with a million members; the count in its end is what 16 bits hold."""
    return _with_directory(b"", (_entry(b"%d.py" % each, 0, 0, 0) for each in range(1_000_000)))


def many_names() -> bytes:
    """Return a directory with as many members as are read, each of a module of its own."""
    return zip_of({f"module_{each}.py": b"import cgi" for each in range(19_999)})


def deep_paths() -> bytes:
    """Return 8,000 members in 250 folders each, and some deeper ones."""
    return zip_of({f"{'a/' * 250}{each}.py": b"import cgi" for each in range(8000)} | {"a/" * 20_000 + "x.py": b""})


def imports_of_24_files() -> bytes:
    """Return 24 files of 2 MB of imports."""
    line = b"import cgi\n"
    return zip_of({f"orm/m{each}.py": line * (2 * MB // len(line)) for each in range(24)} | {"orm/__init__.py": b""})


def many_imported_names() -> bytes:
    """Return a package that imports 5,000 names of its own in each of 20 files, from a module in ten folders."""
    deep = ".".join("abcdefghij")
    names = ", ".join(f"name_{each}" for each in range(5000))
    source = f"from orm.{deep} import {names}\nimport cgi\n".encode()
    return zip_of(
        {"orm/__init__.py": source} | {f"orm/{deep.replace('.', '/')}/name_{at}.py": source for at in range(20)}
    )


def conditions() -> bytes:
    """Return imports below 3,000 tests of the version, one in the other."""
    lines = [f"{' ' * at}if sys.version_info < (3, {at % 15}):" for at in range(90)]
    nested = "import sys\n" + "\n".join(lines) + "\n" + "\n".join(f"{' ' * 90}import cgi" for _ in range(3000))
    flat = "import sys\n" + "if sys.version_info < (3, 9): raise SystemExit(1)\nimport cgi\n" * 20_000
    return zip_of({"orm/__init__.py": nested.encode(), "orm/b.py": flat.encode()})


WHEELS: Mapping[str, Callable[[], bytes]] = {
    "20,000 members that claim the same 10 MB": one_place,
    "20,000 members that are the same 2 MB of imports": one_bomb_for_all,
    "members that claim other places and sizes": lying_sizes,
    "a directory that claims 4 GB": lying_length,
    "200 MB packed to 200 KB": bomb,
    "2,000 files of 3 MB packed to 3 KB": many_bombs,
    "a million names": million_names,
    "19,999 modules": many_names,
    "8,000 members in 250 folders": deep_paths,
    "24 files of 2 MB of imports": imports_of_24_files,
    "5,000 imported names, 20 times": many_imported_names,
    "23,000 conditions": conditions,
}
