"""A baseline: what blocked and what was found when it was written, as the file that a repository keeps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Self

from msgspec import Struct

from projects.domain.assessment.target_result import TargetResult
from projects.domain.assessment.verdicts import ProjectVerdict, Verdict
from projects.domain.audit.findings import AuditFinding

FORMAT = 1


class InvalidBaseline(ValueError):
    """A document that is neither a baseline nor an assessment of schema 1. The message is a clause."""


class TargetBaseline(Struct, frozen=True):
    """One target as it was: its verdict, and what made it a no-go.

    `blockers` are the packages of which no version installs, whatever the requirements admit. `has_conflict`: the
    requirements cannot hold together, and no plan helps.
    """

    target: str
    verdict: ProjectVerdict
    blockers: frozenset[str] = frozenset()
    has_conflict: bool = False

    @classmethod
    def of(cls, result: TargetResult) -> Self:
        """Return the baseline that a result makes."""
        blocked = frozenset(result.names(Verdict.BLOCKED))
        return cls(result.target, result.verdict, blocked, _has_conflict(result.verdict, blocked, result.conflict))

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON values, in an order that is always the same."""
        return {
            "target": self.target,
            "verdict": self.verdict.value,
            "blockers": sorted(self.blockers),
            "has_conflict": self.has_conflict,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote, or an entry of `assessments` in schema 1."""
        verdict = ProjectVerdict(data["verdict"])
        if "packages" not in data:
            return cls(data["target"], verdict, frozenset(map(str, data["blockers"])), bool(data["has_conflict"]))
        blocked = frozenset(str(row["name"]) for row in data["packages"] if row["verdict"] == Verdict.BLOCKED)
        return cls(data["target"], verdict, blocked, _has_conflict(verdict, blocked, data["conflict"]))


def _has_conflict(verdict: ProjectVerdict, blocked: frozenset[str], conflict: object) -> bool:
    return verdict is ProjectVerdict.NO_GO and (conflict is not None or not blocked)


class FindingKey(Struct, frozen=True, order=True):
    """What makes a finding of an audit the same finding later: its rule, its subject and a file that it is in.

    Lines move with each commit, so they do not count.
    """

    kind: str
    subject: str
    path: str

    @classmethod
    def of(cls, finding: AuditFinding) -> frozenset[Self]:
        """Return the keys of a finding, one for each file that it is in."""
        return frozenset(cls(finding.kind.value, finding.subject, place.path) for place in finding.places)

    def to_json(self) -> dict[str, str]:
        """Return the fields as JSON values."""
        return {"kind": self.kind, "subject": self.subject, "path": self.path}


class Baseline(Struct, frozen=True):
    """What a gate compares with. None for the part that no command has written yet."""

    targets: Mapping[str, TargetBaseline] | None = None
    findings: frozenset[FindingKey] | None = None

    def with_targets(self, results: Iterable[TargetResult]) -> Baseline:
        """Return the baseline with these results in place of those that it has."""
        return Baseline({one.target: TargetBaseline.of(one) for one in results}, self.findings)

    def with_findings(self, findings: Iterable[AuditFinding]) -> Baseline:
        """Return the baseline with these findings in place of those that it has."""
        return Baseline(self.targets, frozenset(key for one in findings for key in FindingKey.of(one)))

    def to_json(self) -> dict[str, Any]:
        """Return the document that is stored."""
        targets = [one.to_json() for one in self.targets.values()] if self.targets is not None else None
        findings = [key.to_json() for key in sorted(self.findings)] if self.findings is not None else None
        return {"baseline": FORMAT, "assessments": targets, "findings": findings}

    @classmethod
    def from_json(cls, data: object) -> Baseline:
        """Read what `to_json` wrote, the JSON of `assess`, or that of `audit`. Raises InvalidBaseline."""
        if not isinstance(data, dict) or not (data.keys() & {"baseline", "schema", "audit"}):
            raise InvalidBaseline("it is neither a baseline nor the JSON of `assess` or `audit`")
        if data.get("baseline", FORMAT) != FORMAT:
            raise InvalidBaseline("a later version of Wheelway wrote it")
        try:
            return cls(_targets(data.get("assessments")), _findings(data.get("findings")))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise InvalidBaseline("an entry of it cannot be read") from error


def _targets(entries: Sequence[Mapping[str, Any]] | None) -> Mapping[str, TargetBaseline] | None:
    if entries is None:
        return None
    read = [TargetBaseline.from_json(entry) for entry in entries]
    return {one.target: one for one in read}


def _findings(entries: Sequence[Mapping[str, Any]] | None) -> frozenset[FindingKey] | None:
    if entries is None:
        return None
    return frozenset(
        FindingKey(str(entry["kind"]), str(entry["subject"]), str(path))
        for entry in entries
        for path in ([place["path"] for place in entry["places"]] if "places" in entry else [entry["path"]])
    )
