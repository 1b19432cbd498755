"""What a change of one package can change of an assessment: which targets, and which results of the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import zip_longest

from msgspec.structs import replace
from packaging.utils import NormalizedName

from projects.domain.assessment.explained_wheels import WheelExplanations
from projects.domain.assessment.explanation import explain
from projects.domain.assessment.index_snapshot import IndexSnapshot, PackageSnapshot
from projects.domain.assessment.judgement import Judgement
from projects.domain.assessment.resolved_target import ResolvedTarget
from projects.domain.assessment.target_result import TargetResult
from scanner.domain.resolution.model.versions import Candidate
from scanner.domain.targets.target import Target

Judgements = Mapping[Target, Mapping[NormalizedName, Judgement]]


def judgements_by_target(resolved: Sequence[ResolvedTarget]) -> dict[Target, Mapping[NormalizedName, Judgement]]:
    """Return the judgements of each target: what has to be kept of a resolution to explain it again."""
    return {one.target: one.judgements for one in resolved}


def changed_columns(before: PackageSnapshot | None, after: PackageSnapshot | None, columns: int) -> frozenset[int]:
    """Return the columns on which the resolver could see a difference between two views of a package.

    Elsewhere at most the explanation differs, where another file of equal rank serves.
    """
    everywhere = frozenset(range(columns))
    if before is None or after is None or _package_facts(before) != _package_facts(after):
        return everywhere
    found: set[int] = set()
    for old, new in zip_longest(before.candidates, after.candidates):
        if old is None or new is None or _release_facts(old) != _release_facts(new):
            return everywhere
        if old.offers is not new.offers:
            pairs = zip(old.offers, new.offers, strict=True)
            found.update(column for column, (then, now) in enumerate(pairs) if then != now)
    return frozenset(found)


def _package_facts(view: PackageSnapshot) -> tuple[object, ...]:
    return (view.answered, view.exists, view.error, view.status, view.stays_open)


def _release_facts(release: Candidate) -> tuple[object, ...]:
    return (
        *(release.version, release.build, release.uploaded_at, release.too_young),
        *(release.requires_dist, release.metadata_error, release.metadata_grade, release.pks, release.declared),
    )


def releases_of_packages(judgements: Judgements, names: frozenset[str], targets: Sequence[Target]) -> list[Candidate]:
    """Return the releases whose files the explanations of these packages on these targets need."""
    return [
        release
        for target in targets
        for name, judgement in judgements[target].items()
        if name in names
        for release in judgement.releases
    ]


def explain_again(
    result: TargetResult,
    target: Target,
    judgements: Mapping[NormalizedName, Judgement],
    names: frozenset[str],
    snapshot: IndexSnapshot,
    explanations: WheelExplanations,
    now: datetime,
) -> TargetResult:
    """Return the result of the target with these packages explained again."""
    if not names & judgements.keys():
        return result
    column = snapshot.column(target)
    packages = tuple(
        explain(judgements[package.name], target, snapshot.packages.get(package.name), explanations, now, column)
        if package.name in names
        else package
        for package in result.packages
    )
    return replace(result, packages=packages)
