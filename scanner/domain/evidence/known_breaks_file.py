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
from scanner.domain.translation import gettext

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
            raise self._wrong(f"unknown key {unknown[0]!r}")
        for key in _REQUIRED:
            if not self._text(key):
                raise self._wrong(gettext("{key} is missing").format(key=key))
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
            raise self._wrong(gettext("say on which pythons, or beside which partner, it breaks"))
        if fact.first_good and fact.concerns(Version(fact.first_good)):
            text = gettext("first_good {version} is among the versions that break")
            raise self._wrong(text.format(version=fact.first_good))
        return fact

    def _wrong(self, text: str) -> InvalidKnownBreaks:
        return InvalidKnownBreaks(f"{self.place}: {text}")

    def _partner(self) -> Partner | None:
        if not self._text("partner"):
            if self._text("partner_versions"):
                raise self._wrong(gettext("{key} is missing").format(key="partner"))
            return None
        if not self._text("partner_versions"):
            raise self._wrong(gettext("{key} is missing").format(key="partner_versions"))
        return Partner(self._name("partner"), self._specifiers("partner_versions"))

    def _unless(self) -> tuple[Partner, ...]:
        listed = self.values.get("unless", [])
        if not isinstance(listed, list) or not all(isinstance(text, str) for text in listed):
            raise self._wrong("unless must be a list of requirements")
        return tuple(map(self._preventing, listed))

    def _preventing(self, text: str) -> Partner:
        try:
            requirement = parse_dependency_specifier(text)
        except InvalidRequirement as error:
            said = gettext("unless {value} is not a requirement").format(value=repr(text))
            raise self._wrong(said) from error
        return Partner(canonicalize_name(requirement.name), requirement.specifier)

    def _text(self, key: str) -> str:
        value = self.values.get(key, "")
        if not isinstance(value, str):
            raise self._wrong(f"{key} must be text")
        return value.strip()

    def _flag(self, key: str) -> bool:
        value = self.values.get(key, False)
        if not isinstance(value, bool):
            raise self._wrong(f"{key} must be true or false")
        return value

    def _name(self, key: str) -> NormalizedName:
        try:
            return canonicalize_name(self._text(key), validate=True)
        except InvalidName as error:
            text = gettext("{key} {value} is not a package name").format(key=key, value=repr(self._text(key)))
            raise self._wrong(text) from error

    def _specifiers(self, key: str) -> SpecifierSet:
        try:
            return SpecifierSet(self._text(key))
        except InvalidSpecifier as error:
            text = gettext("{key} {value} is not a specifier set").format(key=key, value=repr(self._text(key)))
            raise self._wrong(text) from error

    def _version(self, key: str) -> str:
        text = self._text(key)
        try:
            return str(Version(text)) if text else ""
        except InvalidVersion as error:
            said = gettext("{key} {value} is not a version").format(key=key, value=repr(text))
            raise self._wrong(said) from error
