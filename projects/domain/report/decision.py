"""The options of a move side by side: stay, the smallest move, a bridge, the latest versions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from projects.domain.assessment.target_result import TargetResult
from projects.domain.assessment.upgrade_plan import UpgradePlan
from projects.domain.assessment.verdicts import ProjectVerdict, Verdict


class OptionKind(StrEnum):
    """What a team may do."""

    STAY = "stay"
    SMALLEST = "smallest"
    BRIDGE = "bridge"
    LATEST = "latest"


@dataclass(frozen=True, slots=True)
class MoveOption:
    """One option. `is_possible` is None where data are missing.

    - versions: of the packages that any option changes, the version that this one ends with.
    - direct, transitive, major: how many packages change; the project's own, others, and by a major step.
    - held_back, blocked: packages that stay old, and that have no version that installs.
    """

    kind: OptionKind
    targets: tuple[str, ...]
    is_possible: bool | None
    versions: Mapping[str, str]
    direct: int = 0
    transitive: int = 0
    major: int = 0
    added: int = 0
    dropped: int = 0
    held_back: tuple[str, ...] = ()
    blocked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DecidedPackage:
    """A package that an option changes: its version in use, and the version of each option that changes it."""

    name: str
    before: str
    after: Mapping[OptionKind, str]
    is_direct: bool


@dataclass(frozen=True, slots=True)
class DecisionSheet:
    """The options of one move, and the packages that any of them changes, the project's own first."""

    options: tuple[MoveOption, ...]
    packages: tuple[DecidedPackage, ...]


def decision_sheet(
    today: TargetResult | None, smallest: TargetResult, latest: TargetResult, bridge: UpgradePlan | None
) -> DecisionSheet:
    """Return the options from the results on the present target, and on the new one by both strategies.

    `bridge` is the one set over both targets; None where there is no present target, and where data are missing.
    """
    plans = {OptionKind.SMALLEST: smallest.plan, OptionKind.LATEST: latest.plan, OptionKind.BRIDGE: bridge}
    options = [] if today is None else [_option(OptionKind.STAY, (today.target,), today, None)]
    options.append(_option(OptionKind.SMALLEST, (smallest.target,), smallest, smallest.plan))
    if today is not None and bridge is not None:
        options.append(_option(OptionKind.BRIDGE, (today.target, smallest.target), smallest, bridge))
    options.append(_option(OptionKind.LATEST, (latest.target,), latest, latest.plan))
    return DecisionSheet(tuple(options), tuple(_packages(plans)))


def _option(kind: OptionKind, targets: tuple[str, ...], result: TargetResult, plan: UpgradePlan | None) -> MoveOption:
    changes = plan.changes if plan is not None else ()
    possible = None if result.verdict is ProjectVerdict.UNKNOWN else result.verdict is not ProjectVerdict.NO_GO
    return MoveOption(
        kind,
        targets,
        plan.feasible if plan is not None and possible is not None else possible,
        {str(change.name): str(change.after) for change in changes},
        direct=sum(change.direct for change in changes),
        transitive=sum(not change.direct for change in changes),
        major=len(plan.major_changes) if plan is not None else 0,
        added=len(plan.added) if plan is not None else 0,
        dropped=len(plan.dropped) if plan is not None else 0,
        held_back=tuple(result.names(Verdict.HELD_BACK)),
        blocked=tuple(str(one.name) for one in plan.blockers) if plan is not None else tuple(result.blockers),
    )


def _packages(plans: Mapping[OptionKind, UpgradePlan | None]) -> Sequence[DecidedPackage]:
    found: dict[str, DecidedPackage] = {}
    for kind, name, before, after, is_direct in _changes(plans):
        known = found.get(name)
        versions = {**(known.after if known is not None else {}), kind: after}
        found[name] = DecidedPackage(name, before, versions, is_direct)
    return sorted(found.values(), key=lambda one: (not one.is_direct, one.name))


def _changes(plans: Mapping[OptionKind, UpgradePlan | None]) -> Iterator[tuple[OptionKind, str, str, str, bool]]:
    for kind, plan in plans.items():
        for change in plan.changes if plan is not None else ():
            yield kind, str(change.name), str(change.before), str(change.after), change.direct
