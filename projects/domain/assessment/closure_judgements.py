"""The judgement of each package of a closure at the version that was chosen, before it is compared with others."""

from __future__ import annotations

from collections.abc import Mapping

from packaging.utils import NormalizedName
from packaging.version import Version

from projects.domain.assessment.index_snapshot import IndexSnapshot
from projects.domain.assessment.judgement import (
    Judgement,
    judge_conda_build,
    judge_foreign,
    judge_inactive,
    judge_version,
)
from projects.domain.assessment.provenance import find_dependent_shares, find_provenance
from projects.domain.assessment.request import AssessmentRequest
from scanner.domain.evidence.known_breaks import BreaksInSet
from scanner.domain.resolution.closure import Closure


def judge_closure(
    request: AssessmentRequest,
    snapshot: IndexSnapshot,
    found: Closure,
    in_use: Mapping[NormalizedName, Version],
    breaks: BreaksInSet,
) -> dict[NormalizedName, Judgement]:
    """Return the judgements of the members of a closure, and of the direct requirements that are inactive there.

    `in_use` has the version of a member for which the index offers none.
    """
    column = snapshot.column(found.target)
    provenances = find_provenance(found, request.requirements)
    shares = find_dependent_shares(found)
    judgements: dict[NormalizedName, Judgement] = {}
    has_conda_builds = request.has_conda_builds
    for member in found.members:
        name, provenance = member.name, provenances[member.name]
        if member.url is not None:
            judgements[name] = judge_foreign(name, provenance, member.url, found.target)
        else:
            package = snapshot.packages.get(name)
            version = member.version or in_use.get(name)
            if has_conda_builds and package is not None and package.lacks(version):
                judgements[name] = judge_conda_build(name, version, provenance)
                continue
            judgements[name] = judge_version(
                *(name, version, provenance, package, column, request.policy, shares[name], breaks)
            )
    for requirement in request.requirements:
        if requirement.direct and not requirement.constraint and requirement.name not in judgements:
            judgements[requirement.name] = judge_inactive(requirement)
    return judgements
