"""Core metadata of a release: the header fields that give its dependencies and the Pythons it supports.

Parses the fields of the core metadata specification one by one: a field that cannot be parsed becomes a problem, the
others still count. The body (the description) is not read, so parsing is much faster than that of an e-mail message.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import InvalidVersion, Version

__all__ = ["MetadataProblem", "ParsedMetadata", "parse_core_metadata", "parse_requirement", "parse_specifier"]

_WANTED = frozenset(
    {"metadata-version", "name", "version", "requires-python", "requires-dist", "provides-extra", "dynamic"}
)
# Old releases write ">=2.6.*", which PEP 440 forbids. uv reads it as ">=2.6", and so do we.
_STAR_AFTER_ORDER = re.compile(r"(?P<bound>(?:>=|<=|>|<|~=)\s*[^\s,;()*]+?)\.\*")


@dataclass(frozen=True, slots=True)
class MetadataProblem:
    """A field that could not be parsed: its name, its text and the error."""

    field: str
    text: str
    message: str


@dataclass(frozen=True, slots=True)
class ParsedMetadata:
    """The metadata of a release. `requires_dist` keeps the order of the document.

    `name`, `version`, `requires_python` and `metadata_version` are None when the field is missing or invalid (then
    `problems` has an entry). `dynamic` holds lower-case field names whose values a build may change (PEP 643).
    """

    name: NormalizedName | None
    version: Version | None
    requires_dist: tuple[Requirement, ...]
    requires_python: SpecifierSet | None
    provides_extra: tuple[NormalizedName, ...]
    dynamic: frozenset[str]
    metadata_version: str | None
    problems: tuple[MetadataProblem, ...]


@lru_cache(maxsize=32_768)
def parse_requirement(text: str) -> Requirement:
    """Parse a dependency specifier (PEP 508). Equal texts give the same object: do not change it.

    Raises InvalidRequirement when neither the text nor its repair (">=2.*" to ">=2") is valid.
    """
    try:
        return Requirement(text)
    except InvalidRequirement:
        head, mark, marker = text.partition(";")
        repaired = _STAR_AFTER_ORDER.sub(r"\g<bound>", head)
        if repaired == head:
            raise
        return Requirement(repaired + mark + marker)


@lru_cache(maxsize=32_768)
def parse_specifier(text: str) -> SpecifierSet:
    """Parse a version specifier (PEP 440), with the same repair as `parse_requirement`. Raises InvalidSpecifier."""
    try:
        return SpecifierSet(text)
    except InvalidSpecifier:
        repaired = _STAR_AFTER_ORDER.sub(r"\g<bound>", text)
        if repaired == text:
            raise
        return SpecifierSet(repaired)


def _fields(text: str) -> list[tuple[str, str]]:
    """Return (lower-case name, unfolded value) of the wanted header fields, in order; stop at the body."""
    found: list[tuple[str, str]] = []
    wanted = False
    header = text.lstrip("\ufeff\r\n").partition("\n\n")[0].partition("\n\r\n")[0]
    for raw in header.split("\n"):
        line = raw.rstrip("\r")
        if not line:
            break
        if line[0] in " \t":
            if wanted:
                name, value = found[-1]
                found[-1] = (name, f"{value} {line.strip()}".strip())
            continue
        name, colon, value = line.partition(":")
        name = name.strip().lower()
        wanted = bool(colon) and name in _WANTED
        if wanted:
            found.append((name, value.strip()))
    return found


def parse_core_metadata(text: str) -> ParsedMetadata:
    """Parse a METADATA or PKG-INFO document. Never raises: what cannot be parsed is in `problems`.

    Of a field that may be used once, the first valid value counts.
    """
    single: dict[str, str] = {}
    name: NormalizedName | None = None
    version: Version | None = None
    requires_python: SpecifierSet | None = None
    requires: list[Requirement] = []
    extras: dict[NormalizedName, None] = {}
    dynamic: set[str] = set()
    problems: list[MetadataProblem] = []
    for field, value in _fields(text):
        try:
            if field == "requires-dist":
                requires.append(parse_requirement(value))
            elif field == "provides-extra":
                extras[canonicalize_name(value, validate=True)] = None
            elif field == "dynamic":
                dynamic.add(value.lower())
            elif field == "name":
                name = name or canonicalize_name(value, validate=True)
            elif field == "version":
                version = version or Version(value)
            elif field == "requires-python":
                requires_python = parse_specifier(value) if requires_python is None else requires_python
            else:
                single.setdefault(field, value)
        except (InvalidRequirement, InvalidSpecifier, InvalidVersion, ValueError) as error:
            problems.append(MetadataProblem(field, value, str(error).splitlines()[0] if str(error) else "unreadable"))
    return ParsedMetadata(
        name,
        version,
        tuple(requires),
        requires_python,
        tuple(extras),
        frozenset(dynamic),
        single.get("metadata-version"),
        tuple(problems),
    )
