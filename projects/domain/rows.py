"""One package on one target: which version is judged, and the row that says how it stands (design §10). Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from packaging.version import Version

from projects.domain.offers import FilesOf, PackageView, ReleaseView, installs, steps_up
from projects.domain.verdicts import (
    Policy,
    Verdict,
    advise,
    expected_error,
    judge_package,
    judge_severity,
    step_size,
)
from projects.domain.wanted import Wanted
from scanner.domain.availability import Availability
from scanner.domain.cadence import RELEASE_OPEN_FOR
from scanner.domain.proofs import judge
from scanner.domain.targets import Target


@dataclass(frozen=True, slots=True)
class Standing:
    """How one package stands on one target, before the proof is read.

    `version` is the judged one: the highest installable of those admitted, else the highest admitted, else the pin.
    `first` and `latest` are set when it does not install and some version does.
    """

    wanted: Wanted
    version: Version | None
    release: ReleaseView | None
    availability: Availability
    verdict: Verdict
    first: ReleaseView | None
    latest: ReleaseView | None
    reason: str = ""

    @property
    def releases(self) -> list[ReleaseView]:
        """The releases whose files the row will name."""
        return [release for release in (self.release, self.first, self.latest) if release is not None]


def stand(wanted: Wanted, package: PackageView | None, column: int, policy: Policy) -> Standing:
    """Judge what is asked of one package on the target in this column."""

    def settled(availability: Availability, reason: str) -> Standing:
        verdict = judge_package(availability, None, policy, helped=False)
        return Standing(wanted, wanted.pinned, None, availability, verdict, None, None, reason)

    if not wanted.active:
        return settled(Availability.INACTIVE, f"its marker does not hold here: {wanted.asked.marker}")
    if wanted.foreign is not None:
        return settled(Availability.UNKNOWN, f"it comes from a {wanted.foreign.origin.value}, not from the index")
    if package is None or not package.answered:
        said = f": {package.error}" if package is not None and package.error else ""
        return settled(Availability.UNKNOWN, f"not polled yet{said}")
    if not package.exists:
        return settled(Availability.ABSENT, "the index has no such package")
    return _stand_among(wanted, package, column, policy)


def _stand_among(wanted: Wanted, package: PackageView, column: int, policy: Policy) -> Standing:
    by_version = {release.version: release for release in package.releases}
    admitted = wanted.admitted(list(by_version), prereleases=policy.prereleases)
    pinned = wanted.pinned
    usable = [by_version[version] for version in admitted if version == pinned or _counts(by_version[version], column)]
    fitting = [release for release in usable if installs(release, column, policy)]
    release = (fitting or usable or [None])[-1]
    if release is None:
        return _absent(wanted, package, column, policy)
    availability = release.offers[column].availability
    above = [] if fitting else steps_up(package, column, policy, release.version)
    helped = _helped(package, above, column, policy, release.version)
    verdict = judge_package(availability, release.build, policy, helped=helped)
    first, latest = (above[0], above[-1]) if above else (None, None)
    return Standing(wanted, release.version, release, availability, verdict, first, latest)


def _counts(release: ReleaseView, column: int) -> bool:
    """Whether a range may choose this release: a yanked or too young one serves an exact pin only."""
    return not release.offers[column].yanked and not release.too_young


def _absent(wanted: Wanted, package: PackageView, column: int, policy: Policy) -> Standing:
    above = steps_up(package, column, policy, wanted.pinned)
    verdict = judge_package(Availability.ABSENT, None, policy, helped=bool(above))
    asked = wanted.specifier or "any version"
    reason = f"the index has no release that {asked} admits"
    first, latest = (above[0], above[-1]) if above else (None, None)
    return Standing(wanted, wanted.pinned, None, Availability.ABSENT, verdict, first, latest, reason)


def _helped(
    package: PackageView, above: Sequence[ReleaseView], column: int, policy: Policy, current: Version
) -> bool | None:
    if above:
        return True
    maybe = any(
        installs(release, column, policy) is None and not release.offers[column].yanked
        for release in package.releases
        if release.version >= current
    )
    return None if maybe else False


def build_row(
    standing: Standing,
    target: Target,
    package: PackageView | None,
    files_of: FilesOf,
    policy: Policy,
    now: datetime,
    *,
    direct: bool = True,
    paths: Sequence[Sequence[str]] = (),
    dependents_share: float = 0.0,
) -> dict[str, Any]:
    """The package row of design §10, with `advice`, `error`, `specifier`, `source` and `line` beside it."""
    wanted = standing.wanted
    cell = None
    if standing.release is not None:
        cell = judge(files_of(standing.release), target, source_detail=standing.release.build)
    verdict, first = standing.verdict, standing.first
    major = bool(first and standing.version and step_size(standing.version, first.version) == "major")
    detail = cell.detail if cell else None
    uploaded = [release.uploaded_at for release in package.releases if release.uploaded_at] if package else []
    is_open = bool(uploaded) and now - max(uploaded) < RELEASE_OPEN_FOR
    return {
        "name": wanted.name,
        "version": str(standing.version) if standing.version is not None else None,
        "direct": direct,
        "paths": [list(path) for path in paths],
        "availability": standing.availability.value,
        "detail": detail,
        "yanked": cell.yanked if cell else False,
        "verdict": verdict.value,
        "severity": judge_severity(
            verdict, direct=direct, major_step=major, dependents_share=dependents_share
        ).value,
        "file": cell.file if cell else None,
        "tag": cell.tag if cell else None,
        "uploaded_at": _stamp(cell.uploaded_at) if cell else None,
        "reason": cell.reason if cell else standing.reason,
        "first_available": _offer(first, target, files_of),
        "latest_available": _offer(standing.latest, target, files_of),
        "latest": _newest(package),
        "specifier": wanted.specifier,
        "source": wanted.asked.source,
        "line": wanted.asked.line,
        "advice": advise(
            wanted.name,
            verdict,
            standing.availability,
            first=str(first.version) if first else None,
            detail=detail,
            open_release=is_open,
        ),
        "error": expected_error(wanted.name, wanted.specifier, standing.availability, detail),
        "status": package.status if package else "active",
    }


def _offer(release: ReleaseView | None, target: Target, files_of: FilesOf) -> dict[str, Any] | None:
    if release is None:
        return None
    cell = judge(files_of(release), target, source_detail=release.build)
    return {"version": str(release.version), "file": cell.file, "uploaded_at": _stamp(cell.uploaded_at)}


def _newest(package: PackageView | None) -> str | None:
    """The newest version of all, final ones first."""
    if package is None or not package.releases:
        return None
    finals = [release.version for release in package.releases if not release.version.is_prerelease]
    return str(finals[-1] if finals else package.releases[-1].version)


def _stamp(moment: datetime | None) -> str | None:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment is not None else None

