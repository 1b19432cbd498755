"""The sentences for reasons: clauses without a capital letter and a full stop, and short forms for table cells."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.domain.matching.availability import Availability
from scanner.domain.matching.floors import GlibcRequirement
from scanner.domain.matching.reason import AvailabilityReason, MismatchKind, StableAbiLimit, WheelMismatch
from scanner.domain.phrases import join_first, range_text
from scanner.domain.translation import gettext, noop

MOST_NAMED = 8
"""How many tags or systems one sentence lists; a hostile page could name thousands."""

_STABLE_ABI_LIMITS = {
    StableAbiLimit.FREE_THREADED: noop("free-threaded builds load no abi3"),
    StableAbiLimit.PYPY: noop("PyPy loads no stable-ABI wheel"),
    StableAbiLimit.GRAALPY: noop("GraalPy loads no stable-ABI wheel"),
}

_MISMATCHES = {
    MismatchKind.REQUIRES_PYTHON: noop("Requires-Python {have} refuses {need}"),
    MismatchKind.FLOOR: noop("needs {have}, target has {need}"),
    MismatchKind.PYTHON: noop("no wheel for {need}; has {have}"),
    MismatchKind.ARCHITECTURE: noop("no wheel for {need}; has {have}"),
    MismatchKind.SYSTEM: noop("only {have} wheels"),
    MismatchKind.NO_WHEEL: noop("only an sdist"),
    MismatchKind.NOT_INSTALLABLE: noop("only {have} files, which installers no longer take"),
}


def reason_text(reason: AvailabilityReason) -> str:
    """Return the reason as one clause: "no wheel for cp313; has cp37 to cp312"."""
    return "; ".join((_main_clause(reason), *_remarks(reason)))


def cause_text(reason: AvailabilityReason) -> str:
    """Return the reason in a few words: what is missing, without what is there instead ("no wheel for cp313")."""
    return _missing(reason.mismatch) if reason.mismatch is not None else reason_text(reason)


def mismatch_text(mismatch: WheelMismatch) -> str:
    """Return the mismatch as one clause: "needs glibc 2.34, target has 2.28"."""
    have = join_first([range_text(one) for one in mismatch.have], MOST_NAMED)
    text = gettext(_MISMATCHES[mismatch.kind]).format(have=have, need=mismatch.need)
    if mismatch.stable_abi_limit is not None:
        text += f" ({gettext(_STABLE_ABI_LIMITS[mismatch.stable_abi_limit])})"
    return text


def glibc_text(requirement: GlibcRequirement) -> str:
    """Return the sentence that names the glibc a wheel needs and systems on both sides of it."""
    examples = []
    if requirement.lowest_enough is not None:
        examples.append(gettext("{system} has it").format(system=requirement.lowest_enough.name))
    if requirement.highest_short is not None:
        short = requirement.highest_short
        examples.append(gettext("{system} has {version}").format(system=short.name, version=f"2.{short.minor}"))
    named = f" ({', '.join(examples)})" if examples else ""
    text = gettext("A machine with glibc {version} or newer may move today{named}.")
    return text.format(version=f"2.{requirement.minor}", named=named)


def _missing(mismatch: WheelMismatch) -> str:
    if mismatch.kind in (MismatchKind.PYTHON, MismatchKind.ARCHITECTURE):
        return gettext("no wheel for {need}").format(need=mismatch.need)
    return mismatch_text(mismatch)


def _main_clause(reason: AvailabilityReason) -> str:
    if reason.availability is Availability.ABSENT:
        return gettext("the index has no such release")
    if reason.availability is Availability.ABI3:
        interpreter, abi, _ = (reason.tag or "").split("-")
        builds = "free-threaded CPython" if abi == "abi3t" else "CPython"
        first = f"{builds} {interpreter[2]}.{interpreter[3:]}"
        return gettext("{tag} serves {first} and later").format(tag=f"{interpreter}-{abi}", first=first)
    if reason.availability is Availability.PURE:
        return gettext("a pure Python wheel")
    if reason.mismatch is None:
        return gettext("a wheel for {tag}").format(tag=reason.tag)
    text = mismatch_text(reason.mismatch)
    if reason.availability is Availability.FALLBACK:
        return gettext("only the pure Python wheel fits; {why}").format(why=text)
    return text


def _remarks(reason: AvailabilityReason) -> Iterator[str]:
    if reason.yanked:
        why = f" ({reason.yanked_reason})" if reason.yanked_reason else ""
        yield gettext("yanked{why}: only an exact pin takes it").format(why=why)
    if reason.ignored_requires_python is not None:
        text = gettext("its Requires-Python {value} cannot be read and is ignored, as installers do")
        yield text.format(value=repr(reason.ignored_requires_python))
