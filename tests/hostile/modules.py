"""Hostile compiled modules: each is what a wheel holds, made so that reading it costs much if nothing bounds that."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping, Sequence

MB = 1024 * 1024
_SYMBOLS, _STRINGS, _NEEDED = 11, 3, 0x6FFFFFFE
_HEADER = 64
Section = tuple[int, int, int, int]  # type, offset, size, info


def elf(body: bytes, sections: Sequence[Section], *, claimed: int | None = None) -> bytes:
    """Return an ELF file of these sections. All are named by its first string and linked to the section of strings."""
    strings = next((at for at, (kind, *_) in enumerate(sections) if kind == _STRINGS), 0)
    table = b"".join(
        struct.pack("<IIQQQQIIQQ", 1, kind, 0, 0, start, size, strings, info, 1, 24 if kind == _SYMBOLS else 0)
        for kind, start, size, info in sections
    )
    count = len(sections) if claimed is None else claimed
    magic = struct.pack("<4sBBBBQ", b"\x7fELF", 2, 1, 1, 0, 0)
    header = struct.pack("<HHIQQQIHHHHHH", 3, 62, 1, 0, 0, _HEADER + len(body), 0, 64, 0, 0, 64, count, strings)
    return magic + header + body + table


def many_versions() -> bytes:
    """Return a section of versions that claims four billion entries, each of which is followed by itself."""
    body = b"\0.dynsym\0" + struct.pack("<HHIII", 1, 0xFFFF, 1, 0, 0)
    return elf(body, [(_STRINGS, _HEADER, 9, 0), (_NEEDED, _HEADER + 9, 16, 0xFFFFFFFF)])


def many_version_lists(count: int = 2_000_000) -> bytes:
    """Return so many lists of versions, each of them empty."""
    body = b"\0.dynsym\0" + struct.pack("<HHIII", 1, 0, 1, 0, 16) * count
    return elf(body, [(_STRINGS, _HEADER, 9, 0), (_NEEDED, _HEADER + 9, len(body) - 9, 0xFFFFFFFF)])


def many_names(count: int = 150_000) -> bytes:
    """Return so many symbols of Python, each with a name of its own that is 200 bytes long."""
    names = b"".join(b"Py%0198d\0" % at for at in range(count))
    text = b"\0.dynsym\0" + names
    body = text + b"".join(struct.pack("<IBBHQQ", 9 + at * 201, 1 << 4, 0, 0, 0, 0) for at in range(count))
    return elf(body, [(_STRINGS, _HEADER, len(text), 0), (_SYMBOLS, _HEADER + len(text), len(body) - len(text), 0)])


def many_symbols(count: int = 1_500_000) -> bytes:
    """Return so many symbols that are taken from elsewhere."""
    body = b"\0.dynsym\0" + struct.pack("<IBBHQQ", 1, 1 << 4, 0, 0, 0, 0) * count
    return elf(body, [(_STRINGS, _HEADER, 9, 0), (_SYMBOLS, _HEADER + 9, len(body) - 9, 0)])


def long_names(size: int = 40) -> bytes:
    """Return 100,000 symbols, each with a name of so many MB that begins a byte after the other's."""
    text = b"\0.dynsym\0" + b"P" * (size * MB) + b"\0"
    body = text + b"".join(struct.pack("<IBBHQQ", 9 + at, 1 << 4, 0, 0, 0, 0) for at in range(100_000))
    return elf(body, [(_STRINGS, _HEADER, len(text), 0), (_SYMBOLS, _HEADER + len(text), len(body) - len(text), 0)])


def long_section_names(size: int = 40) -> bytes:
    """Return 60,000 sections that share a name of so many MB."""
    text = b"\0" + b"P" * (size * MB) + b"\0"
    return elf(text, [(_STRINGS, _HEADER, len(text), 0)] * 60_000)


def claimed_sections() -> bytes:
    """Return a table that claims four billion sections, by the size of its first."""
    return elf(b"\0", [(0, 0, 0xFFFFFFFF, 0), (_STRINGS, _HEADER, 1, 0)], claimed=0)


def overlapping() -> bytes:
    """Return 60,000 sections of versions that all lie in the same place, with 1,000 entries each."""
    entry = struct.pack("<HHIII", 1, 0, 1, 0, 16)
    body = b"\0.dynsym\0" + entry * 1000
    return elf(body, [(_STRINGS, _HEADER, 9, 0), *[(_NEEDED, _HEADER + 9, 16_000, 1000)] * 60_000])


def unpacked_section() -> bytes:
    """Return a compressed section of symbols that claims to unpack to a terabyte."""
    body = b"\0.dynsym\0" + struct.pack("<IIQQ", 1, 0, 1 << 40, 1) + b"\x78\x9c" + bytes(1000)
    made = bytearray(elf(body, [(_STRINGS, _HEADER, 9, 0), (_SYMBOLS, _HEADER + 9, len(body) - 9, 0)]))
    struct.pack_into("<Q", made, _HEADER + len(body) + 64 + 8, 0x800)
    return bytes(made)


def cut_short() -> bytes:
    """Return the first half of a file with symbols."""
    return many_symbols()[: 18 * MB]


def zeros() -> bytes:
    """Return 150 MB of zeros after the mark of an ELF file."""
    return b"\x7fELF" + bytes(150 * MB)


def windows() -> bytes:
    """Return 40 MB of the beginning of the name that is looked for in modules for Windows."""
    return b"MZ" + b"numpy.core._multiarray_umath" * (40 * MB // 28)


def macos() -> bytes:
    """Return a module for macOS that claims four billion parts."""
    return b"\xca\xfe\xba\xbe\xff\xff\xff\xff" + bytes(40 * MB)


MODULES: Mapping[str, Callable[[], Mapping[str, bytes]]] = {
    "ELF: four billion versions": lambda: {"a.so": many_versions()},
    "ELF: 2,000,000 lists of versions": lambda: {"a.so": many_version_lists()},
    "ELF: 150,000 names": lambda: {"a.so": many_names()},
    "ELF: 1,500,000 symbols": lambda: {"a.so": many_symbols()},
    "ELF: 100,000 names of 40 MB": lambda: {"a.so": long_names()},
    "ELF: 60,000 sections with a name of 40 MB": lambda: {"a.so": long_section_names()},
    "ELF: four billion sections": lambda: {"a.so": claimed_sections()},
    "ELF: 60,000 sections in one place": lambda: {"a.so": overlapping()},
    "ELF: a section that unpacks to 1 TB": lambda: {"a.so": unpacked_section()},
    "ELF: cut short": lambda: {"a.so": cut_short()},
    "ELF: 150 MB packed to 146 kB": lambda: {"a.so": zeros()},
    "ELF: 1,000 modules with 1,000 symbols": lambda: {f"{at}.so": many_symbols(1000) for at in range(1000)},
    "PE: 40 MB of the beginning of a name": lambda: {"a.pyd": windows()},
    "PE: 20 modules of 40 MB": lambda: {f"{at}.pyd": b"MZ" + bytes(40 * MB) for at in range(20)},
    "Mach-O: four billion parts": lambda: {"a.so": macos()},
}
