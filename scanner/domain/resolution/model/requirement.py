"""A requirement as the resolver holds it: parsed once, shared by every release and target that states it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from msgspec import Struct
from packaging.markers import InvalidMarker
from packaging.requirements import InvalidRequirement as InvalidRequirementError
from packaging.specifiers import InvalidSpecifier
from packaging.utils import NormalizedName, canonicalize_name

from scanner.domain.files.core_metadata import parse_requirement, parse_specifier
from scanner.domain.parsing import parse_marker

__all__ = ["InvalidRequirement", "Requirement", "make_requirement", "read_requirement", "specifiers_of"]

# Separates the parts of a union, which Poetry can express and PEP 440 cannot.
_OR = " || "

# The form of nearly all metadata. Anything else is parsed by packaging's full grammar.
_COMMON = re.compile(
    r"(?P<name>[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*"
    r"(?:\[(?P<extras>[A-Za-z0-9._,\s-]*)\])?\s*"
    r"(?P<open>\()?\s*(?P<specifier>(?:[<>=!~][^;@()\[\]]*)?)(?(open)\))\s*"
    r"(?:;(?P<marker>.*))?"
)
_ONLY_EXTRA = re.compile(r"""\(?\s*extra\s*==\s*(?P<quote>['"])(?P<extra>[A-Za-z0-9._-]+)(?P=quote)\s*\)?""")


# Requirements are looked up far more often than they are made.
class Requirement(Struct, frozen=True, cache_hash=True):
    """A requirement (PEP 508).

    `specifier` is a PEP 440 specifier, or a union that `specifiers_of` splits. `only_extra` is set if the marker is
    nothing but "this extra". `exact` means that it pins one version ("==" without a star, or "==="), `pre` that it
    mentions a pre-release.
    """

    name: NormalizedName
    extras: tuple[NormalizedName, ...]
    specifier: str
    marker: str | None
    url: str | None
    only_extra: NormalizedName | None
    exact: bool
    pre: bool

    def __str__(self) -> str:
        """Return the requirement without its marker, as a person writes it."""
        extras = f"[{','.join(self.extras)}]" if self.extras else ""
        return f"{self.name}{extras} @ {self.url}" if self.url else f"{self.name}{extras}{self.specifier}"


class InvalidRequirement(Struct, frozen=True):
    """A requirement that cannot be parsed. The release that states it is not a candidate."""

    text: str
    message: str


def specifiers_of(specifier: str) -> list[str]:
    """Return the alternative specifiers of a requirement: one, or the parts of a union."""
    return specifier.split(_OR)


@lru_cache(maxsize=8_192)
def _traits(specifier: str) -> tuple[str, bool, bool]:
    """Return (normalised specifier, exact, pre). Raises InvalidSpecifier."""
    parsed = parse_specifier(specifier)
    exact = any(one.operator == "===" or (one.operator == "==" and not one.version.endswith(".*")) for one in parsed)
    return ",".join(sorted(map(str, parsed), key=_reading_order)), exact, bool(parsed.prereleases)


def _reading_order(clause: str) -> tuple[bool, str]:
    """Sort lower bounds before upper bounds, as people write a range."""
    return (not clause.startswith((">", "=", "~")), clause)


def make_requirement(
    name: str,
    *specifiers: str,
    extras: Iterable[str] = (),
    marker: str | None = None,
    url: str | None = None,
) -> Requirement:
    """Return a requirement from its parts. Raises InvalidSpecifier or InvalidMarker.

    Without a specifier any version will do; with several, one that any of them admits.
    """
    read = list(
        dict.fromkeys(_traits(one.strip()) if one.strip() else ("", False, False) for one in specifiers or ("",))
    )
    text, exact, pre = _OR.join(one[0] for one in read), read[0][1] and len(read) == 1, any(one[2] for one in read)
    only = None
    if marker is not None:
        marker = marker.strip()
        single = _ONLY_EXTRA.fullmatch(marker)
        if single is not None:
            only = canonicalize_name(single["extra"])
        else:
            marker = _checked_marker(marker)
    names = tuple(sorted({canonicalize_name(extra) for extra in extras}))
    return Requirement(canonicalize_name(name), names, text, marker or None, url, only, exact, pre)


@lru_cache(maxsize=8_192)
def _checked_marker(text: str) -> str:
    parse_marker(text)
    return text


@lru_cache(maxsize=65_536)
def read_requirement(text: str) -> Requirement | InvalidRequirement:
    """Parse a Requires-Dist value or a requirement line. The same text gives the same object. Never raises."""
    common = _COMMON.fullmatch(text.strip())
    try:
        if common is not None:
            extras = [extra.strip() for extra in (common["extras"] or "").split(",") if extra.strip()]
            return make_requirement(common["name"], common["specifier"], extras=extras, marker=common["marker"])
        full = parse_requirement(text)
    except (InvalidRequirementError, InvalidSpecifier, InvalidMarker) as error:
        return InvalidRequirement(text, str(error).partition("\n")[0])
    marker = None if full.marker is None else str(full.marker)
    return make_requirement(full.name, str(full.specifier), extras=full.extras, marker=marker, url=full.url)
