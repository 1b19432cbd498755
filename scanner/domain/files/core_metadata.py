"""Core metadata of a release: the dependencies and Pythons that it declares, and whether they can be trusted.

Only the header of a METADATA or PKG-INFO document is read, not the description, so parsing is much faster than that of
an e-mail message.
"""

from __future__ import annotations

import re
from contextlib import suppress
from functools import lru_cache

from msgspec import Struct
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import NormalizedName, canonicalize_name

from scanner.domain.evidence.declared import NOTHING_DECLARED, DeclaredPythons
from scanner.domain.files.project_links import ProjectLink, read_project_links
from scanner.domain.parsing import parse_dependency_specifier

_WANTED = frozenset(
    {
        *("metadata-version", "requires-dist", "provides-extra", "dynamic"),
        *("classifier", "requires-python", "project-url", "home-page"),
    }
)
# Old releases write ">=2.6.*" and more that PEP 440 forbids. uv repairs these in metadata, and so do we, in this order;
# tests/oracles/test_uv_repairs.py compares.
_REPAIRS = (
    (re.compile(r"(?P<bound>(?:>=|<=|>|<|~=)\s*[^\s,;()*]+?)\.\*"), r"\g<bound>"),
    (re.compile(r">\s*dev\b"), ">=0"),
    (re.compile(r"!=~"), "!="),
    (re.compile(r"['\"]"), ""),
    (re.compile(r"(?P<bound>[<>=~!]=?\s*\d[^\s,;()<>=~!]*)(?=[<>=~!])"), r"\g<bound>,"),
    (re.compile(r"(?<=\d)\*"), ".*"),
)


class ParsedMetadata(Struct, frozen=True):
    """The metadata of a release.

    - metadata_version: None when the document has none.
    - requires_dist: in the order of the document, without those that cannot be parsed.
    - stated: the same values as text; of one that only parses after a repair, and of one that does not, as written.
    - extras: the extras that the release provides.
    - dynamic: lower-case names of fields whose values a build may change (PEP 643).
    - declared: the Pythons that it names.
    - links: its homepage, tracker and others.
    """

    metadata_version: str | None
    requires_dist: tuple[Requirement, ...]
    dynamic: frozenset[str]
    stated: tuple[str, ...] = ()
    extras: tuple[NormalizedName, ...] = ()
    declared: DeclaredPythons = NOTHING_DECLARED
    links: tuple[ProjectLink, ...] = ()


@lru_cache(maxsize=32_768)
def is_refused_by_pip(text: str) -> bool:
    """Return whether pip 24.1 and newer refuse a release with this Requires-Dist value: PEP 508 forbids it."""
    try:
        parse_dependency_specifier(text)
    except InvalidRequirement:
        return True
    return False


@lru_cache(maxsize=32_768)
def parse_requirement(text: str) -> Requirement:
    """Parse a dependency specifier (PEP 508). Equal texts give the same object: do not change it.

    Raises InvalidRequirement when neither the text nor its repair (">=2.*" to ">=2", ">=3<4" to ">=3,<4") is valid.
    """
    try:
        return parse_dependency_specifier(text)
    except InvalidRequirement:
        head, mark, marker = text.partition(";")
        repaired = _repaired(head)
        if repaired == head:
            raise
        return parse_dependency_specifier(repaired + mark + marker)


def _repaired(text: str) -> str:
    if "@" in text:
        return text
    for wrong, right in _REPAIRS:
        text = wrong.sub(right, text)
    return text


@lru_cache(maxsize=32_768)
def parse_specifier(text: str) -> SpecifierSet:
    """Parse a version specifier (PEP 440), with the same repair as `parse_requirement`. Raises InvalidSpecifier."""
    try:
        return SpecifierSet(text)
    except InvalidSpecifier:
        repaired = _repaired(text)
        if repaired == text:
            raise
        return SpecifierSet(repaired)


def parse_core_metadata(text: str) -> ParsedMetadata:
    """Parse a METADATA or PKG-INFO document. Never raises; a requirement that cannot be parsed is left out."""
    versions: list[str] = []
    requires: list[Requirement] = []
    stated: list[str] = []
    dynamic: set[str] = set()
    extras: dict[NormalizedName, None] = {}
    classifiers: list[str] = []
    requires_python = home_page = ""
    project_urls: list[str] = []
    for field, value in _fields(text):
        if field == "metadata-version":
            versions.append(value)
        elif field == "dynamic":
            dynamic.add(value.lower())
        elif field == "provides-extra":
            extras[canonicalize_name(value)] = None
        elif field == "classifier":
            classifiers.append(value)
        elif field == "requires-python":
            requires_python = value
        elif field == "home-page":
            home_page = value
        elif field == "project-url":
            project_urls.append(value)
        else:
            parsed, shown = _stated(value)
            stated.append(shown)
            if parsed is not None:
                requires.append(parsed)
    version = versions[0] if versions else None
    declared = DeclaredPythons.of(classifiers, requires_python)
    links = read_project_links(project_urls, home_page)
    return ParsedMetadata(version, tuple(requires), frozenset(dynamic), tuple(stated), tuple(extras), declared, links)


@lru_cache(maxsize=32_768)
def _stated(value: str) -> tuple[Requirement | None, str]:
    """Return a Requires-Dist value parsed, and its text: that of the parsed one if the value is valid, else as written.

    The releases of a package state mostly the same, and writing a requirement takes as long as parsing it.
    """
    try:
        parsed = parse_dependency_specifier(value)
    except InvalidRequirement:
        with suppress(InvalidRequirement):
            return parse_requirement(value), value
        return None, value
    return parsed, str(parsed)


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
