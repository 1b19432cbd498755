"""Requested extras that the chosen release does not provide: installers warn and go on, the request is not met."""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec.structs import replace
from packaging.utils import NormalizedName, canonicalize_name

from projects.domain.assessment.index_snapshot import IndexSnapshot
from projects.domain.assessment.judgement import Judgement
from projects.domain.assessment.reasons import PackageReason, ReasonKind
from projects.domain.assessment.request import AssessmentRequest
from projects.domain.assessment.verdicts import Verdict, judge_severity
from scanner.domain.files.sdist_metadata import MetadataGrade
from scanner.domain.resolution.closure import Closure
from scanner.domain.resolution.model.missing import Missing
from scanner.domain.resolution.model.versions import Candidate

MissingExtras = Mapping[NormalizedName, tuple[NormalizedName, ...]]
_EXTRA = re.compile(r"""\bextra\s*==\s*["']([^"']+)["']""")


def find_missing_extras(closure: Closure, snapshot: IndexSnapshot) -> MissingExtras:
    """Return the extras that are requested and that the chosen releases certainly do not provide, by package."""
    found = {}
    for member in closure.members:
        candidate = snapshot.candidate(member.name, member.version) if member.version is not None else None
        if candidate is None or candidate.metadata_grade is not MetadataGrade.CERTAIN:
            continue
        lacking = tuple(extra for extra in member.extras if provides(candidate, extra) is False)
        if lacking:
            found[member.name] = lacking
    return found


def provides(candidate: Candidate, extra: NormalizedName) -> bool | None:
    """Return whether a release provides an extra; None where its metadata do not tell."""
    if candidate.requires_dist is None:
        return None
    if candidate.extras is not None:
        return extra in candidate.extras
    # Stored by a version that kept no extras: one without dependencies is not seen.
    mentioned = {canonicalize_name(name) for text in candidate.requires_dist for name in _EXTRA.findall(text)}
    return True if extra in mentioned else None


def newest_to_read(lacking: MissingExtras, snapshot: IndexSnapshot) -> Missing:
    """Return the newest releases of these packages whose metadata must be known to judge the missing extras."""
    newest = ((name, snapshot.packages[name].newest) for name in lacking)
    return Missing(
        releases=tuple((name, one.version) for name, one in newest if one is not None and one.requires_dist is None)
    )


def judge_missing_extras(
    judgements: Mapping[NormalizedName, Judgement],
    lacking: MissingExtras,
    request: AssessmentRequest,
    snapshot: IndexSnapshot,
    column: int,
) -> dict[NormalizedName, Judgement]:
    """Return the judgements with those of packages that lack a requested extra.

    If the newest release provides it, the package must move there. If not, every installer does without it.
    """
    return {
        name: _lacking(judgement, lacking[name], request, snapshot, column) if name in lacking else judgement
        for name, judgement in judgements.items()
    }


def _lacking(
    judgement: Judgement,
    extras: tuple[NormalizedName, ...],
    request: AssessmentRequest,
    snapshot: IndexSnapshot,
    column: int,
) -> Judgement:
    if not judgement.verdict.installs:
        return judgement
    newest, version = snapshot.packages[judgement.name].newest, judgement.version
    verdict, latest = Verdict.DEGRADED, None
    is_newer = newest is not None and version is not None and newest.version > version
    if newest is not None and is_newer and all(provides(newest, extra) for extra in extras):
        installs = request.policy.installs_candidate(newest, column)
        verdict, latest = (Verdict.UPGRADE, newest) if installs else (Verdict.HELD_BACK, None)
    severity = judge_severity(verdict, direct=judgement.provenance.direct, major_step=False, dependents_share=0.0)
    reason = PackageReason(ReasonKind.MISSING_EXTRA, ", ".join(extras))
    return replace(judgement, verdict=verdict, severity=severity, reason=reason, latest=latest)
