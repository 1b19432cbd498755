"""The verdict on the chosen version of a package on a target. Its explanation is the next step (explanation.py)."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from msgspec import Struct
from packaging.utils import NormalizedName
from packaging.version import Version

from projects.domain.assessment.index_snapshot import PackageSnapshot, installable_from
from projects.domain.assessment.provenance import Provenance
from projects.domain.assessment.reasons import BreakEvidence, PackageReason, ReasonKind
from projects.domain.assessment.verdicts import Severity, Verdict, judge_package, judge_severity
from projects.domain.assessment.waivers import Waiver
from projects.domain.dependency_files.values import ParsedRequirement
from scanner.domain.evidence.known_breaks import BreaksInSet, KnownBreak
from scanner.domain.files.builds import UNSEEN, build_kind
from scanner.domain.files.core_metadata import is_refused_by_pip
from scanner.domain.files.filenames import FileKind, ParsedFilename, parse_filename
from scanner.domain.files.sdist_metadata import MetadataGrade
from scanner.domain.matching.availability import Availability, ReleaseFileFacts, Waived
from scanner.domain.matching.explain import Cell, explain_cell
from scanner.domain.resolution.loosen import Step, step_between
from scanner.domain.resolution.model.policy import BuildPolicy, SourcePolicy
from scanner.domain.resolution.model.versions import Candidate
from scanner.domain.resolution.newest_choice import BarredRelease
from scanner.domain.targets.target import Target


class HeldBack(Struct, frozen=True):
    """The release that installs in place of the newest choice, and what bars that one.

    `through` leads from the newest choice to `bar`, the release that does not install: the same, or one it requires.
    `lacking` are requested extras that the release which installs does not provide. `present` is the target of the
    project that has the newer release now, where the comparison is with that one.
    """

    version: Version
    through: tuple[BarredRelease, ...]
    bar: Candidate | None
    lacking: tuple[NormalizedName, ...] = ()
    present: Target | None = None


class Judgement(Struct, frozen=True):
    """The verdict on one package on one target, with the releases that explain it.

    `reason` is set where no release is in use, and `cell` for a wheel that is not from the index. `first` and `latest`
    are set when the version does not install and some version does; `newest` when none does. `waiver` is the decision
    of the team by which it counts as it does.
    """

    name: NormalizedName
    version: Version | None
    provenance: Provenance
    availability: Availability
    verdict: Verdict
    severity: Severity
    reason: PackageReason | None = None
    release: Candidate | None = None
    first: Candidate | None = None
    latest: Candidate | None = None
    newest: Candidate | None = None
    cell: Cell | None = None
    held_back: HeldBack | None = None
    waiver: Waiver | None = None
    is_accepted_build: bool = False

    @property
    def is_pending(self) -> bool:
        """Whether the index has not answered for the package yet."""
        return self.reason is not None and self.reason.kind is ReasonKind.NOT_POLLED

    @property
    def releases(self) -> list[Candidate]:
        """The releases whose files the explanation needs."""
        named = (self.release, self.first, self.latest, self.newest, self.held_back.bar if self.held_back else None)
        return [release for release in named if release is not None]


def judge_inactive(requirement: ParsedRequirement) -> Judgement:
    """Judge a requirement that does not apply on the target."""
    marker = requirement.marker
    reason = PackageReason(ReasonKind.MARKER, marker) if marker else PackageReason(ReasonKind.NOT_REQUIRED)
    provenance = Provenance(True, requirement.specifier, requirement.source, requirement.line)
    return Judgement(requirement.name, None, provenance, Availability.INACTIVE, Verdict.INACTIVE, Severity.NONE, reason)


def judge_foreign(name: NormalizedName, provenance: Provenance, url: str, target: Target) -> Judgement:
    """Judge a package that comes from a URL, a repository or a folder: the index knows nothing about it.

    Of a wheel its file name decides; nothing else can be judged.
    """
    reason = PackageReason(ReasonKind.NOT_FROM_INDEX, url.partition("?")[0])
    filename = unquote(urlsplit(url).path.rpartition("/")[2])
    wheel = parse_filename(filename, name)
    if not isinstance(wheel, ParsedFilename) or wheel.kind is not FileKind.WHEEL:
        return Judgement(name, None, provenance, Availability.UNKNOWN, Verdict.NOT_JUDGED, Severity.MODERATE, reason)
    file = ReleaseFileFacts(filename, wheel.kind, wheel.tag_set, wheel.build)
    cell = explain_cell([file], target)
    verdict = judge_package(cell.availability, None, BuildPolicy(SourcePolicy.NEVER), helped=False)
    severity = judge_severity(verdict, direct=provenance.direct, major_step=False, dependents_share=0.0)
    return Judgement(name, wheel.version, provenance, cell.availability, verdict, severity, cell=cell)


def judge_conda_build(name: NormalizedName, version: Version | None, provenance: Provenance) -> Judgement:
    """Judge a version that conda built and no index has: another one says nothing about it."""
    reason = PackageReason(ReasonKind.CONDA_BUILD)
    return Judgement(name, version, provenance, Availability.ABSENT, Verdict.NOT_JUDGED, Severity.MODERATE, reason)


def judge_version(
    name: NormalizedName,
    version: Version | None,
    provenance: Provenance,
    package: PackageSnapshot | None,
    column: int,
    policy: BuildPolicy,
    dependents_share: float = 0.0,
    breaks: BreaksInSet | None = None,
) -> Judgement:
    """Judge the version that resolution chose (None: it could choose none) on the target in this column.

    `breaks` are the known breaks of the chosen set: a release that breaks is not ready, and no later one that does
    counts as a way out.
    """
    if package is None or not package.answered:
        reason = PackageReason(ReasonKind.NOT_POLLED, package.error if package is not None else "")
        return Judgement(name, version, provenance, Availability.UNKNOWN, Verdict.UNKNOWN, Severity.MODERATE, reason)
    release = package.candidate(version) if version is not None else None
    above: list[Candidate] = []
    explained: PackageReason | None = None
    if release is None:
        availability, build = Availability.ABSENT, None
        above = _running_from(name, package, column, policy, version, breaks)
        helped: bool | None = bool(above)
        if version is not None and version.local and package.exists:
            explained = PackageReason(ReasonKind.LOCAL_VERSION, str(version))
        else:
            kind = ReasonKind.NO_RELEASE if package.exists else ReasonKind.NO_PACKAGE
            explained = PackageReason(kind, provenance.specifier if package.exists else "")
    else:
        availability, build = release.offers[column].availability, release.build
        helped = None
        if release.offers[column].yanked:
            # It serves its exact pin; another version should take its place.
            above = installable_from(package, column, policy, version)
        if not policy.installs_candidate(release, column):
            above = _running_from(name, package, column, policy, version, breaks)
            helped = True if above else _may_help(package, column, policy)
    is_accepted = release is not None and release.offers[column].waived is Waived.BUILD
    verdict = Verdict.DEGRADED if is_accepted else judge_package(availability, build, policy, helped=helped)
    if breaks is not None and verdict.installs and (fact := breaks.found.get(name)):
        above = _running_from(name, package, column, policy, version, breaks)
        # Another version of the partner may help too.
        verdict = Verdict.UPGRADE if above or fact.partner else Verdict.BLOCKED
        explained = PackageReason(ReasonKind.KNOWN_BREAK, known_break=break_evidence(fact, breaks))
    if release is not None and release.requires_dist is None and verdict.installs:
        # It installs, but what comes with it is not known.
        is_unreadable = release.metadata_grade is MetadataGrade.UNREADABLE
        verdict = Verdict.NOT_JUDGED if is_unreadable else Verdict.UNKNOWN
        explained = PackageReason(ReasonKind.UNREAD_METADATA, release.metadata_error)
    if verdict is Verdict.READY and refused_requirement(release):
        # uv repairs the metadata, and pip does not install it.
        verdict = Verdict.DEGRADED
    first, latest = (above[0], above[-1]) if above else (None, None)
    is_major = bool(first and version and step_between(version, first.version) is Step.MAJOR)
    severity = judge_severity(verdict, direct=provenance.direct, major_step=is_major, dependents_share=dependents_share)
    # Of a version that the index does not have the newest one explains nothing.
    newest = package.newest if release is not None and verdict is Verdict.BLOCKED else None
    return Judgement(
        *(name, version, provenance, availability, verdict, severity, explained),
        *(release, first, latest, newest),
        is_accepted_build=is_accepted,
    )


def _running_from(
    name: NormalizedName,
    package: PackageSnapshot,
    column: int,
    policy: BuildPolicy,
    version: Version | None,
    breaks: BreaksInSet | None,
) -> list[Candidate]:
    """Return what `installable_from` does, without releases that are known to break in the set."""
    found = installable_from(package, column, policy, version)
    return found if breaks is None else [one for one in found if breaks.runs(name, one.version)]


def break_evidence(fact: KnownBreak, breaks: BreaksInSet) -> BreakEvidence:
    """Return how a fact happens in a set."""
    partner = "" if fact.partner is None else f"{fact.partner.name} {breaks.pins[fact.partner.name]}"
    helpers = tuple(f"{one.name}{one.versions}" for one in fact.unless)
    return BreakEvidence(fact.action, fact.symptom, fact.source, partner, helpers=helpers)


def _may_help(package: PackageSnapshot, column: int, policy: BuildPolicy) -> bool | None:
    """Return None while the newest release might install, which only a look into its sdist will tell; else False.

    It speaks for those between: looking into the sdists of all would read gigabytes for some packages.
    """
    newest = package.newest
    if newest is None or build_kind(newest.build) != UNSEEN or policy.installs_candidate(newest, column) is not None:
        return False
    return None


def installed_release(judgement: Judgement, package: PackageSnapshot | None) -> Candidate | None:
    """Return the release that installs: of a package that is held back not the one that is shown."""
    if judgement.held_back is None or package is None:
        return judgement.release
    return package.candidate(judgement.held_back.version)


def refused_requirement(release: Candidate | None) -> str:
    """Return the first requirement of a release that pip refuses to read, "" without one."""
    stated = () if release is None else release.requires_dist or ()
    return next((text for text in stated if is_refused_by_pip(text)), "")
