"""The verdict on a package that no unread fact of the index can change, while the search for a set still waits.

Only that a package does not install is certain before: it stays so, whatever else is chosen. Whether one that installs
is ready depends on all that leads to it: it may break beside another package, or lack an extra that one requests.
"""

from __future__ import annotations

from projects.domain.assessment.index_snapshot import PackageSnapshot, installable_from
from projects.domain.assessment.judgement import Judgement, judge_version
from projects.domain.assessment.request import AssessmentRequest
from projects.domain.assessment.required_packages import RequiredPackage
from projects.domain.assessment.verdicts import Verdict
from scanner.domain.resolution.model.versions import Candidate
from scanner.domain.resolution.pubgrub.incompatibility import highest
from scanner.domain.targets.target import Target


def certain_judgement(
    required: RequiredPackage, package: PackageSnapshot, request: AssessmentRequest, target: Target, column: int
) -> Judgement | None:
    """Return the judgement of a package whose releases that may be in use all do not install; None where one may.

    Each of these releases has the same verdict, and so has the package where none can be chosen. The newest is shown.
    """
    pin, policy, versions = required.pin, request.policy, package.versions
    if required.specifier is None or (request.has_conda_builds and package.lacks(pin)):
        return None
    admitted = versions.admitted(required.specifier)
    if pin is not None and not admitted and not required.is_direct:
        return None
    if any(mask & admitted and policy.installs_candidate(one, column) is not False for one, mask in versions.profiles):
        return None
    newest = newest_of(package, admitted)
    version = pin if newest is None else newest.version
    judgement = judge_version(required.name, version, required.provenance, package, column, policy)
    if judgement.verdict is Verdict.BLOCKED:
        installs = pin is None and any(policy.installs_candidate(one, column) for one, _ in versions.profiles)
        return None if installs else judgement
    if judgement.verdict is not Verdict.UPGRADE:
        return None
    # Another release than the one shown may be in use: what helps all of them is later than the last.
    last = versions.version(highest(admitted)) if admitted else pin
    facts = [*request.known_breaks.of(required.name, target)]
    above = installable_from(package, column, policy, last)
    # Whether a pre-release counts, and whether a release breaks beside others, depends on what is chosen.
    helps = any(
        not one.version.is_prerelease and not any(fact.concerns(one.version) for fact in facts) for one in above
    )
    return judgement if helps else None


def newest_of(package: PackageSnapshot, releases: int) -> Candidate | None:
    """Return the newest of these releases, a final one where there is one; None of none."""
    finals = releases & ~package.versions.prereleases or releases
    return package.candidates[finals.bit_length() - 2] if finals else None
