"""Why a release has the availability it has on a target, as data. `reason_text` makes the sentences."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from msgspec import Struct

from scanner.domain.matching.availability import Availability


class MismatchKind(StrEnum):
    """What keeps the wheels of a release from a target, nearest first: the smallest change that would help."""

    REQUIRES_PYTHON = "requires-python"
    FLOOR = "floor"
    PYTHON = "python"
    ARCHITECTURE = "architecture"
    SYSTEM = "system"
    NO_WHEEL = "no-wheel"
    NOT_INSTALLABLE = "not-installable"


class StableAbiLimit(StrEnum):
    """Why a stable-ABI wheel does not serve an interpreter."""

    FREE_THREADED = "free-threaded"
    PYPY = "pypy"
    GRAALPY = "graalpy"


class WheelMismatch(Struct, frozen=True):
    """The nearest mismatch between the wheels of a release and a target.

    The terms of `have` (what the release offers) and `need` (what the target takes) depend on `kind`:

    - REQUIRES_PYTHON: the specifier; the Python's release.
    - FLOOR: the lowest floor of a wheel ("glibc 2.34"); the target's ("2.28"). Only here `floor` is set: (2, 34).
    - PYTHON: interpreter tags ("cp37 to cp312"); the target's ("cp313").
    - ARCHITECTURE, SYSTEM: the names of platforms.
    - NO_WHEEL, NOT_INSTALLABLE: nothing; the types of the files.

    `file` is the nearest file, where a single one can be named.
    """

    kind: MismatchKind
    have: tuple[str, ...] = ()
    need: str = ""
    file: str | None = None
    floor: tuple[int, int] | None = None
    stable_abi_limit: StableAbiLimit | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the fields that are set, as JSON values."""
        fields = {
            "kind": self.kind.value,
            "have": list(self.have),
            "need": self.need,
            "file": self.file,
            "floor": list(self.floor) if self.floor else None,
            "stable_abi_limit": self.stable_abi_limit.value if self.stable_abi_limit else None,
        }
        return {name: value for name, value in fields.items() if value}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> WheelMismatch:
        """Read what `to_json` wrote. Raises KeyError or ValueError for anything else."""
        floor, limit = data.get("floor"), data.get("stable_abi_limit")
        return cls(
            MismatchKind(data["kind"]),
            tuple(data.get("have", ())),
            data.get("need", ""),
            data.get("file"),
            (floor[0], floor[1]) if floor else None,
            StableAbiLimit(limit) if limit else None,
        )


class AvailabilityReason(Struct, frozen=True):
    """Why a release has an availability on a target.

    `tag` is the best tag of the wheel that an installer takes. `mismatch` says why no compiled wheel serves, where none
    does. `yanked`: the file that an installer takes is yanked (PEP 592), for `yanked_reason` if its maintainers gave
    one. `ignored_requires_python`: that file's Requires-Python, when it is not a specifier and so is ignored.
    """

    availability: Availability
    tag: str | None = None
    mismatch: WheelMismatch | None = None
    yanked: bool = False
    ignored_requires_python: str | None = None
    yanked_reason: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the fields that are set, as JSON values."""
        fields = {
            "availability": self.availability.value,
            "tag": self.tag,
            "mismatch": self.mismatch.to_json() if self.mismatch else None,
            "yanked": self.yanked,
            "ignored_requires_python": self.ignored_requires_python,
            "yanked_reason": self.yanked_reason or None,
        }
        return {name: value for name, value in fields.items() if value is not None and value is not False}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> AvailabilityReason:
        """Read what `to_json` wrote. Raises KeyError or ValueError for anything else."""
        mismatch = data.get("mismatch")
        return cls(
            Availability(data["availability"]),
            data.get("tag"),
            WheelMismatch.from_json(mismatch) if mismatch else None,
            data.get("yanked", False),
            data.get("ignored_requires_python"),
            data.get("yanked_reason", ""),
        )
