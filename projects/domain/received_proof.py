"""A proof that a developer's machine or a CI job sent: what it says, checked and cut to what is kept."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

from msgspec import Struct
from packaging.utils import InvalidName, NormalizedName, canonicalize_name
from packaging.version import InvalidVersion, Version

from projects.domain.proof import Proof
from scanner.domain.targets.target import UnknownTarget, parse_target

_MOST_PINS = 2000
_MOST_FAILED = 100
_LONGEST = {"isolation": 100, "python": 40, "machine": 60, "tail": 500, "module": 200}


@cache
def _unprintable() -> re.Pattern[str]:
    # Not at import: so large a set of characters takes as long to compile as a hundred modules to load.
    return re.compile(r"[^\n -~\u00a0-\ud7ff\ue000-\ufffd]")


class InvalidProof(ValueError):
    """A body that is not a proof. The message says what to correct."""


class FailedImport(Struct, frozen=True):
    """A module that could not be imported, with the end of its error."""

    package: str
    module: str
    tail: str


class ReceivedProof(Struct, frozen=True):
    """What is kept of a proof. `python` is the interpreter's version, `machine` its system and architecture.

    `tests_passed` is None where no tests were run, `unproven` are packages of the set that had no wheel.
    """

    target: str
    ran: bool
    python: str
    machine: str
    isolation: str
    pins: Mapping[NormalizedName, str]
    failed: tuple[FailedImport, ...] = ()
    gil_enabled_by: tuple[str, ...] = ()
    tests_passed: bool | None = None
    unproven: tuple[str, ...] = ()

    def ran_in(self, package: str, version: str | None) -> bool | None:
        """Return whether a release ran in this proof; None where the proof had another version of it, or none."""
        if version is None or self.pins.get(canonicalize_name(package)) != version:
            return None
        return not any(canonicalize_name(one.package) == canonicalize_name(package) for one in self.failed)

    def error_of(self, package: str) -> str:
        """Return the last line of the error with which importing a package failed; empty if it took too long."""
        named = (one for one in self.failed if canonicalize_name(one.package) == canonicalize_name(package))
        return next((one.tail.splitlines()[-1] for one in named if one.tail), "")

    def is_of(self, pins: Mapping[str, str]) -> bool:
        """Return whether the proof is of this set: the same versions, none left out but those without a wheel."""
        tried = {canonicalize_name(name): version for name, version in pins.items() if name not in self.unproven}
        return bool(tried) and all(self.pins.get(name) == version for name, version in tried.items())

    def to_json(self) -> dict[str, Any]:
        """Return what is stored, as JSON values."""
        return {
            "target": self.target,
            "ran": self.ran,
            "python": self.python,
            "machine": self.machine,
            "isolation": self.isolation,
            "pins": dict(self.pins),
            "failed": [{"package": one.package, "module": one.module, "tail": one.tail} for one in self.failed],
            "gil_enabled_by": list(self.gil_enabled_by),
            "tests_passed": self.tests_passed,
            "unproven": list(self.unproven),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ReceivedProof:
        """Read what `to_json` wrote."""
        return cls(
            **{key: data[key] for key in ("target", "ran", "python", "machine", "isolation", "tests_passed")},
            pins=data["pins"],
            failed=tuple(FailedImport(**one) for one in data["failed"]),
            gil_enabled_by=tuple(data["gil_enabled_by"]),
            unproven=tuple(data["unproven"]),
        )


class DatedProof(Struct, frozen=True):
    """A proof with the time at which it came, in UTC. `is_current`: it is of the set that the target has now."""

    proof: ReceivedProof
    received_at: datetime
    is_current: bool = False


def sent_proof(proof: Proof) -> bytes:
    """Return a proof as the body of a request."""
    return json.dumps(proof.to_json()).encode()


def read_sent_proof(body: bytes) -> ReceivedProof:
    """Read the body of a request, the JSON of `manage.py prove`. Raise InvalidProof."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        raise InvalidProof("the body is not JSON") from None
    if not isinstance(document, dict) or document.get("schema") != 1:
        raise InvalidProof('expected the JSON of prove, with "schema": 1')
    interpreter = document.get("interpreter")
    tests = document.get("tests")
    if not isinstance(interpreter, dict) or not isinstance(document.get("ran"), bool):
        raise InvalidProof('"interpreter" or "ran" is missing')
    failed = [_failed(one) for one in _list(document, "imports") if one.get("outcome") != "ran"]
    return ReceivedProof(
        target=_target(document.get("target")),
        ran=document["ran"],
        python=_text(interpreter, "version", "python"),
        machine=f"{_text(interpreter, 'sys_platform', 'machine')} {_text(interpreter, 'machine', 'machine')}",
        isolation=_text(document, "isolation", "isolation"),
        pins=_pins(document.get("pins")),
        failed=tuple(failed[:_MOST_FAILED]) if not document["ran"] else (),
        gil_enabled_by=_names(document.get("gil_enabled_by")),
        tests_passed=bool(tests.get("passed")) if isinstance(tests, dict) else None,
        unproven=_names(document.get("unproven")),
    )


def _target(slug: object) -> str:
    try:
        return parse_target(str(slug)[:100]).slug
    except UnknownTarget:
        raise InvalidProof('"target" is not a target that is known here') from None


def _pins(pins: object) -> dict[NormalizedName, str]:
    if not isinstance(pins, dict) or not 0 < len(pins) <= _MOST_PINS:
        raise InvalidProof(f'"pins" must have 1 to {_MOST_PINS:,} packages')
    try:
        return {canonicalize_name(name, validate=True): str(Version(version)) for name, version in pins.items()}
    except (InvalidName, InvalidVersion, TypeError):
        raise InvalidProof('"pins" must map names of packages to versions') from None


def _list(document: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    found = document.get(key)
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise InvalidProof(f'"{key}" must be a list of objects')
    return found


def _names(found: object) -> tuple[str, ...]:
    listed = found[:_MOST_PINS] if isinstance(found, list) else []
    return tuple(canonicalize_name(one[:200]) for one in listed if isinstance(one, str))


def _failed(one: Mapping[str, Any]) -> FailedImport:
    return FailedImport(_text(one, "package", "module"), _text(one, "module", "module"), _text(one, "tail", "tail"))


def _text(values: Mapping[str, Any], key: str, limit: str) -> str:
    value = values.get(key, "")
    # The end of an error says most.
    return _unprintable().sub("?", value)[-_LONGEST[limit] :] if isinstance(value, str) else ""
