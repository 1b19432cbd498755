"""The known breaks that this installation judges by: those that come with it, and those of the operator's own file."""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from pathlib import Path

from django.conf import settings
from msgspec import Struct

from scanner.domain.evidence.known_breaks import KnownBreak, KnownBreaks
from scanner.domain.evidence.known_breaks_file import InvalidKnownBreaks, parse_known_breaks
from scanner.selectors.wheel_readings import breaks_in_wheels

_SHIPPED = Path(__file__).resolve().parent.parent / "known_breaks.toml"


class BreakOrigin(StrEnum):
    """Where a known break comes from."""

    SHIPPED = "shipped"
    OPERATOR = "operator"
    WHEEL = "wheel"


class OriginatedBreak(Struct, frozen=True):
    """A known break with where it comes from."""

    fact: KnownBreak
    origin: BreakOrigin


def known_breaks() -> KnownBreaks:
    """Return all known breaks: those of the files, and what was read from wheels. One query.

    The files are read once for the life of the process.

    Raise InvalidKnownBreaks, which names the file, the entry and the key.
    """
    recorded = recorded_breaks()
    in_wheels = breaks_in_wheels()
    return recorded.joined(in_wheels) if in_wheels else recorded


def recorded_breaks() -> KnownBreaks:
    """Return the known breaks of the files. Raise InvalidKnownBreaks."""
    return _read(settings.WHEELWAY_KNOWN_BREAKS)


def originated_breaks() -> list[OriginatedBreak]:
    """Return all known breaks with where they come from. One query."""
    own = settings.WHEELWAY_KNOWN_BREAKS
    found = [OriginatedBreak(fact, BreakOrigin.SHIPPED) for fact in _parse(_SHIPPED).facts]
    found += [OriginatedBreak(fact, BreakOrigin.OPERATOR) for fact in _parse(Path(own)).facts] if own else []
    return [*found, *(OriginatedBreak(fact, BreakOrigin.WHEEL) for fact in breaks_in_wheels())]


@cache
def _read(own: str) -> KnownBreaks:
    shipped = _parse(_SHIPPED)
    return shipped.joined(_parse(Path(own)).facts) if own else shipped


@cache
def _parse(path: Path) -> KnownBreaks:
    try:
        return parse_known_breaks(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, InvalidKnownBreaks) as error:
        raise InvalidKnownBreaks(f"{path}: {error}") from error
