"""One package on one target: how it stands, and the row that says so (design §10). Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from packaging.version import Version

from projects.domain.assessment.explanations import Proofs
from projects.domain.assessment.index_snapshot import PackageSnapshot, installable_from
from projects.domain.assessment.verdicts import Verdict, advise, expected_error, judge_package, judge_severity
from projects.domain.dependency_files.values import ParsedRequirement
from scanner.domain.matching.availability import Availability
from scanner.domain.matching.explain import Cell
from scanner.domain.matching.floors import glibc_requirement
from scanner.domain.matching.reason_text import cause_text, glibc_text, reason_text
from scanner.domain.polling import RELEASE_OPEN_FOR
from scanner.domain.releases.python_changes import standard_library_flags
from scanner.domain.resolution.loosen import Step, step_between
from scanner.domain.resolution.model.policy import BuildPolicy
from scanner.domain.resolution.model.versions import Candidate
from scanner.domain.targets.target import Target


@dataclass(frozen=True, slots=True)
class Place:
    """How a package comes into the set. `asked` is the project's own requirement of it, when there is one.

    `direct` is None where the files list the package and do not say whether the project itself asks for it. `specifier`
    joins every limit on it; `share` is how much of the closure hangs on it, 0 to 1.
    """

    name: str
    direct: bool | None
    specifier: str
    asked: ParsedRequirement | None
    paths: Sequence[Sequence[str]] = field(default_factory=tuple)
    share: float = 0.0


@dataclass(frozen=True, slots=True)
class Standing:
    """How one package stands on one target, before its proof is read.

    `first` and `latest` are set when it does not install and some version does; `newest` when none does, so that the
    row can say what stands in the way today. `pending`: the index has not answered for the package yet.
    """

    place: Place
    version: Version | None
    release: Candidate | None
    availability: Availability
    verdict: Verdict
    reason: str = ""
    first: Candidate | None = None
    latest: Candidate | None = None
    newest: Candidate | None = None
    pending: bool = False

    @property
    def releases(self) -> list[Candidate]:
        """The releases whose files the row will name."""
        named = (self.release, self.first, self.latest, self.newest)
        return [release for release in named if release is not None]


def inactive(place: Place) -> Standing:
    """A requirement whose marker does not hold on the target."""
    marker = place.asked.marker if place.asked else None
    reason = f"its marker does not hold here: {marker}" if marker else "nothing asks for it here"
    return Standing(place, None, None, Availability.INACTIVE, Verdict.INACTIVE, reason)


def foreign(place: Place, url: str) -> Standing:
    """A package that comes from an address, a repository or a folder: the index says nothing about it."""
    reason = f"it comes from {url.partition('?')[0]}, not from the index"
    return Standing(place, None, None, Availability.UNKNOWN, Verdict.UNKNOWN, reason)


def stand(
    place: Place, version: Version | None, package: PackageSnapshot | None, column: int, policy: BuildPolicy
) -> Standing:
    """How the chosen version of a package stands on the target in this column; None when none could be chosen."""
    if package is None or not package.answered:
        said = f": {package.error}" if package is not None and package.error else ""
        reason = f"not polled yet{said}"
        return Standing(place, version, None, Availability.UNKNOWN, Verdict.UNKNOWN, reason, pending=True)
    release = package.candidate(version) if version is not None else None
    if release is None:
        return _absent(place, version, package, column, policy)
    availability = release.offers[column].availability
    if policy.installs_candidate(release, column):
        verdict = judge_package(availability, release.build, policy, helped=None)
        return Standing(place, version, release, availability, verdict)
    above = installable_from(package, column, policy, version)
    helped = True if above else _maybe_helped(package, column, policy, release.version)
    verdict = judge_package(availability, release.build, policy, helped=helped)
    if above:
        return Standing(place, version, release, availability, verdict, first=above[0], latest=above[-1])
    newest = package.newest if verdict is Verdict.BLOCKED else None
    return Standing(place, version, release, availability, verdict, newest=newest)


def _absent(
    place: Place, version: Version | None, package: PackageSnapshot, column: int, policy: BuildPolicy
) -> Standing:
    if not package.exists:
        return Standing(place, version, None, Availability.ABSENT, Verdict.BLOCKED, "the index has no such package")
    above = installable_from(package, column, policy, version)
    verdict = judge_package(Availability.ABSENT, None, policy, helped=bool(above))
    reason = f"the index has no release that {place.specifier or 'any version'} admits"
    first, latest = (above[0], above[-1]) if above else (None, None)
    return Standing(place, version, None, Availability.ABSENT, verdict, reason, first, latest)


def _maybe_helped(package: PackageSnapshot, column: int, policy: BuildPolicy, current: Version) -> bool | None:
    """None when a later release might install, which only a look into its sdist would tell; else False."""
    maybe = any(
        policy.installs_candidate(release, column) is None and not release.offers[column].yanked
        for release in package.candidates
        if release.version >= current
    )
    return None if maybe else False


def build_row(
    standing: Standing,
    target: Target,
    package: PackageSnapshot | None,
    proofs: Proofs,
    *,
    now: datetime,
) -> dict[str, Any]:
    """The package row of design §10, and beside it what docs/report.md lists under "A package row"."""
    place, verdict, first = standing.place, standing.verdict, standing.first
    cell = proofs.cell(standing.release, target) if standing.release is not None else None
    hope = proofs.cell(standing.newest, target) if standing.newest is not None else None
    newest = package.newest if package else None
    major = bool(first and standing.version and step_between(standing.version, first.version) is Step.MAJOR)
    detail = cell.detail if cell else None
    return {
        "name": place.name,
        "version": str(standing.version) if standing.version is not None else None,
        "direct": place.direct,
        "paths": [list(path) for path in place.paths],
        "availability": standing.availability.value,
        "detail": detail,
        "yanked": cell.yanked if cell else False,
        "verdict": verdict.value,
        "severity": judge_severity(verdict, direct=place.direct, major_step=major, dependents_share=place.share).value,
        "file": cell.file if cell else None,
        "tag": cell.tag if cell else None,
        "uploaded_at": _stamp(cell.uploaded_at) if cell else None,
        "reason": _reason(standing, cell, hope),
        "newest": _lacking(standing.newest, hope),
        "pending": standing.pending,
        "first_available": _offer(first, target, proofs),
        "latest_available": _offer(standing.latest, target, proofs),
        "latest": str(newest.version) if newest else None,
        "specifier": place.specifier,
        "source": place.asked.source if place.asked else None,
        "line": place.asked.line if place.asked else None,
        "advice": " ".join(
            [
                *_elsewhere(hope, target),
                advise(
                    place.name,
                    verdict,
                    standing.availability,
                    first=str(first.version) if first else None,
                    detail=detail,
                    open_release=_has_open_release(package, now),
                ),
            ]
        ),
        "error": expected_error(place.name, place.specifier, standing.availability, detail),
        "status": package.status if package else "active",
        "flags": list(standard_library_flags(place.name, _text(standing.version), target.python.version)),
    }


def _has_open_release(package: PackageSnapshot | None, now: datetime) -> bool:
    if package is None:
        return False
    last = package.last_upload
    return package.stays_open or (last is not None and now - last < RELEASE_OPEN_FOR)


def _offer(release: Candidate | None, target: Target, proofs: Proofs) -> dict[str, Any] | None:
    if release is None:
        return None
    cell = proofs.cell(release, target)
    return {"version": str(release.version), "file": cell.file, "uploaded_at": _stamp(cell.uploaded_at)}


def _reason(standing: Standing, cell: Cell | None, hope: Cell | None) -> str:
    """Why the judged version stands as it does and, where no version helps, what the newest one lacks."""
    said = reason_text(cell.reason) if cell else standing.reason
    if hope is None or standing.newest is None or standing.newest == standing.release:
        return said
    return f"{said}; the newest, {standing.newest.version}: {reason_text(hope.reason)}"


def _lacking(newest: Candidate | None, hope: Cell | None) -> dict[str, str] | None:
    """What the newest version lacks where none helps: a clause, and the same in a few words."""
    if newest is None or hope is None:
        return None
    return {"version": str(newest.version), "reason": reason_text(hope.reason), "cause": cause_text(hope.reason)}


def _elsewhere(hope: Cell | None, target: Target) -> list[str]:
    """Where a blocked package's newest release would install, when only a newer libc is asked for."""
    requirement = glibc_requirement(hope.reason.mismatch, target) if hope is not None else None
    return [glibc_text(requirement)] if requirement else []


def _text(version: Version | None) -> str | None:
    return str(version) if version is not None else None


def _stamp(moment: datetime | None) -> str | None:
    # strftime would take ten times as long, for thousands of rows.
    return f"{moment.isoformat()[:19]}Z" if moment is not None else None
