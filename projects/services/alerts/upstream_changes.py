"""The upstream changes that a package's events mean for each project that uses it, with their evidence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace
from packaging.version import Version

from projects.domain.assessment.verdicts import SEVERITIES, Severity
from projects.domain.upstream.note_facts import AffectedTarget, NoteFacts
from projects.domain.upstream.notes import (
    STATUS_SEVERITY,
    LostTarget,
    NoteKind,
    PackageUse,
    find_regression,
    replacement_for,
    yank_severity,
    yanked_uses,
)
from projects.models import Project, ProjectPackage, ProjectTarget
from projects.selectors import uses_of
from projects.services.assessments.project_request import policy_of
from scanner.domain.matching.availability import Availability, ReleaseFileFacts
from scanner.domain.matching.explain import explain_cell
from scanner.domain.releases.regressions import lost_targets
from scanner.domain.targets.target import Target, UnknownTarget, parse_target
from scanner.selectors.offered import PackageOffers, PooledOffers
from scanner.services.events import ClaimedEvents


class AffectedProject(Struct, frozen=True):
    """A project that uses the package, with its targets and the releases on its indexes."""

    project: Project
    targets: Mapping[str, Target]
    offered: PooledOffers


class UpstreamChange(Struct, frozen=True):
    """A change that affects one project, to be stored as a note."""

    used_by: AffectedProject
    kind: NoteKind
    subject: str
    severity: Severity
    facts: NoteFacts
    # The release whose files are the evidence, None if there is none.
    evidence: Version | None = None


def find_changes(
    name: str,
    claimed: ClaimedEvents,
    users: Sequence[AffectedProject],
    releases: PackageOffers,
    status: str,
    reason: str,
) -> list[UpstreamChange]:
    """Return the changes for a package's claimed events. `status` and `reason` are the package's status now."""
    changes = [
        *_regressions(name, users, claimed),
        *_yanks(name, users, claimed),
        *_statuses(name, users, claimed, status, reason),
    ]
    return _with_evidence(changes, releases)


def affected_projects(rows: Sequence[ProjectPackage]) -> tuple[list[AffectedProject], PackageOffers]:
    """Return the projects of `rows`, and the releases of their packages. Three queries."""
    packages: dict[int, set[int]] = {}
    for row in rows:
        packages.setdefault(row.project_id, set()).add(row.package_id)
    targets: dict[int, dict[str, Target]] = {project_id: {} for project_id in packages}
    chosen = ProjectTarget.objects.filter(project__in=packages).values_list("project_id", "slug")
    for project_id, slug in chosen.order_by("project_id", "position", "pk"):
        with suppress(UnknownTarget):
            targets[project_id][slug] = parse_target(slug)
    everywhere = {target for by_slug in targets.values() for target in by_slug.values()}
    releases = PackageOffers({row.package_id for row in rows}, sorted(everywhere, key=lambda target: target.slug))
    projects = {row.project_id: row.project for row in rows}
    users = [AffectedProject(projects[pk], targets[pk], releases.on(packages[pk])) for pk in packages]
    return users, releases


def _regressions(name: str, users: Sequence[AffectedProject], claimed: ClaimedEvents) -> Iterator[UpstreamChange]:
    """Yield the targets that new releases lost. Most lose none, and then no assessment is read."""
    losses: list[tuple[AffectedProject, Version, Version, set[str]]] = []
    for version in sorted(map(Version, claimed.released)):
        for user in users:
            before = user.offered.predecessor(version)
            if before is None or version not in user.offered.versions:
                continue
            slugs = list(user.targets)
            then, after = ([user.offered.offer(one, slug) for slug in slugs] for one in (before, version))
            if gone := {slugs[place] for place in lost_targets(then, after)}:
                losses.append((user, version, before, gone))
    uses = uses_of({user.project.pk for user, *_ in losses}, [name]) if losses else {}
    for user, version, before, gone in losses:
        policy = policy_of(user.project)
        places = find_regression(
            version,
            gone,
            uses.get((user.project.pk, name), ()),
            user.offered.versions,
            user.offered.offer,
            prereleases=policy.prereleases,
            builds=policy.installs(Availability.SOURCE, user.offered.build(version)) is True,
        )
        if places:
            severity = max((place.severity for place in places), key=SEVERITIES.index)
            facts = NoteFacts(tuple(map(_affected, places)), user.offered.uploaded_at(version), before=str(before))
            yield UpstreamChange(user, NoteKind.REGRESSION, str(version), severity, facts, evidence=before)


def _affected(lost: LostTarget) -> AffectedTarget:
    return AffectedTarget(
        target=lost.use.target,
        in_use=str(lost.use.version),
        specifier=lost.use.specifier,
        offered=lost.offered.value,
        admitted=lost.admitted,
        builds=lost.builds,
    )


def _yanks(name: str, users: Sequence[AffectedProject], claimed: ClaimedEvents) -> Iterator[UpstreamChange]:
    """Yield the yanks of versions in use now or when the yank was seen: a range may resolve to another by now."""
    for text, yank in claimed.yanked.items():
        version = Version(text)
        hit = [user for user in users if any(user.offered.offer(version, slug).yanked for slug in user.targets)]
        uses = _then_and_now(hit, name, yank.seen_at) if hit else {}
        for user in hit:
            found = yanked_uses(version, uses.get(user.project.pk, ()), user.offered.offer)
            if found:
                instead = replacement_for(
                    version, [use.target for use in found], user.offered.versions, user.offered.offer
                )
                facts = NoteFacts(
                    tuple(AffectedTarget(use.target, str(use.version), use.specifier) for use in found),
                    yank.seen_at,
                    instead=str(instead) if instead else "",
                    reason=yank.reason,
                )
                yield UpstreamChange(user, NoteKind.YANK, text, yank_severity(found), facts, evidence=version)


def _statuses(
    name: str, users: Sequence[AffectedProject], claimed: ClaimedEvents, status: str, reason: str
) -> Iterator[UpstreamChange]:
    severity = STATUS_SEVERITY.get(status)
    if claimed.status_at is None or severity is None:
        return
    uses = _then_and_now(users, name, claimed.status_at)
    for user in users:
        if uses.get(user.project.pk):
            facts = NoteFacts(at=claimed.status_at, reason=reason)
            yield UpstreamChange(user, NoteKind.STATUS, status, severity, facts)


def _then_and_now(users: Iterable[AffectedProject], name: str, moment: datetime) -> dict[int, list[PackageUse]]:
    """Return the uses by project at `moment` and those of now that differ. Two queries."""
    projects = {user.project.pk for user in users}
    found: dict[int, list[PackageUse]] = {}
    for uses in (uses_of(projects, [name], before=moment), uses_of(projects, [name])):
        for (project_id, _), its in uses.items():
            have = {(use.target, use.version) for use in found.get(project_id, ())}
            found.setdefault(project_id, []).extend(use for use in its if (use.target, use.version) not in have)
    return found


def _with_evidence(changes: Iterable[UpstreamChange], releases: PackageOffers) -> list[UpstreamChange]:
    """Add to each affected target the file that is the evidence. One query if there are any."""
    changes = list(changes)
    files = releases.files(
        (change.used_by.offered, change.evidence) for change in changes if change.evidence is not None
    )
    return [_with_files(change, files) for change in changes]


def _with_files(change: UpstreamChange, files: Mapping[int, Sequence[ReleaseFileFacts]]) -> UpstreamChange:
    if change.evidence is None:
        return change
    its = [file for key in change.used_by.offered.keys(change.evidence) for file in files.get(key, ())]
    affected = tuple(
        replace(place, file=explain_cell(its, change.used_by.targets[place.target]).file or "")
        for place in change.facts.affected
    )
    return replace(change, facts=replace(change.facts, affected=affected))
