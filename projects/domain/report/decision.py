"""The options of a move side by side: stay, the smallest move, a bridge, the latest versions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum

from msgspec import Struct, field
from packaging.version import Version

from projects.domain.assessment.package_result import PackageResult
from projects.domain.assessment.target_result import TargetResult
from projects.domain.assessment.upgrade_plan import UpgradePlan
from projects.domain.assessment.verdicts import ProjectVerdict, Verdict
from scanner.domain.matching.availability import Availability
from scanner.domain.resolution.explain.conflict import ConflictExplanation
from scanner.domain.resolution.model.plans import VersionChange


class OptionKind(StrEnum):
    """What a team may do."""

    STAY = "stay"
    SMALLEST = "smallest"
    BRIDGE = "bridge"
    LATEST = "latest"


class MoveAnswers(Struct, frozen=True):
    """What the options are made of. None where it is not known, or where nothing says what runs today.

    - today, target: the results on the present target and on the new one; systems: those of the same Python elsewhere.
    - latest, bridge: the plans for the newest versions on the target, and for one set on both.
    - latest_today: the newest versions on the present target.
    """

    target: TargetResult
    today: TargetResult | None = None
    latest: UpgradePlan | None = None
    bridge: UpgradePlan | None = None
    latest_today: UpgradePlan | None = None
    systems: Sequence[TargetResult] = ()


class MoveOption(Struct, frozen=True):
    """One option. `is_possible` is None where data are missing.

    - direct, transitive: how many packages change, the project's own and others; majors: those by a major step.
    - held_back, blocked: packages that stay old, and that have no version that installs.
    - pins: the set that is installed then.
    """

    kind: OptionKind
    targets: tuple[str, ...]
    is_possible: bool | None
    direct: int = 0
    transitive: int = 0
    majors: tuple[str, ...] = ()
    added: int = 0
    dropped: int = 0
    held_back: tuple[str, ...] = ()
    blocked: tuple[str, ...] = ()
    pins: Mapping[str, str] = field(default_factory=dict)

    @property
    def changes(self) -> int:
        """How many packages change."""
        return self.direct + self.transitive


class DecidedPackage(Struct, frozen=True):
    """A package with the version in use, the lowest that works on the target, and that of each option.

    `lowest` is empty where none works or none is known; an option that is not possible has no version.
    """

    name: str
    before: str
    lowest: str
    after: Mapping[OptionKind, str]
    is_direct: bool


class MovedSystem(Struct, frozen=True):
    """One operating system with the target's Python; `builds` are packages that are built, with what that takes."""

    target: str
    verdict: ProjectVerdict
    changes: int
    blocked: tuple[str, ...]
    builds: tuple[tuple[str, str], ...]


class NewerElsewhere(Struct, frozen=True):
    """A package whose newest version for the present Python is older than that for the target."""

    name: str
    today: str
    target: str


class DecisionSheet(Struct, frozen=True):
    """The options of one move; the project's own packages and those that change; and what staying costs.

    `changes` are those of the smallest move, with their reasons. `behind` is None where it is not known.
    """

    options: tuple[MoveOption, ...]
    packages: tuple[DecidedPackage, ...]
    systems: tuple[MovedSystem, ...]
    behind: tuple[NewerElsewhere, ...] | None
    conflict: ConflictExplanation | None
    changes: tuple[VersionChange, ...] = ()

    def option(self, kind: OptionKind) -> MoveOption | None:
        """Return the option of a kind, if there is one."""
        return next((one for one in self.options if one.kind is kind), None)


def decision_sheet(answers: MoveAnswers) -> DecisionSheet:
    """Return the options."""
    today, target = answers.today, answers.target
    options = [] if today is None else [_option(OptionKind.STAY, (today.target,), today, None)]
    options.append(_option(OptionKind.SMALLEST, (target.target,), target, target.plan))
    if today is not None:
        options.append(_planned(OptionKind.BRIDGE, (today.target, target.target), target, answers.bridge))
    options.append(_planned(OptionKind.LATEST, (target.target,), target, answers.latest))
    return DecisionSheet(
        tuple(options),
        tuple(_packages(target, options)),
        tuple(map(_system, (target, *answers.systems))),
        _behind(answers.latest_today, answers.latest),
        target.conflict or (target.plan.conflict if target.plan is not None else None),
        target.plan.changes if target.plan is not None else (),
    )


def _option(kind: OptionKind, targets: tuple[str, ...], result: TargetResult, plan: UpgradePlan | None) -> MoveOption:
    """Return the option that an assessment stores: to stay, or the smallest move."""
    if plan is not None and result.verdict is not ProjectVerdict.UNKNOWN:
        return _planned(kind, targets, result, plan)
    holds = result.verdict is not ProjectVerdict.NO_GO and not (result.plan is not None and result.plan.changes)
    possible = None if result.verdict is ProjectVerdict.UNKNOWN else holds
    return MoveOption(
        kind,
        targets,
        possible,
        held_back=tuple(result.names(Verdict.HELD_BACK)),
        blocked=tuple(result.blockers),
        pins={
            str(one.name): one.installed_version for one in result.packages if one.is_needed and one.installed_version
        },
    )


def _planned(kind: OptionKind, targets: tuple[str, ...], result: TargetResult, plan: UpgradePlan | None) -> MoveOption:
    if plan is None:
        return MoveOption(kind, targets, None)
    moved = {str(change.name) for change in plan.changes}
    return MoveOption(
        kind,
        targets,
        plan.feasible,
        direct=len(plan.direct_changes),
        transitive=len(plan.changes) - len(plan.direct_changes),
        majors=tuple(str(change.name) for change in plan.major_changes),
        added=len(plan.added),
        dropped=len(plan.dropped),
        held_back=tuple(name for name in result.names(Verdict.HELD_BACK) if name not in moved),
        blocked=tuple(str(one.name) for one in plan.blockers),
        pins=plan.pins,
    )


def _packages(target: TargetResult, options: Sequence[MoveOption]) -> Iterator[DecidedPackage]:
    moving = [one for one in options if one.kind is not OptionKind.STAY and one.is_possible]
    for package in sorted(target.packages, key=lambda one: (one.provenance.direct is False, one.name)):
        before = package.installed_version or ""
        after = {one.kind: version for one in moving if (version := one.pins.get(package.name))}
        is_direct = package.provenance.direct is not False
        if package.is_needed and (is_direct or any(version != before for version in after.values())):
            yield DecidedPackage(str(package.name), package.shown_version, _lowest(package), after, is_direct)


def _lowest(package: PackageResult) -> str:
    if package.verdict.installs:
        return package.installed_version or ""
    return package.first_available.version if package.first_available is not None else ""


def _system(result: TargetResult) -> MovedSystem:
    plan = result.plan
    pins = result.installed_set
    builds = [
        (str(one.name), one.build_detail or "")
        for one in result.packages
        if one.availability is Availability.SOURCE and pins.get(one.name) == one.version
    ]
    return MovedSystem(
        result.target,
        result.verdict,
        len(plan.changes) if plan is not None else 0,
        tuple(str(one.name) for one in plan.blockers) if plan is not None else tuple(result.blockers),
        tuple(builds),
    )


def _behind(today: UpgradePlan | None, target: UpgradePlan | None) -> tuple[NewerElsewhere, ...] | None:
    if today is None or target is None or not (today.feasible and target.feasible):
        return None
    return tuple(
        NewerElsewhere(name, today.pins[name], version)
        for name, version in sorted(target.pins.items())
        if name in today.pins and Version(today.pins[name]) < Version(version)
    )
