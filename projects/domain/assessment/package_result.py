"""The verdict on one package on one target: the value that pages, exports and storage share.

`PackageResult.to_json` and `from_json` are the only writer and reader of stored rows. docs/schema.md describes the
exported row, which `projects.presentation.formats.schema` makes of it by adding the sentences.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct
from packaging.utils import NormalizedName

from projects.domain.assessment.provenance import Provenance
from projects.domain.assessment.reasons import PackageReason, ReasonKind
from projects.domain.assessment.run_evidence import NO_EVIDENCE, RunEvidence
from projects.domain.assessment.verdicts import Severity, Verdict
from projects.domain.assessment.waivers import Waiver
from scanner.domain.matching.availability import Availability


class AvailableVersion(Struct, frozen=True):
    """A version that installs on the target, with the file that an installer takes. `uploaded_at` is in UTC."""

    version: str
    file: str | None = None
    uploaded_at: datetime | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON values."""
        return {"version": self.version, "file": self.file, "uploaded_at": timestamp(self.uploaded_at)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> AvailableVersion:
        """Read what `to_json` wrote."""
        return cls(data["version"], data.get("file"), _moment(data.get("uploaded_at")))


class NewestMismatch(Struct, frozen=True):
    """The newest version of a blocked package, and why it does not install."""

    version: str
    reason: PackageReason

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON values."""
        return {"version": self.version, "reason": self.reason.to_json()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> NewestMismatch:
        """Read what `to_json` wrote, or the row of an earlier version, which holds sentences."""
        reason = data["reason"]
        if isinstance(reason, str):
            return cls(data["version"], PackageReason(ReasonKind.TEXT, reason, short=data.get("cause", "")))
        return cls(data["version"], PackageReason.from_json(reason))


class PackageResult(Struct, frozen=True, kw_only=True):
    """One package on one target.

    `version` is the one in use or chosen; None when none could be chosen. `build_detail` says what a source build
    needs ("pure", "compiled: Rust", "unseen"). `file`, `tag` and `uploaded_at` (UTC) are of the file that an installer
    takes. `first_available` and `latest_available` are set when the version does not install and others do, and
    `newest_mismatch` when none does. `newest_version` is the newest of all, whether it installs or not;
    `may_get_files` is whether the index still accepts files for it. `held_at` is the version that installs of a package
    that is held back; `version` is then the one that the requirements ask for. `has_stated_needs`: what it requires is
    from its sdist; a build may say more. `refused_requirement` is the one that makes pip refuse its metadata.
    `evidence` is what is known beyond that it installs.
    `waiver` is the decision of the team by which it counts as it does.
    """

    name: NormalizedName
    version: str | None
    provenance: Provenance
    availability: Availability
    build_detail: str | None = None
    yanked: bool = False
    verdict: Verdict
    severity: Severity
    file: str | None = None
    tag: str | None = None
    uploaded_at: datetime | None = None
    reason: PackageReason
    newest_mismatch: NewestMismatch | None = None
    first_available: AvailableVersion | None = None
    latest_available: AvailableVersion | None = None
    newest_version: str | None = None
    may_get_files: bool = False
    package_status: str = "active"
    held_at: str | None = None
    has_stated_needs: bool = False
    refused_requirement: str = ""
    evidence: RunEvidence = NO_EVIDENCE
    waiver: Waiver | None = None

    @property
    def is_needed(self) -> bool:
        """Whether the target needs the package at all."""
        return self.verdict is not Verdict.INACTIVE

    @property
    def is_pending(self) -> bool:
        """Whether the index has not answered for the package yet."""
        return self.reason.kind is ReasonKind.NOT_POLLED

    @property
    def shown_version(self) -> str:
        """The version, or what is required where none could be chosen."""
        return self.version or self.provenance.specifier or "any version"

    @property
    def installed_version(self) -> str | None:
        """The version that is installed: of a package that is held back the old one."""
        return self.held_at or self.version

    def to_json(self) -> dict[str, Any]:
        """Return the stored row: JSON values under the keys of schema 1, with data in place of sentences."""
        provenance = self.provenance
        return {
            "name": self.name,
            "version": self.version,
            "direct": provenance.direct,
            "paths": [list(path) for path in provenance.paths],
            "availability": self.availability.value,
            "detail": self.build_detail,
            "yanked": self.yanked,
            "verdict": self.verdict.value,
            "severity": self.severity.value,
            "file": self.file,
            "tag": self.tag,
            "uploaded_at": timestamp(self.uploaded_at),
            "reason": self.reason.to_json(),
            "newest": self.newest_mismatch.to_json() if self.newest_mismatch else None,
            "pending": self.is_pending,
            "first_available": self.first_available.to_json() if self.first_available else None,
            "latest_available": self.latest_available.to_json() if self.latest_available else None,
            "latest": self.newest_version,
            "open": self.may_get_files,
            "specifier": provenance.specifier,
            "source": provenance.source,
            "line": provenance.line,
            "status": self.package_status,
            "held_at": self.held_at,
            "needs_stated": self.has_stated_needs,
            "refused_requirement": self.refused_requirement or None,
            "groups": list(provenance.groups),
            **self.evidence.to_json(),
            "waiver": self.waiver.to_json() if self.waiver else None,
        }

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> PackageResult:
        """Read what `to_json` wrote, or a row that an earlier version stored, whose reason is a sentence."""
        newest, first, latest = row.get("newest"), row.get("first_available"), row.get("latest_available")
        return cls(
            name=NormalizedName(row["name"]),
            version=row["version"],
            provenance=Provenance(
                direct=row["direct"],
                specifier=row.get("specifier") or "",
                source=row.get("source"),
                line=row.get("line"),
                paths=tuple(map(tuple, row.get("paths") or ())),
                groups=tuple(row.get("groups") or ()),
            ),
            availability=Availability(row["availability"]),
            build_detail=row.get("detail"),
            yanked=row.get("yanked", False),
            verdict=Verdict(row["verdict"]),
            severity=Severity(row.get("severity") or "none"),
            file=row.get("file"),
            tag=row.get("tag"),
            uploaded_at=_moment(row.get("uploaded_at")),
            reason=_read_reason(row),
            newest_mismatch=NewestMismatch.from_json(newest) if newest else None,
            first_available=AvailableVersion.from_json(first) if first else None,
            latest_available=AvailableVersion.from_json(latest) if latest else None,
            newest_version=row.get("latest"),
            may_get_files=row.get("open", False),
            package_status=row.get("status") or "active",
            held_at=row.get("held_at"),
            has_stated_needs=row.get("needs_stated", False),
            refused_requirement=row.get("refused_requirement") or "",
            evidence=RunEvidence.from_json(row),
            waiver=Waiver.from_json(waiver, row["name"]) if (waiver := row.get("waiver")) else None,
        )


def timestamp(moment: datetime | None) -> str | None:
    """Return a moment in UTC as the schema writes it: "2026-01-02T03:04:05Z"."""
    # strftime would take ten times as long, for thousands of rows.
    return f"{moment.isoformat()[:19]}Z" if moment is not None else None


def _read_reason(row: Mapping[str, Any]) -> PackageReason:
    reason, newest = row.get("reason") or "", row.get("newest")
    if isinstance(reason, str) and newest:
        reason = reason.removesuffix(f"; the newest, {newest['version']}: {newest['reason']}")
    if isinstance(reason, str) and row.get("pending"):
        return PackageReason(ReasonKind.NOT_POLLED, reason.partition(": ")[2])
    return PackageReason.from_json(reason)


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
