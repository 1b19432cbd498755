"""Wheels of one release whose metadata differ by platform, and one statement of dependencies for all of them.

Most releases have the same metadata in all of their wheels. Some do not: a wheel for one system is an empty shell that
requires another package, only the wheels for Linux have the extras for graphics cards, or the wheel for one Python was
built another way. What only some of them require becomes a requirement with a marker.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import reduce
from itertools import chain
from operator import itemgetter, or_

from msgspec import Struct
from msgspec.structs import replace
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
_PYTHON = re.compile(r"\bcp3(?P<minor>\d{1,2})\b")
# No wheel is read for what only older Pythons take: each one is another request.
_OLDEST_MINOR = 9


class PlatformFamily(Struct, frozen=True, order=True):
    """The platforms that share a system and a machine, as their markers name them.

    With `python` that Python there alone, with `other_than` every Python there but these.
    """

    system: str
    machine: str
    python: str = ""
    other_than: tuple[str, ...] = ()

    @property
    def marker(self) -> str:
        """The marker that holds there and nowhere else."""
        return " and ".join(self._clauses("==", "!="))

    @property
    def opposite(self) -> str:
        """The marker that holds everywhere else."""
        return " or ".join(self._clauses("!=", "=="))

    def _clauses(self, is_one: str, is_other: str) -> Iterator[str]:
        """Yield the conditions of the marker. `is_one` compares with what the family is, `is_other` with what not."""
        yield f'sys_platform {is_one} "{self.system}"'
        yield f'platform_machine {is_one} "{self.machine}"'
        if self.python:
            yield f'python_version {is_one} "{self.python}"'
        for python in self.other_than:
            yield f'python_version {is_other} "{python}"'


class WheelListing(Struct, frozen=True):
    """A wheel as the index lists it. `digest` is that of its metadata, empty where the index gives none."""

    filename: str
    tag_set: str
    size: int | None
    digest: str


def choose_wheels(wheels: Iterable[WheelListing]) -> list[tuple[WheelListing, frozenset[PlatformFamily]]]:
    """Return the wheels whose metadata must be read to know those of all, each with the platforms that it speaks for.

    The first one speaks for whatever is not named. It is one wheel for nearly every release: others count where the
    index gives other digests for them or, if it gives none, where their size shows that they hold something else. If
    it gives digests, the wheels of one platform for different Pythons are compared too.
    """
    listed: dict[PlatformFamily, list[WheelListing]] = {}
    anywhere: list[WheelListing] = []
    for wheel in sorted(wheels, key=lambda wheel: wheel.filename):
        families = _families(wheel.tag_set)
        if not families:
            anywhere.append(wheel)
        for family in families:
            listed.setdefault(family, []).append(wheel)
    if not listed:
        return [(anywhere[0], frozenset())] if anywhere else []
    parts = {family: list(_parts(family, own)) for family, own in listed.items()}
    first = _richest({family: own[0][1] for family, own in parts.items()})
    groups: dict[str, tuple[WheelListing, set[PlatformFamily]]] = {}
    for part, wheel in chain.from_iterable(parts.values()):
        groups.setdefault(_kind(wheel, first), (wheel, set()))[1].add(part)
    own_kind = _kind(first, first)
    others = [(wheel, frozenset(families)) for kind, (wheel, families) in groups.items() if kind != own_kind]
    return [(first, frozenset(groups[own_kind][1])), *others]


def _parts(family: PlatformFamily, wheels: Sequence[WheelListing]) -> Iterator[tuple[PlatformFamily, WheelListing]]:
    """Yield the wheel that speaks for a family, then by its digest each Python that takes one with other metadata.

    The first is that of Pythons newer than all that are named, else that of the newest. No marker tells free-threaded
    builds, PyPy or musl from the others, so wheels for these count where there are no others.
    """
    by_minor = {}
    if len({wheel.digest for wheel in wheels}) > 1:
        minors = [int(tag["minor"]) for wheel in wheels for tag in _PYTHON.finditer(wheel.tag_set)]
        for minor in range(_OLDEST_MINOR, max(minors, default=_OLDEST_MINOR) + 2):
            ranked = [(rank, wheel.filename, wheel) for wheel in wheels if (rank := _rank(wheel.tag_set, minor))]
            if ranked:
                by_minor[f"3.{minor}"] = max(ranked, key=itemgetter(0, 1))[2]
    usual = [*by_minor.values()][-1] if by_minor else wheels[-1]
    others = {
        python: wheel
        for python, wheel in by_minor.items()
        if usual.digest and wheel.digest and wheel.digest != usual.digest
    }
    yield replace(family, other_than=tuple(others)), usual
    yield from ((replace(family, python=python), wheel) for python, wheel in others.items())


def _rank(tag_set: str, minor: int) -> tuple[int, ...]:
    """Return how well a wheel fits CPython 3.`minor`, as installers rank it; empty if it does not."""
    pythons, abis, platforms = (part.split(".") for part in tag_set.split("-"))
    is_gnu = not platforms[-1].startswith("musllinux")
    named = {int(tag["minor"]) for python in pythons if (tag := _PYTHON.fullmatch(python))}
    if minor in named and {f"cp3{minor}", "none"} & {*abis}:
        return (2, minor, is_gnu)
    if "abi3" in abis and min(named, default=minor) <= minor:
        return (1, min(named, default=0), is_gnu)
    return (0, 0, is_gnu) if "py3" in pythons else ()


def _richest(usual: Mapping[PlatformFamily, WheelListing]) -> WheelListing:
    """Return the wheel that speaks for most people: that of Linux on x86-64, unless another one is far larger."""
    linux = usual.get(PlatformFamily("linux", "x86_64"))
    largest = max(usual.values(), key=lambda wheel: wheel.size or 0)
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
            condition = " and ".join(f"({family.opposite})" for family in sorted(lacking))
        merged.append(_with_condition(text, condition))
    declared = reduce(or_, (stated.declared for stated, _ in read))
    links = next((stated.links for stated, _ in read if stated.links), ())
    return StatedDependencies(tuple(merged), tuple(extras), MetadataGrade.CERTAIN, declared, links)


def _any_of(families: Iterable[PlatformFamily]) -> str:
    return " or ".join(family.marker for family in sorted(families))


def _with_condition(text: str, condition: str) -> str:
    requirement, semicolon, marker = text.partition(";")
    joined = f"({marker.strip()}) and ({condition})" if semicolon else condition
    return f"{requirement.strip()} ; {joined}"
