"""Wheels of one release whose metadata differ by platform, and one statement of dependencies for all of them.

Most releases have the same metadata in all of their wheels. Some do not: a wheel for one system is an empty shell that
requires another package, or only the wheels for Linux have the extras for graphics cards. What only some platforms
require becomes a requirement with a marker.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from operator import or_

from msgspec import Struct
from packaging.utils import NormalizedName

from scanner.domain.files.sdist_metadata import MetadataGrade, StatedDependencies

__all__ = ["PlatformFamily", "WheelListing", "choose_wheels", "merge_dependencies"]

# A wheel that is so many times smaller than another one of its release holds something else.
_FAR_SMALLER = 20
_PLATFORM = re.compile(
    r"(?P<linux>manylinux\w*?|musllinux\w*?|linux)_(?P<machine>x86_64|aarch64|i686|armv7l|ppc64le|s390x|riscv64)$"
    r"|(?P<mac>macosx_\d+_\d+)_(?P<mac_machine>\w+)$"
    r"|(?P<windows>win32|win_amd64|win_arm64)$"
)
_WINDOWS = {"win32": "x86", "win_amd64": "AMD64", "win_arm64": "ARM64"}


class PlatformFamily(Struct, frozen=True, order=True):
    """The platforms that share a system and a machine, as their markers name them; any machine if it is empty."""

    system: str
    machine: str

    @property
    def marker(self) -> str:
        """The marker that holds there and nowhere else."""
        system = f'sys_platform == "{self.system}"'
        return f'{system} and platform_machine == "{self.machine}"' if self.machine else system


class WheelListing(Struct, frozen=True):
    """A wheel as the index lists it. `digest` is that of its metadata, empty where the index gives none."""

    filename: str
    tag_set: str
    size: int | None
    digest: str


def choose_wheels(wheels: Iterable[WheelListing]) -> list[tuple[WheelListing, frozenset[PlatformFamily]]]:
    """Return the wheels whose metadata must be read to know those of all, each with the platforms that it speaks for.

    The first one speaks for whatever is not named. It is one wheel for nearly every release: others count where the
    index gives other digests for them or, if it gives none, where their size shows that they hold something else.
    """
    by_family: dict[PlatformFamily, WheelListing] = {}
    anywhere: list[WheelListing] = []
    for wheel in sorted(wheels, key=lambda wheel: wheel.filename):
        families = _families(wheel.tag_set)
        if not families:
            anywhere.append(wheel)
        for family in families:
            by_family[family] = wheel
    if not by_family:
        return [(anywhere[0], frozenset())] if anywhere else []
    first = _richest(by_family)
    groups: dict[str, tuple[WheelListing, set[PlatformFamily]]] = {}
    for family, wheel in by_family.items():
        key = _kind(wheel, first)
        groups.setdefault(key, (wheel, set()))[1].add(family)
    others = [(wheel, frozenset(families)) for key, (wheel, families) in groups.items() if key != _kind(first, first)]
    return [(first, frozenset(groups[_kind(first, first)][1])), *others]


def _richest(by_family: Mapping[PlatformFamily, WheelListing]) -> WheelListing:
    """Return the wheel that speaks for most people: that of Linux on x86-64, unless another one is far larger."""
    linux = by_family.get(PlatformFamily("linux", "x86_64"))
    largest = max(by_family.values(), key=lambda wheel: wheel.size or 0)
    if linux is None or (linux.size or 0) * _FAR_SMALLER < (largest.size or 0):
        return largest
    return linux


def _kind(wheel: WheelListing, first: WheelListing) -> str:
    """Return a key that is equal for wheels that are taken to have the same metadata."""
    if wheel.digest and first.digest:
        return wheel.digest
    if wheel.size is not None and first.size is not None and wheel.size * _FAR_SMALLER < first.size:
        return wheel.filename
    return ""


def _families(tag_set: str) -> set[PlatformFamily]:
    found = set()
    for platform in tag_set.rpartition("-")[2].split("."):
        match = _PLATFORM.fullmatch(platform)
        if match is None:
            continue
        if match["linux"]:
            found.add(PlatformFamily("linux", match["machine"]))
        elif match["windows"]:
            found.add(PlatformFamily("win32", _WINDOWS[match["windows"]]))
        else:
            machine = match["mac_machine"]
            machines = ("arm64", "x86_64") if machine.startswith(("universal", "fat", "intel")) else (machine,)
            found |= {PlatformFamily("darwin", one) for one in machines}
    return found


def merge_dependencies(
    read: Sequence[tuple[StatedDependencies, frozenset[PlatformFamily]]],
) -> StatedDependencies:
    """Return one statement for wheels that speak for different platforms; the first one for all that are not named."""
    if len(read) == 1:
        return read[0][0]
    texts: dict[str, set[int]] = {}
    extras: dict[NormalizedName, None] = {}
    for number, (stated, _) in enumerate(read):
        extras.update(dict.fromkeys(stated.extras))
        for text in stated.requires_dist:
            texts.setdefault(text, set()).add(number)
    others = frozenset().union(*(families for _, families in read[1:]))
    merged = []
    for text, numbers in texts.items():
        if len(numbers) == len(read):
            merged.append(text)
            continue
        named = frozenset().union(*(read[number][1] for number in numbers if number))
        if 0 not in numbers:
            condition = _any_of(named)
        else:
            lacking = others - named
            condition = " and ".join(f"({_none_of(family)})" for family in sorted(lacking))
        merged.append(_with_condition(text, condition))
    declared = reduce(or_, (stated.declared for stated, _ in read))
    links = next((stated.links for stated, _ in read if stated.links), ())
    return StatedDependencies(tuple(merged), tuple(extras), MetadataGrade.CERTAIN, declared, links)


def _any_of(families: Iterable[PlatformFamily]) -> str:
    return " or ".join(family.marker for family in sorted(families))


def _none_of(family: PlatformFamily) -> str:
    """Return the marker that holds everywhere else."""
    return f'sys_platform != "{family.system}" or platform_machine != "{family.machine}"'


def _with_condition(text: str, condition: str) -> str:
    requirement, semicolon, marker = text.partition(";")
    joined = f"({marker.strip()}) and ({condition})" if semicolon else condition
    return f"{requirement.strip()} ; {joined}"
