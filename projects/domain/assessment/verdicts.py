"""What availability means for a project: verdicts and severity, each by one table of docs/verdicts.md."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from scanner.domain.files.builds import UNREADABLE, build_kind
from scanner.domain.matching.availability import Availability
from scanner.domain.resolution.model.policy import BuildPolicy


class Verdict(StrEnum):
    """What the index's offer means for one package of a project on one target."""

    READY = "ready"
    DEGRADED = "degraded"
    HELD_BACK = "held-back"
    UPGRADE = "upgrade"
    BLOCKED = "blocked"
    IGNORED = "ignored"
    NOT_JUDGED = "not-judged"
    UNKNOWN = "unknown"
    INACTIVE = "inactive"

    @property
    def installs(self) -> bool:
        """Whether the release that the requirements choose installs and is not held back."""
        return self in {Verdict.READY, Verdict.DEGRADED}


class Severity(StrEnum):
    """How much a verdict matters, least first."""

    NONE = "none"
    LOW = "low"
    MODERATE = "moderate"
    HIGH = "high"
    CRITICAL = "critical"


class ProjectVerdict(StrEnum):
    """Whether the project can move to a target."""

    GO = "go"
    CONDITIONAL = "conditional"
    NO_GO = "no-go"
    UNKNOWN = "unknown"


SEVERITIES = tuple(Severity)
_WHEELS = {
    Availability.NATIVE: Verdict.READY,
    Availability.ABI3: Verdict.READY,
    Availability.PURE: Verdict.READY,
    Availability.FALLBACK: Verdict.DEGRADED,
}


def judge_package(
    availability: Availability, detail: str | None, policy: BuildPolicy, *, helped: bool | None
) -> Verdict:
    """Return the verdict of one package on one target.

    `helped` says whether some other version is installable there; None when that is not known yet. An sdist that was
    not looked into is unknown, whatever other versions offer: it may be pure Python and install as it is.
    """
    match availability:
        case Availability.INACTIVE:
            return Verdict.INACTIVE
        case Availability.UNKNOWN:
            return Verdict.UNKNOWN
        case Availability.NATIVE | Availability.ABI3 | Availability.PURE | Availability.FALLBACK:
            return _WHEELS[availability]
    installable = policy.installs(availability, detail)
    if installable:
        return Verdict.DEGRADED
    if installable is None:
        return Verdict.NOT_JUDGED if build_kind(detail) == UNREADABLE else Verdict.UNKNOWN
    if helped:
        return Verdict.UPGRADE
    return Verdict.UNKNOWN if helped is None else Verdict.BLOCKED


def judge_severity(verdict: Verdict, *, direct: bool | None, major_step: bool, dependents_share: float) -> Severity:
    """Return how much the verdict matters.

    What is not known has no severity: it may be nothing. An upgrade starts at moderate and rises one step each for a
    major version step, for a package that comes through another one (which must be upgraded too), and when a tenth of
    the closure or more depends on the package. Where no file says whether it is direct (None), that does not count.
    """
    match verdict:
        case Verdict.READY | Verdict.INACTIVE | Verdict.UNKNOWN | Verdict.NOT_JUDGED:
            return Severity.NONE
        case Verdict.DEGRADED | Verdict.IGNORED:
            return Severity.LOW
        case Verdict.HELD_BACK:
            return Severity.MODERATE
        case Verdict.BLOCKED:
            return Severity.CRITICAL
        case Verdict.UPGRADE:
            steps = int(major_step) + int(direct is False) + int(dependents_share >= 0.1)
            return SEVERITIES[min(SEVERITIES.index(Severity.MODERATE) + steps, len(SEVERITIES) - 1)]


def judge_project(
    verdicts: Iterable[Verdict], *, holds: bool, incomplete: bool, plan_found: bool | None, conflict: bool = False
) -> ProjectVerdict:
    """Return the verdict of the whole set on one target.

    `holds`: one set satisfies everything as written, every member installable under the policy. `incomplete`: data is
    missing, or a search was cut short. `plan_found`: whether an upgrade path exists; None when none was looked for.
    `conflict`: the requirements contradict each other.
    """
    seen = set(verdicts) - {Verdict.INACTIVE}
    if incomplete or seen == {Verdict.NOT_JUDGED}:
        return ProjectVerdict.UNKNOWN
    if holds:
        if Verdict.UNKNOWN in seen:
            return ProjectVerdict.UNKNOWN
        if Verdict.BLOCKED in seen:
            # A wheel at a URL that does not fit: the index has no say in it.
            return ProjectVerdict.NO_GO
        return ProjectVerdict.GO if all(verdict.installs for verdict in seen) else ProjectVerdict.CONDITIONAL
    if plan_found:
        return ProjectVerdict.CONDITIONAL
    if Verdict.UNKNOWN in seen and (plan_found is None or Verdict.BLOCKED not in seen):
        return ProjectVerdict.UNKNOWN
    if not conflict and Verdict.NOT_JUDGED in seen and not seen & {Verdict.BLOCKED, Verdict.UPGRADE}:
        # All that keeps the set from holding is what could not be judged.
        return ProjectVerdict.CONDITIONAL
    return ProjectVerdict.NO_GO


def count_verdicts(verdicts: Iterable[Verdict]) -> Mapping[str, int]:
    """Return how many packages have each verdict; those that the target does not need are left out."""
    counts = {verdict.value: 0 for verdict in Verdict if verdict is not Verdict.INACTIVE}
    for verdict in verdicts:
        if verdict is not Verdict.INACTIVE:
            counts[verdict.value] += 1
    return counts
