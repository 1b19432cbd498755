"""Write down what a package's events take from the projects that use it, and close what does not hold any more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import F, Q
from packaging.version import Version

from projects.domain.note_facts import NotedPlace, NoteFacts, read_facts, stored_facts
from projects.domain.upstream import (
    FLAPS_FOR,
    STATUS_SEVERITY,
    LostPlace,
    NoteKind,
    Use,
    instead_of,
    is_same_news,
    regression,
    restored_by,
    yank_severity,
    yanked_uses,
)
from projects.domain.verdicts import SEVERITIES, Severity, is_installable
from projects.models import Note, Project, ProjectPackage, ProjectTarget
from projects.selectors import uses_of
from projects.services.assessments import policy_of
from scanner.domain.availability import Availability
from scanner.domain.matching import ReleaseFileFacts, judge
from scanner.domain.regressions import lost
from scanner.domain.targets import Target, UnknownTarget, parse_target
from scanner.services.events import Claimed
from scanner.services.offered import Offered, OfferedReleases


@dataclass(frozen=True, slots=True)
class _User:
    """One project that uses the package: its targets, and the releases as its indexes have them."""

    project: Project
    targets: Mapping[str, Target]
    offered: Offered


@dataclass(frozen=True, slots=True)
class _Draft:
    """A note to be written."""

    user: _User
    kind: NoteKind
    subject: str
    severity: Severity
    facts: NoteFacts
    # The release whose files are the evidence; None where no file is.
    proof: Version | None = None


def write_notes(package_id: int, claimed: Claimed, now: datetime) -> None:
    """Inside the transaction that claimed the events: make and close the notes of the projects that use the package.

    What is judged is the state of the index now, so the order in which events come does not matter.
    """
    rows = _rows(package_id)
    if not rows:
        return
    own = next(row.package for row in rows if row.package_id == package_id)
    projects = {row.project_id: row.project for row in rows}
    known = Note.objects.filter(project__in=projects, name=own.name)
    held = list(
        known.filter(Q(closed_at__isnull=True) | Q(closed_at__gt=now - FLAPS_FOR)).order_by("pk").select_for_update()
    )
    if not (claimed.released or claimed.yanked or claimed.status_at or held):
        return
    users, releases = _users(rows)
    drafts = [
        *_regressions(own.name, users, claimed),
        *_yanks(own.name, users, claimed),
        *_statuses(own.name, users, claimed, own.status, own.status_reason),
    ]
    status = own.status if claimed.status_at is not None else None
    _close([note for note in held if note.closed_at is None], {user.project.pk: user for user in users}, status, now)
    _write(own.name, _proven(drafts, releases), held, now)


def _rows(package_id: int) -> list[ProjectPackage]:
    """The projects that rest on the package, with every package of its name that each rests on. One query."""
    named_so = ProjectPackage.objects.filter(
        project__packages__package=package_id, package__name=F("project__packages__package__name")
    )
    return list(named_so.select_related("project", "package").order_by("project_id", "package_id"))


def _users(rows: Sequence[ProjectPackage]) -> tuple[list[_User], OfferedReleases]:
    """Three queries."""
    packages: dict[int, set[int]] = {}
    for row in rows:
        packages.setdefault(row.project_id, set()).add(row.package_id)
    targets: dict[int, dict[str, Target]] = {project_id: {} for project_id in packages}
    chosen = ProjectTarget.objects.filter(project__in=packages).values_list("project_id", "slug")
    for project_id, slug in chosen.order_by("project_id", "position", "pk"):
        with suppress(UnknownTarget):
            targets[project_id][slug] = parse_target(slug)
    everywhere = {target for its in targets.values() for target in its.values()}
    releases = OfferedReleases({row.package_id for row in rows}, sorted(everywhere, key=lambda target: target.slug))
    projects = {row.project_id: row.project for row in rows}
    users = [_User(projects[pk], targets[pk], releases.on(packages[pk])) for pk in packages]
    return users, releases


def _regressions(name: str, users: Sequence[_User], claimed: Claimed) -> Iterator[_Draft]:
    """Most releases lose nothing, and then nothing more is read."""
    losses: list[tuple[_User, Version, Version, set[str]]] = []
    for version in sorted(map(Version, claimed.released)):
        for user in users:
            before = user.offered.predecessor(version)
            if before is None or version not in user.offered.versions:
                continue
            slugs = list(user.targets)
            then, after = ([user.offered.offer(one, slug) for slug in slugs] for one in (before, version))
            if gone := {slugs[place] for place in lost(then, after)}:
                losses.append((user, version, before, gone))
    uses = uses_of({user.project.pk for user, *_ in losses}, [name]) if losses else {}
    for user, version, before, gone in losses:
        policy = policy_of(user.project)
        places = regression(
            version,
            gone,
            uses.get((user.project.pk, name), ()),
            user.offered.versions,
            user.offered.offer,
            prereleases=policy.prereleases,
            builds=is_installable(Availability.SOURCE, user.offered.build(version), policy) is True,
        )
        if places:
            severity = max((place.severity for place in places), key=SEVERITIES.index)
            facts = NoteFacts(tuple(map(_lost_place, places)), user.offered.uploaded_at(version), before=str(before))
            yield _Draft(user, NoteKind.REGRESSION, str(version), severity, facts, proof=before)


def _lost_place(place: LostPlace) -> NotedPlace:
    return NotedPlace(
        target=place.use.target,
        in_use=str(place.use.version),
        specifier=place.use.specifier,
        offered=place.offered.value,
        admitted=place.admitted,
        builds=place.builds,
    )


def _yanks(name: str, users: Sequence[_User], claimed: Claimed) -> Iterator[_Draft]:
    """What is in use counts as it was when the yank was seen: soon after, a range is assessed without the version."""
    for text, yank in claimed.yanked.items():
        version = Version(text)
        hit = [user for user in users if any(user.offered.offer(version, slug).yanked for slug in user.targets)]
        uses = _then_and_now(hit, name, yank.seen_at) if hit else {}
        for user in hit:
            found = yanked_uses(version, uses.get(user.project.pk, ()), user.offered.offer)
            if found:
                instead = instead_of(version, [use.target for use in found], user.offered.versions, user.offered.offer)
                facts = NoteFacts(
                    tuple(NotedPlace(use.target, str(use.version), use.specifier) for use in found),
                    yank.seen_at,
                    instead=str(instead) if instead else "",
                    reason=yank.reason,
                )
                yield _Draft(user, NoteKind.YANK, text, yank_severity(found), facts, proof=version)


def _statuses(name: str, users: Sequence[_User], claimed: Claimed, status: str, reason: str) -> Iterator[_Draft]:
    severity = STATUS_SEVERITY.get(status)
    if claimed.status_at is None or severity is None:
        return
    uses = _then_and_now(users, name, claimed.status_at)
    for user in users:
        if uses.get(user.project.pk):
            facts = NoteFacts(at=claimed.status_at, reason=reason)
            yield _Draft(user, NoteKind.STATUS, status, severity, facts)


def _then_and_now(users: Iterable[_User], name: str, moment: datetime) -> dict[int, list[Use]]:
    """The uses by project when something was seen and, where that says nothing of a target, now. Two queries."""
    projects = {user.project.pk for user in users}
    found: dict[int, list[Use]] = {}
    for uses in (uses_of(projects, [name], before=moment), uses_of(projects, [name])):
        for (project_id, _), its in uses.items():
            have = {(use.target, use.version) for use in found.get(project_id, ())}
            found.setdefault(project_id, []).extend(use for use in its if (use.target, use.version) not in have)
    return found


def _proven(drafts: Iterable[_Draft], releases: OfferedReleases) -> list[_Draft]:
    """The drafts with the file that each place rests on. One query where there are any."""
    drafts = list(drafts)
    files = releases.files((draft.user.offered, draft.proof) for draft in drafts if draft.proof is not None)
    return [_with_files(draft, files) for draft in drafts]


def _with_files(draft: _Draft, files: Mapping[int, Sequence[ReleaseFileFacts]]) -> _Draft:
    if draft.proof is None:
        return draft
    its = [file for key in draft.user.offered.keys(draft.proof) for file in files.get(key, ())]
    places = tuple(
        replace(place, file=judge(its, draft.user.targets[place.target]).file or "") for place in draft.facts.places
    )
    return replace(draft, facts=replace(draft.facts, places=places))


def _close(notes: Sequence[Note], users: Mapping[int, _User], status: str | None, now: datetime) -> None:
    """Close what is over. `status` is the package's where that has changed just now."""
    over = []
    for note in notes:
        note.closed_because = _why_over(note, users[note.project_id].offered, status)
        if note.closed_because:
            note.closed_at = now
            over.append(note)
    Note.objects.bulk_update(over, ["closed_at", "closed_because"])


def _why_over(note: Note, offered: Offered, status: str | None) -> str:
    """ "" while it holds."""
    facts = read_facts(note.facts)
    match note.kind:
        case NoteKind.STATUS:
            return f"{note.name} is {status} now" if status not in (None, note.subject) else ""
        case NoteKind.YANK:
            version = Version(note.subject)
            still = version not in offered.versions or any(
                offered.offer(version, slug).yanked for slug in facts.targets
            )
            return "" if still else f"{note.name} {version} is offered again"
    restored = [
        restored_by(Version(note.subject), place.target, place.specifier, offered.versions, offered.offer)
        for place in facts.places
    ]
    newest = max((version for version in restored if version is not None), default=None)
    return f"{note.name} {newest} has the wheels again" if newest is not None and None not in restored else ""


def _write(name: str, drafts: Iterable[_Draft], held: Iterable[Note], now: datetime) -> None:
    """What is open already, or was closed just now, is the same news: it is opened again and nobody hears it twice."""
    known = {(note.project_id, note.kind, note.subject): note for note in held}
    fresh, again = [], []
    for draft in drafts:
        note = known.get((draft.user.project.pk, draft.kind.value, draft.subject))
        if note is None:
            fresh.append(
                Note(
                    project=draft.user.project,
                    name=name,
                    kind=draft.kind.value,
                    subject=draft.subject,
                    severity=SEVERITIES.index(draft.severity),
                    facts=stored_facts(draft.facts),
                    created_at=now,
                )
            )
        elif note.closed_at is not None and is_same_news(note.closed_at, now):
            note.closed_at, note.closed_because = None, ""
            again.append(note)
    # Another dispatcher may have written the same of other events.
    Note.objects.bulk_create(fresh, ignore_conflicts=True)
    Note.objects.bulk_update(again, ["closed_at", "closed_because"])
