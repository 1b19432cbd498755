"""What is shown of a target whose search is still waiting for the index: what is certain, and what is known so far."""

from __future__ import annotations

from collections.abc import Iterable, Sized
from enum import IntEnum

from packaging.utils import NormalizedName

from projects.domain.assessment.certain_judgement import certain_judgement, newest_of
from projects.domain.assessment.explained_wheels import WheelExplanations
from projects.domain.assessment.explanation import explain_all
from projects.domain.assessment.index_snapshot import IndexSnapshot, PackageSnapshot
from projects.domain.assessment.judgement import Judgement, judge_version
from projects.domain.assessment.reasons import PackageReason, ReasonKind
from projects.domain.assessment.request import AssessmentRequest
from projects.domain.assessment.required_packages import RequiredPackage, RequiredPackages
from projects.domain.assessment.target_result import TargetResult
from projects.domain.assessment.verdicts import ProjectVerdict, Severity, Verdict
from projects.domain.assessment.waived_judgements import waive_judgements
from scanner.domain.matching.availability import Availability
from scanner.domain.resolution.model.policy import BuildPolicy
from scanner.domain.resolution.model.versions import Candidate
from scanner.domain.targets.target import Target

Judgements = dict[Target, dict[NormalizedName, Judgement]]


class Certainty(IntEnum):
    """What of an assessment is certain while its searches wait: nothing, a package, a whole target."""

    NOTHING = 0
    PACKAGE = 1
    TARGET = 2


class CertaintyWatch:
    """Notices when the first package of a request is certain. Looks at each package once: its page decides."""

    def __init__(self, request: AssessmentRequest) -> None:
        self._request = request
        self._required = RequiredPackages(request)
        self._unseen = set(self._required.names)
        self._found = Certainty.NOTHING

    def look(self, snapshot: IndexSnapshot, finished: Sized) -> Certainty:
        """Return how much is certain, given the targets whose search has finished."""
        if finished:
            return Certainty.TARGET
        if self._found is Certainty.NOTHING:
            answered = {name for name in self._unseen if _answered(name, snapshot) is not None}
            self._unseen -= answered
            if answered and any(self._is_any_certain(answered, snapshot, target) for target in self._request.targets):
                self._found = Certainty.PACKAGE
        return self._found

    def _is_any_certain(self, names: Iterable[NormalizedName], snapshot: IndexSnapshot, target: Target) -> bool:
        required = self._required.on(target)
        return any(
            name in required and _certain(required[name], self._request, snapshot, target) is not None for name in names
        )


def judge_unfinished(request: AssessmentRequest, snapshot: IndexSnapshot, targets: Iterable[Target]) -> Judgements:
    """Judge each package that the project requires on these targets: with a verdict where it is certain.

    The others are not known yet. Where the index has answered for one, its reason names what would be chosen alone.
    """
    required = RequiredPackages(request)
    return {target: _judge_all(required.on(target).values(), request, snapshot, target) for target in targets}


def _judge_all(
    packages: Iterable[RequiredPackage], request: AssessmentRequest, snapshot: IndexSnapshot, target: Target
) -> dict[NormalizedName, Judgement]:
    column, policy = snapshot.column(target), request.policy
    certain: dict[NormalizedName, Judgement] = {}
    judged: dict[NormalizedName, Judgement] = {}
    for one in packages:
        found = _certain(one, request, snapshot, target)
        if found is not None:
            certain[one.name] = found
        package = _answered(one.name, snapshot)
        judged[one.name] = (
            judge_version(one.name, one.pin, one.provenance, snapshot.packages.get(one.name), column, policy)
            if package is None
            else _judge_alone(one, package, column, policy)
        )
    # What is not known yet is not waived: it may install.
    return {**judged, **waive_judgements(certain, target.slug, request.waivers)}


def _certain(
    required: RequiredPackage, request: AssessmentRequest, snapshot: IndexSnapshot, target: Target
) -> Judgement | None:
    package = _answered(required.name, snapshot)
    if package is None:
        return None
    return certain_judgement(required, package, request, target, snapshot.column(target))


def _answered(name: NormalizedName, snapshot: IndexSnapshot) -> PackageSnapshot | None:
    package = snapshot.packages.get(name)
    return package if package is not None and package.answered else None


def _judge_alone(required: RequiredPackage, package: PackageSnapshot, column: int, policy: BuildPolicy) -> Judgement:
    """Judge a package that is not certain: unknown, with the newest release that its lines admit and that installs."""
    release = _alone(required, package, column, policy)
    reason = PackageReason(ReasonKind.NOT_CERTAIN, str(release.version) if release is not None else "")
    availability = Availability.UNKNOWN if release is None else release.offers[column].availability
    return Judgement(
        *(required.name, required.pin, required.provenance, availability, Verdict.UNKNOWN, Severity.MODERATE, reason),
        release=release,
    )


def _alone(required: RequiredPackage, package: PackageSnapshot, column: int, policy: BuildPolicy) -> Candidate | None:
    versions = package.versions
    if required.specifier is None:
        return None
    installing = sum(mask for one, mask in versions.profiles if policy.installs_candidate(one, column))
    yanked = sum(mask for one, mask in versions.profiles if one.offers[column].yanked) if required.pin is None else 0
    return newest_of(package, versions.admitted(required.specifier) & installing & ~yanked)


def releases_of(judgements: Judgements) -> list[Candidate]:
    """Return the releases whose files must be read before `explain_unfinished`."""
    return [release for by_name in judgements.values() for one in by_name.values() for release in one.releases]


def explain_unfinished(
    request: AssessmentRequest, judgements: Judgements, snapshot: IndexSnapshot, explanations: WheelExplanations
) -> list[TargetResult]:
    """Return the result of each target: its verdict is unknown, and those of packages are certain or unknown."""
    return [
        TargetResult(
            target=target.slug,
            verdict=ProjectVerdict.UNKNOWN,
            packages=explain_all(by_name, target, snapshot, explanations, request.now),
        )
        for target, by_name in judgements.items()
    ]
