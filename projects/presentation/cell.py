"""The page of one cell: why a package has its verdict on a target, what to do, and how it comes into the set."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from projects.domain.assessment.package_result import AvailableVersion, PackageResult
from projects.domain.assessment.provenance import Provenance
from projects.domain.assessment.verdicts import Severity, Verdict
from projects.domain.assessment.waivers import Waiver
from projects.domain.received_proof import DatedProof
from projects.presentation.advice import advise
from projects.presentation.columns import Column
from projects.presentation.evidence import EvidenceLine, evidence_lines
from projects.presentation.known_targets import read_target
from projects.presentation.sentences import describe_reason, expected_error
from scanner.domain.evidence.wheel_reading import WheelReading
from scanner.domain.matching.availability import Availability
from scanner.domain.translation import gettext


class CellPage(Struct, frozen=True):
    """Everything that the page says of one package on one target. Moments are in UTC.

    `how` says where the project itself names the package, "" where it does not; `ways` are those through others.

    `own_line` is what the project's own file says: "numpy<2", "" where none of its lines names the package.
    """

    column: Column
    name: str
    version: str
    verdict: Verdict
    severity: Severity
    reason: str
    error: str
    advice: str
    how: str
    ways: tuple[str, ...]
    own_line: str
    file: str
    tag: str
    uploaded_at: datetime | None
    first: AvailableVersion | None
    latest: AvailableVersion | None
    evidence: tuple[EvidenceLine, ...] = ()
    waiver: Waiver | None = None
    is_built: bool = False
    has_unread_modules: bool = False

    @property
    def provenance(self) -> tuple[str, ...]:
        """How it comes into the set: all of its ways."""
        return tuple(filter(None, (self.how, *self.ways)))

    @property
    def can_accept_build(self) -> bool:
        """Whether the policy refuses the build that is offered here."""
        return self.is_built and not self.waiver and not self.verdict.installs

    @property
    def can_be_ignored(self) -> bool:
        """Whether the package keeps the target from being ready."""
        return self.waiver is None and not (self.verdict.installs or self.verdict is Verdict.INACTIVE)

    @property
    def can_be_watched(self) -> bool:
        """Whether a later wheel could change anything: a ready package, or one that is not needed, waits for none."""
        return self.verdict not in (Verdict.READY, Verdict.INACTIVE)


def cell_page(
    package: PackageResult,
    column: Column,
    own_line: str = "",
    reading: WheelReading | None = None,
    proof: DatedProof | None = None,
) -> CellPage:
    """Return the page of a package on the target of a column.

    `own_line` is the project's requirement of it, `reading` what was read of the wheel in use, `proof` the
    last one of the target.
    """
    target = read_target(column.slug)
    ways = tuple(" → ".join(path) for path in package.provenance.paths if len(path) > 1)
    return CellPage(
        column=column,
        name=package.name,
        version=package.version or "",
        verdict=package.verdict,
        severity=package.severity,
        reason=_sentence(describe_reason(package)),
        error=expected_error(package) or "",
        advice=advise(package, column.slug),
        how=_how(package.provenance) or ("" if ways else gettext("pinned in the file")),
        ways=ways,
        own_line=own_line,
        file=package.file or "",
        tag=package.tag or "",
        uploaded_at=package.uploaded_at,
        first=package.first_available,
        latest=package.latest_available,
        waiver=package.waiver,
        is_built=package.availability is Availability.SOURCE,
        has_unread_modules=_has_unread_modules(package, reading),
        evidence=evidence_lines(package, target.python, reading, proof) if target is not None else (),
    )


def _has_unread_modules(package: PackageResult, reading: WheelReading | None) -> bool:
    """Return whether the wheel in use may have compiled modules that were not read."""
    is_compiled = package.availability in {Availability.NATIVE, Availability.ABI3}
    return is_compiled and bool(package.file) and (reading is None or reading.compiled is None)


def _how(provenance: Provenance) -> str:
    """Return where the project itself names a package; "" where it does not."""
    if provenance.direct is False:
        return ""
    how = gettext("direct") if provenance.direct else gettext("listed, not said whether direct")
    place = ", ".join(filter(None, (how, provenance.source)))
    if not provenance.line:
        return place
    return gettext("{place} line {line}").format(place=place, line=provenance.line)


def _sentence(text: str) -> str:
    """Return a clause as a sentence. A text that begins with the name of a file keeps its case."""
    if not text:
        return ""
    first = text.split(maxsplit=1)[0].removesuffix(",")
    start = text if not first.isalpha() else text[0].upper() + text[1:]
    return start if start.endswith((".", "?")) else f"{start}."
