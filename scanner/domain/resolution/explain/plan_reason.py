"""Why a plan moves a package, cannot clear one, or does not exist, as data. `sentences` makes the text."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from msgspec import Struct
from msgspec.structs import fields

from scanner.domain.resolution.explain.conflict import ConflictLine
from scanner.domain.resolution.explain.reasons import Obstacle
from scanner.domain.resolution.model.missing import Missing

__all__ = ["PlanReason", "PlanReasonKind", "incomplete_reason"]

_MOST_NAMED = 3


class PlanReasonKind(StrEnum):
    """What a `PlanReason` says."""

    # Why a package moves.
    NEWER_VERSION = "newer-version"
    VERSION_NOT_FOUND = "version-not-found"
    NOT_INSTALLABLE = "not-installable"
    NOT_ADMITTED = "not-admitted"
    UNMET_REQUIREMENT = "unmet-requirement"
    KNOWN_BREAK = "known-break"
    WITH_OTHERS = "with-others"
    HELD_BACK = "held-back"
    # Why a package has no version that works.
    NOT_POLLED = "not-polled"
    NOT_READ = "not-read"
    PACKAGE_NOT_FOUND = "package-not-found"
    NO_INSTALLABLE_VERSION = "no-installable-version"
    NO_ADMITTED_VERSION = "no-admitted-version"
    # Why a plan is not feasible.
    INCOMPLETE = "incomplete"
    CUT_SHORT = "cut-short"
    CONTRADICTION = "contradiction"
    BLOCKED = "blocked"
    # A sentence that was stored before reasons were data.
    TEXT = "text"


class PlanReason(Struct, frozen=True):
    """Why a plan moves a package, cannot clear one, or does not exist. `explain.sentences` makes the sentence.

    `name` and `version` are the package in question and its version; `obstacles` are what keeps it from being
    installed on `targets` (slugs; empty where the target goes without saying). `requirement` is the one that is not
    met, stated by `dependent` with its version, or by the project if that is empty; `required` is the package that it
    names. `available_from` says from which version on `required` installs on the target, "" if from none; None if
    that is not the problem. `free_from` is the version of `name` in the plan if that does not need `required`. Of a
    known break `text` is the symptom, `required` the partner beside which it happens, and `without` what prevents it
    and comes with the version in the plan only. A contradiction has its two sides in `sides`, a plan with blockers
    their reasons in `parts`, and one that is incomplete the first few packages and releases that must be read.
    `steps` counts the search that was cut short.
    """

    kind: PlanReasonKind
    name: str = ""
    version: str = ""
    obstacles: tuple[Obstacle, ...] = ()
    targets: tuple[str, ...] = ()
    dependent: str = ""
    requirement: str = ""
    required: str = ""
    available_from: str | None = None
    free_from: str = ""
    steps: int = 0
    sides: tuple[ConflictLine, ...] = ()
    parts: tuple[PlanReason, ...] = ()
    text: str = ""
    without: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the reason as JSON values, without the fields that have their default."""
        data: dict[str, Any] = {"kind": self.kind.value}
        for name, default in _DEFAULTS:
            value = getattr(self, name)
            if value != default:
                data[name] = value
        if self.sides:
            data["sides"] = [line.to_json() for line in self.sides]
        if self.parts:
            data["parts"] = [part.to_json() for part in self.parts]
        return {key: list(value) if isinstance(value, tuple) else value for key, value in data.items()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any] | str) -> PlanReason:
        """Read what `to_json` wrote, or a sentence or sides that were stored as text before they were data."""
        if isinstance(data, str):
            return cls(PlanReasonKind.TEXT, text=data)
        sides = data.get("sides", ())
        are_texts = any(isinstance(side, str) for side in sides)
        return cls(
            kind=PlanReasonKind(data["kind"]),
            name=data.get("name", ""),
            version=data.get("version", ""),
            obstacles=tuple(Obstacle(one) for one in data.get("obstacles", ())),
            targets=tuple(data.get("targets", ())),
            dependent=data.get("dependent", ""),
            requirement=data.get("requirement", ""),
            required=data.get("required", ""),
            available_from=data.get("available_from"),
            free_from=data.get("free_from", ""),
            steps=data.get("steps", 0),
            sides=() if are_texts else tuple(map(ConflictLine.from_json, sides)),
            parts=tuple(cls.from_json(part) for part in data.get("parts", ())),
            text=", but ".join(sides) if are_texts else data.get("text", ""),
            without=data.get("without", ""),
        )


def incomplete_reason(missing: Missing) -> PlanReason:
    """Return that a plan is not known yet, with the first few of what must be read for it."""
    unread = [
        *(PlanReason(PlanReasonKind.NOT_POLLED, name) for name in missing.packages),
        *(PlanReason(PlanReasonKind.NOT_READ, name, str(version)) for name, version in missing.releases),
    ]
    return PlanReason(PlanReasonKind.INCOMPLETE, parts=tuple(unread[:_MOST_NAMED]))


def cut_short_reason(steps: int) -> PlanReason:
    """Return that a search reached its limit after so many steps."""
    return PlanReason(PlanReasonKind.CUT_SHORT, steps=steps)


# Read once: a plan of many targets has thousands of reasons.
_DEFAULTS = tuple((field.name, field.default) for field in fields(PlanReason) if field.name != "kind")
