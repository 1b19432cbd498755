"""The file of known breaks: TOML (1.0), a list of tables `[[break]]`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Any

from packaging.requirements import InvalidRequirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import InvalidName, NormalizedName, canonicalize_name
from packaging.version import InvalidVersion, Version

from scanner.domain.evidence.known_breaks import KnownBreak, KnownBreaks, Partner
from scanner.domain.parsing import parse_dependency_specifier

_REQUIRED = ("package", "versions", "action", "symptom", "source")
_KEYS = {*_REQUIRED, "pythons", "first_good", "partner", "partner_versions", "free_threaded", "unless"}


class InvalidKnownBreaks(ValueError):
    """A file of known breaks that cannot be read. The message names the entry and the key."""


def parse_known_breaks(text: str) -> KnownBreaks:
    """Read a file of known breaks.

    Each `[[break]]` has `package`, `versions` (a specifier set, as all others here), `action` (what fails), `symptom`
    (the message that one sees) and `source`, and may have `pythons`, `first_good` (a version), `partner` with
    `partner_versions`, `free_threaded` and `unless` (requirements, each of which prevents the break). An entry without
    `pythons` and without a partner would rule releases out everywhere and is refused, as is every key that is not
    known.

    Raise InvalidKnownBreaks if anything is wrong; nothing is left out silently.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidKnownBreaks(f"not TOML: {error}") from error
    entries = document.pop("break", [])
    if document:
        raise InvalidKnownBreaks(f"unknown key {min(document)!r}: the file holds [[break]] tables only")
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise InvalidKnownBreaks("break must be written as [[break]] tables")
    return KnownBreaks(tuple(_Entry(entry, _place(number, entry)).read() for number, entry in enumerate(entries, 1)))


def _place(number: int, entry: Mapping[str, Any]) -> str:
    return f"entry {number} ({entry.get('package', 'no package')})"


def parse_entry(values: Mapping[str, Any]) -> KnownBreak:
    """Read one entry by the keys of the file. Raise InvalidKnownBreaks, which names the package and the key."""
    return _Entry(values, str(values.get("package") or "the entry")).read()


class _Entry:
    """One table of the file, which names itself in its errors."""

    def __init__(self, values: Mapping[str, Any], place: str) -> None:
        self.values = values
        self.place = place

    def read(self) -> KnownBreak:
        unknown = sorted(self.values.keys() - _KEYS)
        if unknown:
            raise InvalidKnownBreaks(f"{self.place}: unknown key {unknown[0]!r}")
        for key in _REQUIRED:
            if not self._text(key):
                raise InvalidKnownBreaks(f"{self.place}: {key} is missing")
        fact = KnownBreak(
            package=self._name("package"),
            versions=self._specifiers("versions"),
            pythons=self._specifiers("pythons"),
            action=self._text("action"),
            symptom=self._text("symptom"),
            source=self._text("source"),
            first_good=self._version("first_good"),
            partner=self._partner(),
            free_threaded=self._flag("free_threaded"),
            unless=self._unless(),
        )
        if not (self._text("pythons") or fact.partner or fact.free_threaded):
            raise InvalidKnownBreaks(f"{self.place}: say on which pythons, or beside which partner, it breaks")
        if fact.first_good and fact.concerns(Version(fact.first_good)):
            raise InvalidKnownBreaks(f"{self.place}: first_good {fact.first_good} is among the versions that break")
        return fact

    def _partner(self) -> Partner | None:
        if not self._text("partner"):
            if self._text("partner_versions"):
                raise InvalidKnownBreaks(f"{self.place}: partner is missing")
            return None
        if not self._text("partner_versions"):
            raise InvalidKnownBreaks(f"{self.place}: partner_versions is missing")
        return Partner(self._name("partner"), self._specifiers("partner_versions"))

    def _unless(self) -> tuple[Partner, ...]:
        listed = self.values.get("unless", [])
        if not isinstance(listed, list) or not all(isinstance(text, str) for text in listed):
            raise InvalidKnownBreaks(f"{self.place}: unless must be a list of requirements")
        return tuple(map(self._preventing, listed))

    def _preventing(self, text: str) -> Partner:
        try:
            requirement = parse_dependency_specifier(text)
        except InvalidRequirement as error:
            raise InvalidKnownBreaks(f"{self.place}: unless {text!r} is not a requirement") from error
        return Partner(canonicalize_name(requirement.name), requirement.specifier)

    def _text(self, key: str) -> str:
        value = self.values.get(key, "")
        if not isinstance(value, str):
            raise InvalidKnownBreaks(f"{self.place}: {key} must be text")
        return value.strip()

    def _flag(self, key: str) -> bool:
        value = self.values.get(key, False)
        if not isinstance(value, bool):
            raise InvalidKnownBreaks(f"{self.place}: {key} must be true or false")
        return value

    def _name(self, key: str) -> NormalizedName:
        try:
            return canonicalize_name(self._text(key), validate=True)
        except InvalidName as error:
            raise InvalidKnownBreaks(f"{self.place}: {key} {self._text(key)!r} is not a package name") from error

    def _specifiers(self, key: str) -> SpecifierSet:
        try:
            return SpecifierSet(self._text(key))
        except InvalidSpecifier as error:
            raise InvalidKnownBreaks(f"{self.place}: {key} {self._text(key)!r} is not a specifier set") from error

    def _version(self, key: str) -> str:
        text = self._text(key)
        try:
            return str(Version(text)) if text else ""
        except InvalidVersion as error:
            raise InvalidKnownBreaks(f"{self.place}: {key} {text!r} is not a version") from error
