"""The difference between two assessments: what got better, worse, new or is gone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any

from msgspec import Struct
from msgspec.structs import astuple, replace

from projects.domain.assessment.package_result import PackageResult
from projects.domain.assessment.verdicts import Verdict

# From best to worst. A package that a target does not need is as good as a ready one.
_RANK = {
    Verdict.INACTIVE: 0,
    Verdict.READY: 0,
    Verdict.DEGRADED: 1,
    # Deciding that it does not count makes nothing better.
    Verdict.IGNORED: 5,
    Verdict.NOT_JUDGED: 2,
    Verdict.UNKNOWN: 2,
    Verdict.HELD_BACK: 3,
    Verdict.UPGRADE: 4,
    Verdict.BLOCKED: 5,
}
_NEED_WORK = {Verdict.BLOCKED, Verdict.UPGRADE, Verdict.HELD_BACK}


class ChangeKind(StrEnum):
    """The way in which a package changed."""

    WORSE = "worse"
    NEW = "new"
    BETTER = "better"
    GONE = "gone"
    MOVED = "moved"


class PackageChange(Struct, frozen=True):
    """One package on one target, before and after. Versions are None where that side has none."""

    kind: ChangeKind
    target: str
    name: str
    before_version: str | None
    after_version: str | None
    before_verdict: Verdict | None
    after_verdict: Verdict | None


def changes_to_json(changes: Iterable[PackageChange]) -> list[list[str | None]]:
    """Return the changes as an assessment stores them."""
    return [list(astuple(change)) for change in changes]


def changes_from_json(stored: Iterable[Sequence[Any]]) -> tuple[PackageChange, ...]:
    """Read what `changes_to_json` wrote."""
    return tuple(
        PackageChange(ChangeKind(kind), target, name, old, new, _verdict(before), _verdict(after))
        for kind, target, name, old, new, before, after in stored
    )


def _verdict(stored: str | None) -> Verdict | None:
    return Verdict(stored) if stored else None


Packages = Sequence[PackageResult]


def compare(before: Mapping[str, Packages], after: Mapping[str, Packages]) -> list[PackageChange]:
    """Return all differences between the packages of two assessments, by target.

    Targets that only one of them has are left out: a new column changes no package. Changes for the worse come first,
    then new, better, gone and moved packages, each in the order of the targets of `after` and by name.
    """
    changes = [
        change
        for target, packages in after.items()
        if target in before
        for change in _compare_target(target, before[target], packages)
    ]
    order = list(ChangeKind)
    return sorted(changes, key=lambda change: order.index(change.kind))


def _compare_target(target: str, before: Packages, after: Packages) -> list[PackageChange]:
    old = {package.name: package for package in before}
    new = {package.name: package for package in after}
    changes = []
    for name in sorted(old.keys() | new.keys()):
        was, now = old.get(name), new.get(name)
        kind = _kind(was, now)
        if kind is not None:
            changes.append(
                PackageChange(
                    kind=kind,
                    target=target,
                    name=name,
                    before_version=was.version if was else None,
                    after_version=now.version if now else None,
                    before_verdict=was.verdict if was else None,
                    after_verdict=now.verdict if now else None,
                )
            )
    return changes


def _kind(before: PackageResult | None, after: PackageResult | None) -> ChangeKind | None:
    return _kind_of(
        before.verdict if before else None,
        after.verdict if after else None,
        moved=before is not None and after is not None and before.version != after.version,
    )


def _kind_of(before: Verdict | None, after: Verdict | None, *, moved: bool) -> ChangeKind | None:
    """Return the kind of a change between two verdicts, None for a side without the package; None if equal."""
    if after is None:
        return ChangeKind.GONE if before is not None else None
    if before is None:
        return ChangeKind.NEW
    if _RANK[after] != _RANK[before]:
        return ChangeKind.WORSE if _RANK[after] > _RANK[before] else ChangeKind.BETTER
    return ChangeKind.MOVED if moved else None


def made_worse(changes: Iterable[PackageChange]) -> list[PackageChange]:
    """Return the changes for the worse: packages that need more work than before, and new ones that need any."""
    return [
        change
        for change in changes
        if change.kind is ChangeKind.WORSE or (change.kind is ChangeKind.NEW and change.after_verdict in _NEED_WORK)
    ]


def is_as_bad(verdict: Verdict, as_bad_as: Verdict) -> bool:
    """Return whether a package needs as much work with the one verdict as with the other, or more."""
    return _RANK[verdict] >= _RANK[as_bad_as]


def net_changes(changes: Iterable[PackageChange]) -> list[PackageChange]:
    """Return what successive changes of one project amount to: `changes` are oldest first.

    What was undone within them is left out. The order is that of `compare`.
    """
    spans: dict[tuple[str, str], tuple[PackageChange, PackageChange]] = {}
    for change in changes:
        first, _ = spans.get((change.target, change.name), (change, change))
        spans[change.target, change.name] = (first, change)
    net = []
    for first, last in spans.values():
        moved = first.before_version != last.after_version
        kind = _kind_of(first.before_verdict, last.after_verdict, moved=moved)
        if kind is not None:
            net.append(
                replace(last, kind=kind, before_version=first.before_version, before_verdict=first.before_verdict)
            )
    order = list(ChangeKind)
    return sorted(net, key=lambda change: order.index(change.kind))
