"""Verdicts of a set of requirements over targets, from what the index offers. Pure: no database, no clock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from packaging.utils import NormalizedName

from projects.domain.intake.values import ParsedRequirement
from projects.domain.offers import FilesOf, ReleaseView, Views
from projects.domain.rows import Standing, build_row, stand
from projects.domain.verdicts import Policy, ProjectVerdict, Verdict, count_verdicts, judge_project
from projects.domain.wanted import wanted_on
from scanner.domain.targets import Target


@dataclass(frozen=True, slots=True)
class TargetAnswer:
    """One entry of `assessments` in design §10. `counts` are packages by verdict, inactive ones left out."""

    target: Target
    verdict: ProjectVerdict
    counts: Mapping[str, int]
    blockers: tuple[str, ...]
    packages: tuple[dict[str, Any], ...]
    conflict: str | None = None
    plan: dict[str, Any] | None = None


Standings = dict[Target, dict[NormalizedName, Standing]]


def stand_all(
    requirements: Iterable[ParsedRequirement], targets: Sequence[Target], views: Views, policy: Policy
) -> Standings:
    """How each required package stands on each target; column i of the views' offers is targets[i]."""
    everything = list(requirements)
    return {
        target: {
            name: stand(wanted, views.get(name), column, policy) for name, wanted in wanted_on(target, everything).items()
        }
        for column, target in enumerate(targets)
    }


def named_releases(standings: Standings) -> list[ReleaseView]:
    """The releases whose files the rows will name: what has to be read before `answer_all`."""
    return [release for row in standings.values() for standing in row.values() for release in standing.releases]


def answer_all(
    standings: Standings, views: Views, files_of: FilesOf, policy: Policy, now: datetime
) -> list[TargetAnswer]:
    """The answer for each target, in the targets' order; rows in the order of the files."""
    return [_answer(target, row, views, files_of, policy, now) for target, row in standings.items()]


def _answer(
    target: Target,
    standings: Mapping[NormalizedName, Standing],
    views: Views,
    files_of: FilesOf,
    policy: Policy,
    now: datetime,
) -> TargetAnswer:
    rows = tuple(
        build_row(
            standing,
            target,
            views.get(name),
            files_of,
            policy,
            now,
            direct=standing.wanted.asked.direct is not False,
            paths=[[name]],
        )
        for name, standing in standings.items()
    )
    verdicts = [standing.verdict for standing in standings.values()]
    blockers = tuple(
        name for name, standing in standings.items() if standing.verdict in (Verdict.UPGRADE, Verdict.BLOCKED)
    )
    verdict = judge_project(verdicts, conflict=False, plan_found=None)
    return TargetAnswer(target, verdict, count_verdicts(verdicts), blockers, rows)
