"""What an ELF file (a module or library of Linux) takes of others, from bytes that a stranger sent.

Only its sections, the symbols that it looks for and the versions that it requires are read. Every step has a limit:
libraries for the format follow what a file claims, and one of 200 bytes can claim four billion entries.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from msgspec import Struct

_CLASS, _ORDER = 4, 5
_ORDERS = {1: "<", 2: ">"}
_MOST_SECTIONS = 2_000
_MOST_VERSIONS = 5_000
_MOST_NAMES = 20_000
_LONGEST_NAME = 300
_SYMBOLS, _NEEDED_VERSIONS = 11, 0x6FFFFFFE
_UNDEFINED, _WEAK = 0, 2


class InvalidElf(ValueError):
    """A file that is not read: it is damaged, or claims more than files do."""


class ElfNeeds(Struct, frozen=True):
    """The names of the symbols and of the versions that a file takes of others; weak symbols it can do without."""

    symbols: frozenset[str]
    versions: frozenset[str]


class _Layout(Struct, frozen=True):
    """How the parts of a file are packed. `symbol` are the places of a symbol's name, info and section."""

    header: struct.Struct
    section: struct.Struct
    symbols: struct.Struct
    symbol: tuple[int, int, int]
    version: struct.Struct
    needed: struct.Struct


def _layout(order: str, *, is_64: bool) -> _Layout:
    header, section, symbol, places = (
        ("HHIQQQIHHHHHH", "IIQQQQIIQQ", "IBBHQQ", (0, 1, 3))
        if is_64
        else ("HHIIIIIHHHHHH", "IIIIIIIIII", "IIIBBH", (0, 3, 5))
    )
    return _Layout(
        struct.Struct(order + header),
        struct.Struct(order + section),
        struct.Struct(order + symbol),
        places,
        struct.Struct(order + "HHIII"),
        struct.Struct(order + "IHHII"),
    )


_LAYOUTS = {(size, number): _layout(order, is_64=size == 2) for size in (1, 2) for number, order in _ORDERS.items()}


class _Section(Struct, frozen=True):
    """A section: its type, where it lies, the section that it refers to, and a number whose meaning is the type's."""

    kind: int
    start: int
    end: int
    link: int
    info: int


def read_elf(content: bytes, prefixes: tuple[str, ...]) -> ElfNeeds:
    """Return what a file takes of others, of symbols those whose names begin so. Raise InvalidElf."""
    try:
        layout = _LAYOUTS[content[_CLASS], content[_ORDER]]
        sections = list(_sections(content, layout))
        symbols: set[str] = set()
        versions: set[str] = set()
        for section in sections:
            if section.kind == _SYMBOLS:
                symbols.update(_undefined(content, layout, section, sections[section.link], prefixes))
            elif section.kind == _NEEDED_VERSIONS:
                versions.update(_versions(content, layout, section, sections[section.link]))
    except (struct.error, LookupError) as error:
        raise InvalidElf("it is damaged") from error
    return ElfNeeds(frozenset(symbols), frozenset(versions))


def _sections(content: bytes, layout: _Layout) -> Iterator[_Section]:
    header = layout.header.unpack_from(content, 16)
    start, size, count = header[5], header[10], header[11]
    if size != layout.section.size or not 0 < count <= _MOST_SECTIONS:
        raise InvalidElf("its sections are not those of a library")
    seen: set[int] = set()
    for number in range(count):
        _, kind, _, _, offset, length, link, info, _, _ = layout.section.unpack_from(content, start + number * size)
        if kind in (_SYMBOLS, _NEEDED_VERSIONS):
            if kind in seen:
                raise InvalidElf("it has several tables of one kind")
            seen.add(kind)
        yield _Section(kind, offset, offset + length, link, info)


def _undefined(
    content: bytes, layout: _Layout, table: _Section, strings: _Section, prefixes: tuple[str, ...]
) -> set[str]:
    if table.end > len(content):
        raise InvalidElf("its symbols lie outside of it")
    wanted = tuple(prefix.encode() for prefix in prefixes)
    name_at, info_at, section_at = layout.symbol
    found: set[str] = set()
    whole = table.end - (table.end - table.start) % layout.symbols.size
    for symbol in layout.symbols.iter_unpack(memoryview(content)[table.start : whole]):
        if symbol[section_at] != _UNDEFINED or symbol[info_at] >> 4 == _WEAK:
            continue
        if content.startswith(wanted, strings.start + symbol[name_at]):
            found.add(_name(content, strings, symbol[name_at]))
            if len(found) > _MOST_NAMES:
                raise InvalidElf("it takes more symbols than there are")
    return found


def _versions(content: bytes, layout: _Layout, table: _Section, strings: _Section) -> Iterator[str]:
    left = _MOST_VERSIONS
    at, is_last = table.start, not table.info
    while not is_last:
        _, count, _, first, following = layout.version.unpack_from(content, at)
        place = at + first
        for _ in range(count):
            *_, name, after = layout.needed.unpack_from(content, place)
            yield _name(content, strings, name)
            left -= 1
            if not after or left < 0:
                break
            place += after
        at += following
        left -= 1
        if left < 0:
            raise InvalidElf("it requires more versions than there are")
        is_last = not following


def _name(content: bytes, strings: _Section, offset: int) -> str:
    start = strings.start + offset
    end = content.find(b"\0", start, min(strings.end, start + _LONGEST_NAME))
    if end < 0:
        raise InvalidElf("a name is not one of its strings")
    return content[start:end].decode("utf-8", errors="replace")
