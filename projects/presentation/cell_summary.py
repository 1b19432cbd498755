"""What the page of a project shows of a package on a target: made when an assessment is stored, not on every view.

A page with thousands of cells reads these summaries; the full rows are read for one cell, an export or a report.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from itertools import starmap
from typing import Any, NamedTuple

from msgspec import Struct, ValidationError
from msgspec.json import Decoder

from projects.domain.assessment.package_result import PackageResult
from projects.domain.assessment.reasons import ReasonKind
from projects.domain.assessment.verdicts import Severity, Verdict
from projects.domain.received_proof import ReceivedProof
from projects.presentation.evidence import evidence_word, gil_level_word
from projects.presentation.sentences import describe_cause, describe_reason
from projects.presentation.traits import Trait, gained_on, traits_of
from scanner.domain.matching.availability import Availability
from scanner.domain.translation import ENGLISH, gettext, in_english, language, noop

_LIMITED, _WHEEL, _PURE = noop("limited"), noop("wheel"), noop("pure")
_DEGRADED_TEXTS = {Availability.FALLBACK: _PURE, Availability.SOURCE: noop("builds")}
_READY_TEXTS = {Availability.NATIVE: _WHEEL, Availability.ABI3: "abi3", Availability.PURE: _PURE}
WORK = (
    Verdict.BLOCKED.value,
    Verdict.UPGRADE.value,
    Verdict.HELD_BACK.value,
    Verdict.NOT_JUDGED.value,
    Verdict.IGNORED.value,
)
"""The verdicts of packages that need work: an upgrade, a wheel, a decision or a look by hand."""
MAIN_GROUP = "main"
"""The name of the requirements that belong to no extra or group."""
# Raise it when a summary's fields or their texts change: stored ones of another version are made again.
VERSION = 8

_NO_VERSION = 0


def serving_version() -> int:
    """Return the version of stored summaries that pages may show in the language spoken.

    They are stored in English. In another language none serves, so that they are made again from the full rows.
    """
    return VERSION if language() == ENGLISH else _NO_VERSION


class ArrivalKind(StrEnum):
    """How a package comes into the set: the project names it, a file does that says no more, a pin, or a package."""

    DIRECT = "direct"
    LISTED = "listed"
    PINNED = "pinned"
    ARRIVES = "arrives"


# By the kind: what is said without a path, and with one.
_ARRIVALS = {
    ArrivalKind.DIRECT.value: (noop("direct"), ""),
    ArrivalKind.LISTED.value: (noop("listed"), noop("listed, also by {path}")),
    ArrivalKind.PINNED.value: (noop("pinned"), ""),
    ArrivalKind.ARRIVES.value: ("", noop("arrives by {path}")),
}


class CellSummary(NamedTuple):
    """One package on one target, as text. Stored as a list in this order, up to the last field that is not empty.

    `version` is the chosen one, else what is required. `text` is the shortest form, `reason` the longer one, `cause`
    why the package blocks, in a few words; `path` the packages through which it comes into the set, with arrows
    between them, and `arrival_kind` how it does (`arrival` says both); `first` and `latest` the versions that would
    install. `traits` is a number (projects.presentation.traits), `gained` the day on which the index got the file that
    installs, and `groups` the extras and groups that bring the package, joined by commas. `evidence` is the code of
    the highest rung of the evidence ladder (`evidence_text` says it), and `gil` the level of the free-threading
    classifier, 0 without.
    """

    name: str
    version: str
    verdict: str
    text: str
    reason: str
    path: str
    severity: str = Severity.NONE.value
    traits: int = 0
    # Most packages have none of the rest, which is why it comes last.
    evidence: str = ""
    gained: str = ""
    cause: str = ""
    first: str = ""
    latest: str = ""
    groups: str = ""
    yanked: bool = False
    gil: int = 0
    arrival_kind: str = "arrives"

    @property
    def arrival(self) -> str:
        """How the package comes into the set, in short: "direct", or the shortest path to it.

        "listed": a file names it and does not say whether the project itself requires it.
        """
        alone, with_path = _ARRIVALS[self.arrival_kind]
        return gettext(with_path).format(path=self.path) if self.path and with_path else gettext(alone)


_DEFAULTS = CellSummary._field_defaults


def cells_to_json(packages: Iterable[PackageResult]) -> dict[str, Any]:
    """Return the summaries of packages as they are stored: in English."""
    with in_english():
        return {"version": VERSION, "cells": cells_to_list(map(summarise_cell, packages))}


def cells_to_list(cells: Iterable[CellSummary]) -> list[list[Any]]:
    """Return the fields of each cell, which `read_cells` reads."""
    return [_stored(cell) for cell in cells]


class _StoredCells(Struct, frozen=True):
    version: int
    cells: tuple[CellSummary, ...]


# Thousands of cells of a page are made by the decoder, without lists of their fields in between.
_decode = Decoder(_StoredCells).decode


def cells_from_text(stored: str | None) -> tuple[CellSummary, ...] | None:
    """Read the JSON of what `cells_to_json` returned.

    None for what does not serve (`serving_version`), for what another version stored, and for None.
    """
    if stored is None or serving_version() == _NO_VERSION:
        return None
    try:
        found = _decode(stored)
    except ValidationError:
        return None
    return found.cells if found.version == VERSION else None


def read_cells(rows: Iterable[Sequence[Any]] | None) -> tuple[CellSummary, ...]:
    """Return summaries of the present version from the fields that `cells_to_list` returned; None has none."""
    return tuple(starmap(CellSummary, rows or ()))


def _stored(cell: CellSummary) -> list[Any]:
    """Return the fields without those at the end that have their default."""
    last = max(at for at, name in enumerate(CellSummary._fields) if cell[at] != _DEFAULTS.get(name))
    return list(cell[: last + 1])


def summarise_cell(package: PackageResult) -> CellSummary:
    """Return what pages show of one package."""
    return CellSummary(
        name=package.name,
        version=package.shown_version,
        verdict=package.verdict.value,
        severity=package.severity.value,
        text=cell_text(package),
        reason=describe_reason(package),
        cause=describe_cause(package) if package.verdict is Verdict.BLOCKED else "",
        path=" → ".join(package.provenance.shortest_path) if not package.provenance.direct else "",
        arrival_kind=_arrival_kind(package).value,
        first=package.first_available.version if package.first_available else "",
        latest=package.latest_available.version if package.latest_available else "",
        yanked=package.yanked,
        traits=int(traits_of(package)),
        gained=gained_on(package),
        groups=",".join(group or MAIN_GROUP for group in package.provenance.groups),
        evidence=evidence_word(package),
        gil=package.evidence.free_threading or 0,
    )


def marked(
    cells: Sequence[CellSummary], proof: ReceivedProof | None, *, without_gil: bool = False
) -> Sequence[CellSummary]:
    """Return the cells of a target with "ran" or "failed" as the evidence of those that its last proof was of.

    "ran with the GIL" are those whose import turned it on in a build without it. On a target `without_gil` the level of
    the free-threading classifier follows, of what installs and states one or is compiled.
    """
    if proof is not None:
        cells = _with_proof(cells, proof)
    return [_with_level(cell) for cell in cells] if without_gil else cells


def _with_proof(cells: Sequence[CellSummary], proof: ReceivedProof) -> Sequence[CellSummary]:
    words = {True: "ran", False: "failed"}
    found = [(cell, proof.ran_in(cell.name, cell.version)) for cell in cells]
    with_gil = {cell.name for cell, ran in found if ran and cell.name in proof.gil_enabled_by}
    return [
        cell if ran is None else cell._replace(evidence="ran with the GIL" if cell.name in with_gil else words[ran])
        for cell, ran in found
    ]


def _with_level(cell: CellSummary) -> CellSummary:
    if not Verdict(cell.verdict).installs or not (cell.gil or cell.traits & Trait.COMPILED):
        return cell
    return cell._replace(evidence="; ".join(filter(None, (cell.evidence, gil_level_word(cell.gil)))))


def _way_out(package: PackageResult) -> str:
    known = package.reason.known_break
    if known is not None and known.prevented_by:
        return gettext("with {package}").format(package=known.prevented_by.partition(" ")[0])
    return package.first_available.version if package.first_available else gettext("newer")


def cell_text(package: PackageResult) -> str:
    """Return the shortest description: "3.10.7", "with audioop-lts", "no version", "pure", "abi3", "not polled"."""
    availability = package.availability
    match package.verdict:
        case Verdict.UPGRADE:
            return _way_out(package)
        case Verdict.HELD_BACK:
            return package.held_at or gettext("old version")
        case Verdict.NOT_JUDGED:
            return gettext("not judged")
        case Verdict.BLOCKED:
            return gettext("not found") if availability is Availability.ABSENT else gettext("no version")
        case Verdict.IGNORED:
            return gettext("ignored")
        case Verdict.DEGRADED:
            if package.waiver is not None:
                return gettext("build accepted")
            return gettext(_DEGRADED_TEXTS.get(availability, _LIMITED))
        case Verdict.UNKNOWN:
            return _unknown_text(package)
        case Verdict.INACTIVE:
            return gettext("not needed")
        case Verdict.READY:
            return gettext(_READY_TEXTS.get(availability, _WHEEL))


def _unknown_text(package: PackageResult) -> str:
    if package.reason.kind is ReasonKind.NOT_CERTAIN and package.reason.detail:
        return gettext("{version} so far").format(version=package.reason.detail)
    if package.availability is Availability.SOURCE:
        return gettext("build unseen")
    # A package that comes from elsewhere is never polled, so the text must not promise that it will be.
    return gettext("not polled") if package.is_pending else gettext("not known")


def _arrival_kind(package: PackageResult) -> ArrivalKind:
    provenance = package.provenance
    if provenance.direct:
        return ArrivalKind.DIRECT
    if provenance.direct is None:
        return ArrivalKind.LISTED
    return ArrivalKind.ARRIVES if provenance.shortest_path else ArrivalKind.PINNED


def evidence_text(evidence: str) -> str:
    """Return what a cell's evidence says: its code as a word, and what follows a semicolon as it is."""
    code, separator, rest = evidence.partition(";")
    return f"{gettext(code)}{separator}{rest}"
