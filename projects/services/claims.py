"""What is known of packages at one time, for holding claims against it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone
from packaging.version import InvalidVersion, Version

from projects.domain.assessment.index_snapshot import FilesOf, IndexSnapshot, PackageSnapshot
from projects.domain.assessment.request import AssessmentRequest
from projects.domain.claims import Claim, ClaimedRelease, Facts
from projects.services.assessments.read_index import IndexReader, read_files
from scanner.domain.matching.availability import Availability
from scanner.domain.matching.explain import explain_cell
from scanner.domain.matching.reason_text import reason_text
from scanner.domain.resolution.model.versions import Candidate
from scanner.domain.targets.target import Target
from scanner.services.index_sets import IndexSet
from scanner.services.refresh import refresh

_COMPILED = {Availability.NATIVE, Availability.ABI3}


def read_facts(
    request: AssessmentRequest,
    entry: Mapping[str, Any],
    claims: Sequence[Claim],
    *,
    indexes: IndexSet,
    as_of: datetime | None,
) -> dict[str, Facts]:
    """The facts about every package of an assessment's entry and of the claims, by name.

    A few queries, and one request for each claimed package that the requirements do not lead to.
    """
    target = request.targets[0]
    # A claim may be about a package that nothing in the requirements leads to.
    beside = {claim.name for claim in claims} - {row["name"] for row in entry["packages"]}
    refresh(indexes, beside, timezone.now(), on_polled=lambda name, done, total: None)
    reader = IndexReader(indexes, request, as_of=as_of)
    reader.read(beside)
    snapshot = reader.snapshot
    rows = {row["name"]: row for row in entry["packages"]}
    claimed = {claim.name: claim for claim in claims}
    chosen = {name: _chosen(snapshot, name, rows.get(name), claimed.get(name)) for name in {*rows, *claimed}}
    releases = [release for found in chosen.values() for release in found.values() if release is not None]
    files_of = read_files(releases, as_of=as_of)
    moving = {change["name"]: change for change in (entry["plan"] or {}).get("changes", ())}
    return {
        name: Facts(
            **{role: _offered(release, target, files_of) for role, release in found.items()},
            moves_to=moving[name]["to"] if name in moving else None,
            why=moving[name]["why"] if name in moving else "",
            paths=tuple(tuple(path) for path in rows[name]["paths"]) if name in rows else (),
            named=name in rows and rows[name]["direct"] is not False,
        )
        for name, found in chosen.items()
    }


def _chosen(
    snapshot: IndexSnapshot, name: str, row: Mapping[str, Any] | None, claim: Claim | None
) -> dict[str, Candidate | None]:
    view = snapshot.packages.get(name)
    used = _release(view, row["version"] if row else None)
    start = _version(claim.current if claim else None)
    from_here = [
        release
        for release in (view.candidates if view else ())
        if (start is None or release.version >= start)
        and not release.version.is_prerelease
        and not release.offers[0].yanked
    ]
    wheels = [release for release in from_here if release.offers[0].availability.installs_wheel]
    compiled = [release for release in wheels if release.offers[0].availability in _COMPILED]
    return {
        "used": used,
        "first": wheels[0] if wheels else None,
        "compiled": compiled[0] if compiled else None,
    }


def _release(view: PackageSnapshot | None, version: str | None) -> Candidate | None:
    parsed = _version(version)
    return view.candidate(parsed) if view is not None and parsed is not None else None


def _version(text: str | None) -> Version | None:
    try:
        return Version(text) if text else None
    except InvalidVersion:
        return None


def _offered(release: Candidate | None, target: Target, files_of: FilesOf) -> ClaimedRelease | None:
    if release is None:
        return None
    cell = explain_cell(files_of(release), target, source_detail=release.build)
    day = cell.uploaded_at.date().isoformat() if cell.uploaded_at else "unknown date"
    return ClaimedRelease(str(release.version), cell.availability.value, cell.file or "", day, reason_text(cell.reason))
