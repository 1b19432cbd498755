"""What a change of one package can change of an assessment: which targets, and which rows of the others. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import zip_longest

from packaging.utils import NormalizedName

from projects.domain.assessment.evaluate import ResolvedTarget, TargetResult
from projects.domain.assessment.explanations import Proofs
from projects.domain.assessment.index_snapshot import IndexSnapshot, PackageSnapshot
from projects.domain.assessment.package_result import Standing, build_row
from scanner.domain.resolution.model.versions import Candidate
from scanner.domain.targets.target import Target

Standings = Mapping[Target, Mapping[NormalizedName, Standing]]


def standings_of(resolved: Sequence[ResolvedTarget]) -> dict[Target, Mapping[NormalizedName, Standing]]:
    """How each package stands on each target: what has to be kept of a resolution to write its rows again."""
    return {one.target: one.standings for one in resolved}


def touched(before: PackageSnapshot | None, after: PackageSnapshot | None, columns: int) -> frozenset[int]:
    """The columns on which the resolver could see a difference between two views of a package.

    Elsewhere at most the proof of its row differs (another file of equal worth serves).
    """
    everywhere = frozenset(range(columns))
    if before is None or after is None or _said(before) != _said(after):
        return everywhere
    found: set[int] = set()
    for old, new in zip_longest(before.candidates, after.candidates):
        if old is None or new is None or _beside_offers(old) != _beside_offers(new):
            return everywhere
        if old.offers is not new.offers:
            pairs = zip(old.offers, new.offers, strict=True)
            found.update(column for column, (then, now) in enumerate(pairs) if then != now)
    return frozenset(found)


def _said(view: PackageSnapshot) -> tuple[object, ...]:
    return (view.answered, view.exists, view.error, view.status, view.stays_open)


def _beside_offers(release: Candidate) -> tuple[object, ...]:
    return (
        *(release.version, release.build, release.uploaded_at, release.too_young),
        *(release.requires_dist, release.metadata_error, release.pks),
    )


def releases_named(standings: Standings, names: frozenset[str], targets: Sequence[Target]) -> list[Candidate]:
    """The releases whose files the rows of these packages name on these targets."""
    return [
        release
        for target in targets
        for name, standing in standings[target].items()
        if name in names
        for release in standing.releases
    ]


def with_rows_again(
    answer: TargetResult,
    standings: Mapping[NormalizedName, Standing],
    names: frozenset[str],
    snapshot: IndexSnapshot,
    proofs: Proofs,
    now: datetime,
) -> TargetResult:
    """The answer with the rows of these packages written again."""
    if not names & standings.keys():
        return answer
    rows = tuple(
        build_row(standings[row["name"]], answer.target, snapshot.packages.get(row["name"]), proofs, now=now)
        if row["name"] in names
        else row
        for row in answer.packages
    )
    return replace(answer, packages=rows)
