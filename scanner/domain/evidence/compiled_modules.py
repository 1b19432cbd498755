"""What the compiled modules of a wheel need that its tags do not promise, or that a NumPy may lack.

Three things are looked for: modules compiled for NumPy 1 only, which fail beside NumPy 2; symbols of a newer glibc than
the wheel's tag names; and symbols of Python outside of the stable ABI in a wheel that is tagged with it. The last two
are read from ELF files (Linux), by the lists of abi3info, which are imported when they are needed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any, NamedTuple, Self

from msgspec import Struct

from scanner.domain.files.elf import InvalidElf, read_elf
from scanner.domain.files.filenames import ParsedFilename
from scanner.domain.files.zip_directory import ZipMember, unpack_members
from scanner.domain.targets.platform_tags import System, parse_platform_tag

_LARGEST = 48 * 1024 * 1024
_MOST_UNPACKED = 128 * 1024 * 1024
_MOST_FINDINGS = 100
_MOST_NAMES = 5
_NAMES_AT_MOST = 200
# Headers of NumPy 2 look for the new name first; those of NumPy 1.16 and later know the old one only.
_NUMPY_2, _NUMPY_1 = b"numpy._core._multiarray_umath\0", b"numpy.core._multiarray_umath\0"
_GLIBC = re.compile(r"GLIBC_(\d{1,3})\.(\d{1,3})(?:\.\d{1,3})?")
_STABLE = re.compile(r"cp3(\d{1,2})")
_ELF = b"\x7fELF"
# Windows and macOS: only the generation of NumPy is read of them.
_OTHER_FORMATS = (b"MZ", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe")

Version = tuple[int, int]


class CompiledFault(StrEnum):
    """What a compiled module needs beyond what its wheel says."""

    NUMPY_1 = "numpy-1"
    GLIBC = "glibc"
    STABLE_ABI = "stable-abi"


class CompiledFinding(Struct, frozen=True):
    """A compiled module with such a need. `needs` names it: "GLIBC_2.34"; `promised` is what the tag says: "2.17"."""

    fault: CompiledFault
    path: str
    needs: str = ""
    promised: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON values."""
        return {"fault": self.fault.value, "path": self.path, "needs": self.needs, "promised": self.promised}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote."""
        return cls(CompiledFault(data["fault"]), data["path"], data["needs"], data["promised"])


class CompiledReading(Struct, frozen=True):
    """What was read of the compiled modules of a wheel.

    `modules` counts those that were read, `unread` those beyond a limit or not readable. `numpy` is 1 if any is
    compiled for NumPy 1 only, 2 if those that use NumPy are for both; None if none uses its C interface. `error` says
    why nothing was read.
    """

    findings: tuple[CompiledFinding, ...] = ()
    modules: int = 0
    unread: int = 0
    numpy: int | None = None
    error: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON values."""
        found = [one.to_json() for one in self.findings]
        return {
            "findings": found,
            "modules": self.modules,
            "unread": self.unread,
            "numpy": self.numpy,
            "error": self.error,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote."""
        findings = tuple(map(CompiledFinding.from_json, data["findings"]))
        return cls(findings, data["modules"], data["unread"], data["numpy"], data["error"])


def is_compiled_module(path: str) -> bool:
    """Return whether a path in a wheel may be an extension module; libraries that come with it are none."""
    *folders, name = path.split("/")
    is_library = bool(folders) and folders[0].endswith((".libs", ".data"))
    return name.endswith((".so", ".pyd")) and len(folders) <= 12 and not is_library


class _Symbols(NamedTuple):
    """What an ELF file takes from others: the newest glibc version, and symbols of Python that it cannot do without."""

    glibc: Version | None
    python: frozenset[str]


def read_compiled(filename: ParsedFilename, packed: Mapping[ZipMember, bytes], *, left_out: int) -> CompiledReading:
    """Unpack and read the compiled modules of a wheel. Give it to a child process: the archive is a stranger's.

    `left_out` are modules that were not fetched.
    """
    findings: list[CompiledFinding] = []
    generations: set[int] = set()
    unread, modules = left_out, 0
    in_order = sorted(packed.items(), key=lambda one: one[0].name)
    for member, module in unpack_members(in_order, _LARGEST, _MOST_UNPACKED):
        if module is None:
            unread += 1
            continue
        # NumPy's own modules are of its own version.
        generation = _numpy_generation(module) if filename.name != "numpy" else None
        if generation is not None:
            generations.add(generation)
        if generation == 1:
            findings.append(CompiledFinding(CompiledFault.NUMPY_1, member.name))
        symbols = _symbols(module) if module.startswith(_ELF) else None
        if symbols is None and not module.startswith(_OTHER_FORMATS):
            unread += 1
            continue
        modules += 1
        if symbols is not None:
            findings += _beyond_tags(filename.tag_set or "", member.name, symbols)
    return CompiledReading(tuple(findings[:_MOST_FINDINGS]), modules, unread, min(generations, default=None))


def _numpy_generation(module: bytes) -> int | None:
    """Return the newest NumPy for which a module is compiled, by the name of NumPy's own module that it imports."""
    return 2 if _NUMPY_2 in module else 1 if _NUMPY_1 in module else None


def _symbols(module: bytes) -> _Symbols | None:
    """Return what an ELF file needs of others; None if it cannot be read."""
    try:
        needs = read_elf(module, ("Py", "_Py"))
    except InvalidElf:
        return None
    matches = (_GLIBC.fullmatch(one) for one in needs.versions)
    versions = [(int(match[1]), int(match[2])) for match in matches if match is not None]
    return _Symbols(max(versions, default=None), needs.symbols)


def _beyond_tags(tag_set: str, path: str, symbols: _Symbols) -> Iterator[CompiledFinding]:
    pythons, abis, platforms = [*tag_set.split("-", 2), "", ""][:3]
    promised = _glibc_promised(platforms.split("."))
    if promised is not None and symbols.glibc is not None and symbols.glibc > promised:
        needs = f"GLIBC_{symbols.glibc[0]}.{symbols.glibc[1]}"
        yield CompiledFinding(CompiledFault.GLIBC, path, needs, f"{promised[0]}.{promised[1]}")
    since = _stable_since(pythons.split("."))
    if "abi3" in abis.split(".") and since is not None:
        outside = sorted(_outside_stable_abi(symbols.python, since))
        if outside:
            more = f" and {len(outside) - _MOST_NAMES} more" if len(outside) > _MOST_NAMES else ""
            named = ", ".join(one[:_NAMES_AT_MOST] for one in outside[:_MOST_NAMES])
            yield CompiledFinding(CompiledFault.STABLE_ABI, path, f"{named}{more}", f"3.{since[1]}")


def _glibc_promised(platforms: Iterable[str]) -> Version | None:
    """Return the oldest glibc of the tags: an installer takes the wheel where any of them fits."""
    tags = [parse_platform_tag(one) for one in platforms]
    return min((tag.floor for tag in tags if tag is not None and tag.system is System.GLIBC), default=None)


def _stable_since(pythons: Iterable[str]) -> Version | None:
    """Return the oldest Python of the tags, from which on the stable ABI is promised."""
    found = [int(match[1]) for one in pythons if (match := _STABLE.fullmatch(one)) is not None]
    return (3, min(found)) if found else None


def _outside_stable_abi(names: Iterable[str], since: Version) -> Iterator[str]:
    """Yield the symbols that are not in the stable ABI of a Python; those of a later one with that Python."""
    from abi3info import DATAS, FUNCTIONS
    from abi3info.models import Symbol

    for name in names:
        known = FUNCTIONS.get(Symbol(name)) or DATAS.get(Symbol(name))
        if known is None:
            yield name
        elif (known.added.major, known.added.minor) > since:
            yield f"{name} (since {known.added})"
