"""The sentences for reasons: clauses without a capital letter and a full stop, and short forms for table cells."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.domain.matching.availability import Availability
from scanner.domain.matching.floors import GlibcRequirement
from scanner.domain.matching.reason import AvailabilityReason, MismatchKind, StableAbiLimit, WheelMismatch
from scanner.domain.phrases import join_first

MOST_NAMED = 8
"""How many tags or systems one sentence lists; a hostile page could name thousands."""

_STABLE_ABI_LIMITS = {
    StableAbiLimit.FREE_THREADED: "free-threaded builds load no abi3",
    StableAbiLimit.PYPY: "PyPy loads no stable-ABI wheel",
    StableAbiLimit.GRAALPY: "GraalPy loads no stable-ABI wheel",
}


def reason_text(reason: AvailabilityReason) -> str:
    """Return the reason as one clause: "no wheel for cp313; has cp37 to cp312"."""
    return "; ".join((_main_clause(reason), *_remarks(reason)))


def cause_text(reason: AvailabilityReason) -> str:
    """Return the reason in a few words: what is missing, without what is there instead ("no wheel for cp313")."""
    return _missing(reason.mismatch) if reason.mismatch is not None else reason_text(reason)


def mismatch_text(mismatch: WheelMismatch) -> str:
    """Return the mismatch as one clause: "needs glibc 2.34, target has 2.28"."""
    have = join_first(mismatch.have, MOST_NAMED)
    match mismatch.kind:
        case MismatchKind.REQUIRES_PYTHON:
            text = f"Requires-Python {have} refuses {mismatch.need}"
        case MismatchKind.FLOOR:
            text = f"needs {have}, target has {mismatch.need}"
        case MismatchKind.PYTHON | MismatchKind.ARCHITECTURE:
            text = f"no wheel for {mismatch.need}; has {have}"
        case MismatchKind.SYSTEM:
            text = f"only {have} wheels"
        case MismatchKind.NO_WHEEL:
            text = "only an sdist"
        case MismatchKind.NOT_INSTALLABLE:
            text = f"only {have} files, which installers no longer take"
    if mismatch.stable_abi_limit is not None:
        text += f" ({_STABLE_ABI_LIMITS[mismatch.stable_abi_limit]})"
    return text


def glibc_text(requirement: GlibcRequirement) -> str:
    """Return the sentence that names the glibc a wheel needs and systems on both sides of it."""
    examples = []
    if requirement.lowest_enough is not None:
        examples.append(f"{requirement.lowest_enough.name} has it")
    if requirement.highest_short is not None:
        examples.append(f"{requirement.highest_short.name} has 2.{requirement.highest_short.minor}")
    named = f" ({', '.join(examples)})" if examples else ""
    return f"A machine with glibc 2.{requirement.minor} or newer may move today{named}."


def _missing(mismatch: WheelMismatch) -> str:
    if mismatch.kind in (MismatchKind.PYTHON, MismatchKind.ARCHITECTURE):
        return f"no wheel for {mismatch.need}"
    return mismatch_text(mismatch)


def _main_clause(reason: AvailabilityReason) -> str:
    if reason.availability is Availability.ABSENT:
        return "the index has no such release"
    if reason.availability is Availability.ABI3:
        interpreter, abi, _ = (reason.tag or "").split("-")
        builds = "free-threaded CPython" if abi == "abi3t" else "CPython"
        return f"{interpreter}-{abi} serves {builds} {interpreter[2]}.{interpreter[3:]} and later"
    if reason.availability is Availability.PURE:
        return "a pure Python wheel"
    if reason.mismatch is None:
        return f"a wheel for {reason.tag}"
    text = mismatch_text(reason.mismatch)
    return f"only the pure Python wheel fits; {text}" if reason.availability is Availability.FALLBACK else text


def _remarks(reason: AvailabilityReason) -> Iterator[str]:
    if reason.yanked:
        why = f" ({reason.yanked_reason})" if reason.yanked_reason else ""
        yield f"yanked{why}: only an exact pin takes it"
    if reason.ignored_requires_python is not None:
        yield f"its Requires-Python {reason.ignored_requires_python!r} cannot be read and is ignored, as installers do"
