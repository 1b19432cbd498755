"""What the page of a project shows of a package on a target: worked out when an answer is stored, not on every view.

A stored row (design §10) has two dozen facts and is read for a proof, an export or a report; a page with thousands of
cells reads this. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from projects.domain.assessment.verdicts import Verdict
from scanner.domain.matching.availability import Availability

StoredRow = Mapping[str, Any]
_READY_WORDS = {Availability.NATIVE: "wheel", Availability.ABI3: "abi3", Availability.PURE: "pure"}


class CellSummary(NamedTuple):
    """One package on one target, in words. It is stored as a list, so a field may only be added at the end.

    `version` is the chosen one, else what is asked for. `text` is the shortest telling thing, `reason` the longer one,
    `cause` why it blocks in a few words; `via` how it arrives; `first` and `latest` the versions that would install.
    """

    name: str
    version: str
    verdict: str
    severity: str
    text: str
    reason: str
    cause: str
    via: str
    first: str
    latest: str
    yanked: bool
    unofficial: bool


def summarise_cells(packages: Iterable[StoredRow]) -> list[CellSummary]:
    """What is shown of each stored row, in their order."""
    return [summarise_cell(row) for row in packages]


def summarise_cell(row: StoredRow) -> CellSummary:
    """What is shown of a stored row."""
    return CellSummary(
        name=row["name"],
        version=row["version"] or row.get("specifier") or "any version",
        verdict=row["verdict"],
        severity=row.get("severity") or "none",
        text=cell_text(row),
        reason=row.get("reason") or "",
        cause=cause_of(row) if row["verdict"] == Verdict.BLOCKED else "",
        via=via(row),
        first=version_of(row.get("first_available")),
        latest=version_of(row.get("latest_available")),
        yanked=bool(row.get("yanked")),
        unofficial=bool(row.get("unofficial")),
    )


def cell_text(stored: StoredRow) -> str:
    """The shortest telling thing: "3.10.7", "no version", "pure", "abi3", "not polled"."""
    availability = stored.get("availability")
    match Verdict(stored["verdict"]):
        case Verdict.UPGRADE:
            return version_of(stored.get("first_available")) or "newer"
        case Verdict.BLOCKED:
            return "not found" if availability == Availability.ABSENT else "no version"
        case Verdict.DEGRADED:
            return "pure" if availability == Availability.FALLBACK else "builds"
        case Verdict.UNKNOWN:
            if availability == Availability.SOURCE:
                return "build unseen"
            # A package that comes from elsewhere is never polled, so the words must not promise that it will be.
            return "not polled" if stored.get("pending") else "not known"
        case Verdict.INACTIVE:
            return "not needed"
        case Verdict.READY:
            return _READY_WORDS.get(availability, "wheel") if availability else "wheel"


def via(stored: StoredRow) -> str:
    """How the package arrives, short: "direct", or the shortest path that brings it.

    "listed": a file names it and does not say whether the project itself asks for it.
    """
    direct = stored["direct"]
    if direct:
        return "direct"
    # A list that is asked for whole gives each of its lines a way of one step, which tells nothing.
    ways = sorted((path for path in stored.get("paths") or [] if len(path) > 1), key=lambda path: (len(path), path))
    if direct is None:
        return f"listed, also by {' → '.join(ways[0])}" if ways else "listed"
    return f"arrives by {' → '.join(ways[0])}" if ways else "pinned"


def version_of(offered: Mapping[str, Any] | None) -> str:
    """The version of a stored `first_available` or `latest_available`; empty without one."""
    return str(offered["version"]) if offered else ""


def cause_of(row: StoredRow) -> str:
    """Why one package blocks, in a few words: what its newest version lacks, named where it is not the one in use."""
    newest = row.get("newest")
    if not newest:
        return f"{row['name']}: {row.get('reason') or 'no version works'}"
    named = row["name"] if newest["version"] == row["version"] else f"{row['name']} {newest['version']}"
    return f"{named}: {newest['cause']}"
