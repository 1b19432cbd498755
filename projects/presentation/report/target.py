"""One target of an assessment as a report reads it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from projects.domain.assessment.upgrade_plan import UpgradePlan
from projects.domain.assessment.verdicts import ProjectVerdict
from projects.domain.rewriting.written_plan import WrittenPlan
from scanner.domain.targets.target import Target, parse_target

PackageRow = Mapping[str, Any]
_NO_PLAN = UpgradePlan(strategy="", feasible=False)


@dataclass(frozen=True, slots=True)
class ReportTarget:
    """The verdict on a target, all packages, and the plan, with no changes where none was made."""

    target: Target
    verdict: ProjectVerdict
    packages: Sequence[PackageRow]
    conflict: str
    plan: UpgradePlan
    written: WrittenPlan | None

    @classmethod
    def from_entry(cls, entry: Mapping[str, Any]) -> ReportTarget:
        """Read an entry of an assessment document (docs/schema.md) with written plans."""
        plan = entry["plan"]
        return cls(
            target=parse_target(entry["target"]),
            verdict=ProjectVerdict(entry["verdict"]),
            packages=entry["packages"],
            conflict=entry["conflict"] or "",
            plan=UpgradePlan.from_json(plan) if plan else _NO_PLAN,
            written=WrittenPlan.from_json(plan) if plan else None,
        )

    @property
    def needed(self) -> list[PackageRow]:
        """Return the packages that the target needs."""
        return [row for row in self.packages if row["verdict"] != "inactive"]

    @property
    def pins(self) -> dict[str, str]:
        """Return the set that the report rests on: the plan's, else the versions in use."""
        return dict(self.plan.pins) or {row["name"]: row["version"] for row in self.needed if row["version"]}

    def names(self, verdict: str) -> list[str]:
        """Return the names of the packages with a verdict."""
        return [row["name"] for row in self.packages if row["verdict"] == verdict]

    def yanked(self) -> list[str]:
        """Return the yanked releases in use, as "name version"."""
        return [f"{row['name']} {row['version']}" for row in self.needed if row["yanked"]]

    def flags(self) -> Iterator[tuple[str, str]]:
        """Yield each flag with the name of its package."""
        for row in self.needed:
            for flag in row.get("flags", ()):
                yield row["name"], flag
