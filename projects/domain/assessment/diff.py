"""The difference between two assessments: what got better, worse, new or is gone. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from enum import StrEnum
from typing import Any

from projects.domain.assessment.verdicts import Verdict

# From best to worst. A package that a target does not need is as good as a ready one.
_RANK = {
    Verdict.INACTIVE: 0,
    Verdict.READY: 0,
    Verdict.DEGRADED: 1,
    Verdict.UNKNOWN: 2,
    Verdict.UPGRADE: 3,
    Verdict.BLOCKED: 4,
}


class ChangeKind(StrEnum):
    """Which way a package went."""

    WORSE = "worse"
    NEW = "new"
    BETTER = "better"
    GONE = "gone"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class PackageChange:
    """One package on one target, before and after. Versions are None where the side has none."""

    kind: ChangeKind
    target: str
    name: str
    before_version: str | None
    after_version: str | None
    before_verdict: Verdict | None
    after_verdict: Verdict | None


Rows = Sequence[Mapping[str, Any]]


def written_changes(changes: Iterable[PackageChange]) -> list[list[str | None]]:
    """As an assessment stores them."""
    return [list(astuple(change)) for change in changes]


def read_changes(stored: Iterable[Sequence[Any]]) -> tuple[PackageChange, ...]:
    """What `written_changes` wrote."""
    return tuple(
        PackageChange(ChangeKind(kind), target, name, old, new, _verdict(before), _verdict(after))
        for kind, target, name, old, new, before, after in stored
    )


def _verdict(stored: str | None) -> Verdict | None:
    return Verdict(stored) if stored else None


def compare(before: Mapping[str, Rows], after: Mapping[str, Rows]) -> list[PackageChange]:
    """All differences between the package rows (design §10) of two assessments, keyed by target.

    Targets that only one side has are left out: adding a column changes no package. Worse first, then
    new, better, gone and moved, each by target order of `after` and name.
    """
    changes = [
        change
        for target, rows in after.items()
        if target in before
        for change in _compare_target(target, before[target], rows)
    ]
    order = list(ChangeKind)
    return sorted(changes, key=lambda change: order.index(change.kind))


def _compare_target(target: str, before: Rows, after: Rows) -> list[PackageChange]:
    old = {row["name"]: row for row in before}
    new = {row["name"]: row for row in after}
    changes = []
    for name in sorted(old.keys() | new.keys()):
        kind = _kind(old.get(name), new.get(name))
        if kind is not None:
            changes.append(_change(kind, target, name, old.get(name), new.get(name)))
    return changes


def _kind(old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> ChangeKind | None:
    if new is None:
        return ChangeKind.GONE
    if old is None:
        return ChangeKind.NEW
    rank_before, rank_after = _RANK[Verdict(old["verdict"])], _RANK[Verdict(new["verdict"])]
    if rank_after != rank_before:
        return ChangeKind.WORSE if rank_after > rank_before else ChangeKind.BETTER
    return ChangeKind.MOVED if old["version"] != new["version"] else None


def _change(
    kind: ChangeKind, target: str, name: str, old: Mapping[str, Any] | None, new: Mapping[str, Any] | None
) -> PackageChange:
    return PackageChange(
        kind=kind,
        target=target,
        name=name,
        before_version=old["version"] if old else None,
        after_version=new["version"] if new else None,
        before_verdict=Verdict(old["verdict"]) if old else None,
        after_verdict=Verdict(new["verdict"]) if new else None,
    )
