"""Which of the systems that people run have the glibc that a wheel needs, and which just have not. Pure."""

from __future__ import annotations

import re

from scanner.domain.matching.mismatch import Miss, NearMiss
from scanner.domain.targets.catalogue import RUNTIMES
from scanner.domain.targets.target import Target

_GLIBC = re.compile(r"glibc 2\.(\d+)")
_PLATFORM = re.compile(r"manylinux_2_(\d+)_(.+)")


def who_may_move(miss: NearMiss | None, target: Target) -> str | None:
    """One sentence on a wheel that only a newer glibc takes; None when something else is in the way.

    Names the system with the lowest glibc that suffices, and the one with the highest that does not.
    """
    platform = _PLATFORM.fullmatch(target.platform.slug)
    needed = _GLIBC.fullmatch(miss.have[0]) if miss is not None and miss.kind is Miss.FLOOR and miss.have else None
    if platform is None or needed is None:
        return None
    minor = int(needed[1])
    known = [
        (int(found[1]), _name(one.label)) for one in RUNTIMES if (found := _same_machine(one.platform, platform[2]))
    ]
    enough = min((one for one in known if one[0] >= minor), key=_floor, default=None)
    short = max((one for one in known if one[0] < minor), key=_floor, default=None)
    examples = [f"{enough[1]} has it"] if enough else []
    examples += [f"{short[1]} has 2.{short[0]}"] if short else []
    told = f" ({', '.join(examples)})" if examples else ""
    return f"A machine with glibc 2.{minor} or newer may move today{told}."


def _same_machine(slug: str, machine: str) -> re.Match[str] | None:
    found = _PLATFORM.fullmatch(slug)
    return found if found is not None and found[2] == machine else None


def _name(label: str) -> str:
    return label.rpartition(" on ")[0] or label


def _floor(known: tuple[int, str]) -> int:
    return known[0]
