"""What an assessment of a project is asked: its files, targets and policy, with what the team has decided."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from packaging.utils import canonicalize_name

from projects.domain.assessment.file_choices import file_choices_of, policy_under
from projects.domain.assessment.request import AssessmentRequest
from projects.domain.assessment.run_evidence import DemandedEvidence
from projects.domain.current_runtime import find_present_target
from projects.domain.dependency_files import ParsedFiles, select, split_choices
from projects.domain.dependency_files.given_files import with_digests
from projects.domain.indexes.assigned_packages import mark_other_indexes
from projects.domain.received_proof import ReceivedProof
from projects.models import PackageWaiver, Project, Snapshot, SnapshotFile, StoredProof
from projects.selectors.known_breaks import known_breaks_of
from projects.services.assessments.evaluate import stopwatch
from projects.services.indexes import indexes_of
from projects.services.reading import read_stored_files
from scanner.domain.resolution.loosen import Step
from scanner.domain.resolution.model.policy import BuildPolicy, SourcePolicy
from scanner.domain.targets.target import Target, UnknownTarget, parse_target
from scanner.services.index_sets import asked_addresses


def policy_of(project: Project) -> BuildPolicy:
    """Return the project's policy."""
    return BuildPolicy(SourcePolicy(project.source_builds), project.prereleases, project.minimum_age_days)


def read_snapshot(snapshot: Snapshot, files: Sequence[SnapshotFile] | None = None) -> ParsedFiles:
    """Parse the snapshot's files again; `files` are all of them, where the caller has them."""
    stored = list(snapshot.files.all()) if files is None else files
    contents = {file.path: bytes(file.content) for file in stored}
    parsed = read_stored_files(contents, [file.path for file in stored if file.is_root])
    return with_digests(parsed, {file.path: file.sha256 for file in stored})


def request_of(project: Project, parsed: ParsedFiles, targets: Sequence[Target], now: datetime) -> AssessmentRequest:
    """Return the request for these files on these targets, under the project's policy."""
    requirements = select(parsed, *split_choices(project.groups))
    if parsed.assigned:
        requirements = mark_other_indexes(requirements, parsed.assigned, asked_addresses(indexes_of(project)))
    return AssessmentRequest(
        requirements,
        targets,
        policy_under(policy_of(project), parsed.options),
        now,
        step=Step(project.step),
        holds=frozenset(canonicalize_name(name) for name in project.holds),
        stopwatch=stopwatch,
        files=file_choices_of(parsed.options, requirements),
        limits=parsed.limits,
        known_breaks=known_breaks_of(project.team_id),
        unread=parsed.unread,
        present=find_present_target(parsed.hints),
        demanded=DemandedEvidence(project.demanded_evidence),
        proofs=_proofs_of(project),
        waivers=tuple(row.to_waiver() for row in PackageWaiver.objects.in_force(now).for_project(project)),
    )


def _proofs_of(project: Project) -> dict[str, ReceivedProof]:
    """Return the last proof of each target, where the project demands them."""
    if project.demanded_evidence != DemandedEvidence.RAN:
        return {}
    rows = StoredProof.objects.filter(project=project)
    return {row.target: ReceivedProof.from_json(row.content) for row in rows}


def targets_of(project: Project) -> list[Target]:
    """Return the project's targets in column order, without those that this version does not know."""
    found = []
    for slug in project.targets.values_list("slug", flat=True):
        try:
            found.append(parse_target(slug))
        except UnknownTarget:
            continue
    return found
