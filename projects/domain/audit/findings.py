"""Findings of an audit, as data. `projects.presentation.audit.sentences` makes the text of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from msgspec import Struct, to_builtins
from msgspec.structs import replace

from projects.domain.assessment.verdicts import SEVERITIES, Severity
from scanner.domain.releases.python_changes import PythonVersion


class FindingKind(StrEnum):
    """What a finding is about; the value is the rule's name in SARIF."""

    NOT_REQUIRED = "imported-not-required"
    NOT_KNOWN = "imported-provider-unknown"
    TAKEN_AWAY = "taken-away-by-plan"
    THROUGH_ANOTHER = "required-through-another"
    OTHER_GROUP = "required-for-another-group"
    NOT_IMPORTED = "required-not-imported"
    REMOVED_MODULE = "removed-module"
    REMOVED_NAME = "removed-name"
    NEWER_MODULE = "newer-module"
    NEWER_SYNTAX = "newer-syntax"
    NOT_READ = "not-read"


class SourcePlace(Struct, frozen=True, order=True):
    """A line of a file."""

    path: str
    line: int


class AuditFinding(Struct, frozen=True):
    """One finding with all its places.

    - subject: the module, name, syntax or package that it is about.
    - package, version: what brings the module, where that is known.
    - through: the path by which a package that is not required itself comes into the set.
    - python: the Python that removed or brought the subject.
    - instead: a clause that says what to use.
    - is_caught: each of the places catches the failure.
    - is_late: none of the places runs as its module is imported.
    - is_doubtful: each of the places runs on a condition that the target does not decide.
    - unread: the packages whose modules are not known.
    - targets: the slugs that the finding holds for; empty for one that holds whatever the target.
    """

    kind: FindingKind
    severity: Severity
    subject: str
    places: tuple[SourcePlace, ...]
    package: str = ""
    version: str = ""
    through: tuple[str, ...] = ()
    python: PythonVersion | None = None
    instead: str = ""
    is_caught: bool = False
    is_late: bool = False
    is_doubtful: bool = False
    unread: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()

    @property
    def place(self) -> SourcePlace:
        """The first place."""
        return self.places[0]

    def to_json(self) -> dict[str, object]:
        """Return the finding as values of JSON."""
        values: dict[str, object] = to_builtins(self)
        return values

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> AuditFinding:
        """Return a finding that `to_json` wrote."""
        lists = {name: tuple(value[name]) for name in ("through", "unread", "targets")}
        python = value["python"]
        return cls(
            **{
                **value,
                **lists,
                "kind": FindingKind(value["kind"]),
                "severity": Severity(value["severity"]),
                "places": tuple(SourcePlace(one["path"], one["line"]) for one in value["places"]),
                "python": (python[0], python[1]) if python is not None else None,
            }
        )


def merged(findings: Iterable[AuditFinding]) -> list[AuditFinding]:
    """Return the findings of several targets, each once with all its targets, worst first."""
    found: dict[AuditFinding, tuple[dict[SourcePlace, None], dict[str, None], list[Severity]]] = {}
    paths: dict[AuditFinding, tuple[str, ...]] = {}
    for one in findings:
        # The path to a package may differ by target; the first one is enough.
        key = replace(one, places=(), targets=(), through=(), severity=Severity.NONE)
        places, targets, severities = found.setdefault(key, ({}, {}, []))
        places.update(dict.fromkeys(one.places))
        targets.update(dict.fromkeys(one.targets))
        severities.append(one.severity)
        paths.setdefault(key, one.through)
    whole = [
        replace(
            key,
            places=tuple(places),
            targets=tuple(targets),
            through=paths[key],
            severity=max(severities, key=SEVERITIES.index),
        )
        for key, (places, targets, severities) in found.items()
    ]
    return sorted(whole, key=rank)


def rank(finding: AuditFinding) -> tuple[int, str, SourcePlace, str]:
    """Return the key by which findings are sorted: worst first."""
    return -SEVERITIES.index(finding.severity), finding.kind.value, finding.place, finding.subject
