"""One result at places in files: what the writers for code hosts share."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from enum import StrEnum
from pathlib import PurePath

from msgspec import Struct
from msgspec.structs import replace

from projects.domain.audit.findings import SourcePlace


class CheckLevel(StrEnum):
    """How much a result matters: the levels of SARIF, worst first."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class CheckRule(Struct, frozen=True):
    """What results of one kind are about, as one sentence."""

    name: str
    text: str


class CheckResult(Struct, frozen=True):
    """One result, at one place of a file or several; a line of 0 is the file as a whole.

    `key` is what stays the same while words and lines change. `is_new` is None without a baseline.
    """

    rule: CheckRule
    level: CheckLevel
    text: str
    places: tuple[SourcePlace, ...]
    key: str
    severity: str
    targets: tuple[str, ...] = ()
    is_new: bool | None = None

    def fingerprint(self, place: SourcePlace) -> str:
        """Return the identity of the result in a file."""
        return hashlib.sha256(f"{self.rule.name}\0{self.key}\0{place.path}".encode()).hexdigest()[:32]

    def below(self, folder: PurePath, root: PurePath) -> CheckResult:
        """Return the result with paths as seen from `root`. Those that are relative are so to `folder`."""
        return replace(self, places=tuple(SourcePlace(_seen_from(root, folder, p.path), p.line) for p in self.places))


def _seen_from(root: PurePath, folder: PurePath, path: str) -> str:
    whole = folder / path
    return whole.relative_to(root).as_posix() if whole.is_relative_to(root) else PurePath(path).as_posix()


def worst_first(results: Iterable[CheckResult]) -> list[CheckResult]:
    """Return the results in the order in which they are shown: new ones first, then by level."""
    levels = list(CheckLevel)
    return sorted(results, key=lambda one: (one.is_new is False, levels.index(one.level)))
