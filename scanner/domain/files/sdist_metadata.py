"""What an sdist says about the dependencies of a build: PKG-INFO, and requires.txt of its egg-info folder."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from msgspec import Struct
from packaging.requirements import InvalidRequirement
from packaging.utils import NormalizedName, canonicalize_name

from scanner.domain.evidence.declared import NOTHING_DECLARED, DeclaredPythons
from scanner.domain.files.core_metadata import ParsedMetadata, parse_core_metadata, parse_requirement
from scanner.domain.files.project_links import ProjectLink

__all__ = [
    "MetadataGrade",
    "ReleaseMetadata",
    "StatedDependencies",
    "is_certain",
    "read_sdist_dependencies",
    "states_dependencies",
]

# From this version on PKG-INFO equals the metadata of the wheels but for the fields named Dynamic (PEP 643).
_BINDING = (2, 2)
_SECTION = re.compile(r"^\s*\[\s*([^\]:\s]+)", re.MULTILINE)


class MetadataGrade(StrEnum):
    """How far the dependencies of a release are known.

    CERTAIN: from a wheel, or from an sdist that binds its build. STATED: from an sdist; a build may say more.
    UNREADABLE: the index was asked several times, and what it has cannot be read.
    """

    CERTAIN = "certain"
    STATED = "stated"
    UNREADABLE = "unreadable"


class ReleaseMetadata(NamedTuple):
    """The Requires-Dist values of a release, None while they are not known; `error` then says why they are not.

    `extras` are those that it provides, None where they were not read; `declared` the Pythons that it names, as they
    are stored, empty where they were not read.
    """

    requires_dist: tuple[str, ...] | None
    extras: tuple[str, ...] | None = None
    error: str = ""
    grade: MetadataGrade = MetadataGrade.CERTAIN
    declared: str = ""


class StatedDependencies(Struct, frozen=True):
    """The dependencies and extras that a release states, how far they can be trusted, its Pythons and its links."""

    requires_dist: tuple[str, ...]
    extras: tuple[NormalizedName, ...]
    grade: MetadataGrade
    declared: DeclaredPythons = NOTHING_DECLARED
    links: tuple[ProjectLink, ...] = ()


def is_certain(parsed: ParsedMetadata) -> bool:
    """Return whether the PKG-INFO binds the dependencies of every build (PEP 643)."""
    number = tuple(int(part) for part in (parsed.metadata_version or "0").split(".") if part.isdigit())
    return number >= _BINDING and "requires-dist" not in parsed.dynamic


def states_dependencies(pkg_info: str) -> bool:
    """Return whether a PKG-INFO says what a build requires, so that no other file has to be read."""
    parsed = parse_core_metadata(pkg_info)
    return is_certain(parsed) or bool(parsed.stated)


def read_sdist_dependencies(pkg_info: str, requires_txt: str | None) -> StatedDependencies:
    """Return what an sdist states. `requires_txt` is that of its egg-info folder, None where it has none."""
    parsed = parse_core_metadata(pkg_info)
    if is_certain(parsed):
        return StatedDependencies(parsed.stated, parsed.extras, MetadataGrade.CERTAIN, parsed.declared, parsed.links)
    if parsed.stated or requires_txt is None:
        return StatedDependencies(parsed.stated, parsed.extras, MetadataGrade.STATED, parsed.declared, parsed.links)
    extras = tuple(dict.fromkeys(map(canonicalize_name, _SECTION.findall(requires_txt))))
    needs = tuple(_read_requires_txt(requires_txt))
    return StatedDependencies(needs, extras, MetadataGrade.STATED, parsed.declared, parsed.links)


def _read_requires_txt(text: str) -> Iterator[str]:
    """Yield the lines of a requires.txt as Requires-Dist values. A section is "[extra:marker]", each part optional."""
    extra = marker = ""
    for raw in text.splitlines():
        line = raw.strip()
        if line.startswith("[") and line.endswith("]"):
            extra, _, marker = line[1:-1].partition(":")
            continue
        if not line or line.startswith("#"):
            continue
        conditions = [f"({marker.strip()})"] if marker.strip() else []
        if extra.strip():
            conditions.append(f'extra == "{extra.strip()}"')
        requirement, semicolon, own = line.partition(";")
        if semicolon:
            conditions.insert(0, f"({own.strip()})")
        value = f"{requirement.strip()} ; {' and '.join(conditions)}" if conditions else requirement.strip()
        try:
            yield str(parse_requirement(value))
        except InvalidRequirement:
            # The resolver refuses a release that states what cannot be parsed.
            yield value
