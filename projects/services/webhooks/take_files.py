"""Snapshots of the files of a push or upload. Deliveries may arrive in any order: the newest commit is kept."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction
from msgspec import Struct

from projects.domain.dependency_files import uploads
from projects.domain.failures import BRANCH_MISSING
from projects.domain.webhooks.clone_urls import parse_clone_url
from projects.domain.webhooks.wanted_files import detect
from projects.hosts.errors import HostUnavailable
from projects.hosts.git import GitRepository, open_repository
from projects.hosts.git_program import GIT_SECONDS, GitLimits, GitRemote
from projects.models import Origin, Project
from projects.models.repository import Delivery, Repository
from projects.models.sealed import reveal_bytes
from projects.services.reading import IncludeFinder, read_document
from projects.services.snapshot_sources import JoinedSnapshot, OthersChanged, PushedFiles
from scanner.domain.translation import noop

# How often a delivery starts again because another one was taken meanwhile.
_ROUNDS = 4
_CHANGED = "its branch changed while it was being read"


class DeliveryOutcome(Struct, frozen=True):
    """The outcome of a delivery: `taken` as a snapshot, or the reason why not."""

    taken: bool
    reason: str = ""
    commit: str = ""


class _Overtaken(Exception):
    """Another delivery was taken while this one was being read."""


def take_push(delivery: Delivery, now: datetime) -> DeliveryOutcome:
    """Fetch the requirement files at the pushed commit and take a snapshot of them.

    An older push never replaces a newer one: where the branch is now decides. Contacts the repository host.
    Raises HostError, BadCloneUrl, Malformed (the branch name is invalid), SealBroken and what JoinedSnapshot.of raises.
    """
    for _ in range(_ROUNDS):
        repository = Repository.objects.select_related("project").get(pk=delivery.repository_id)
        try:
            with open_repository(git_remote(repository), git_limits()) as source:
                return _take(delivery, repository, source, now)
        except (_Overtaken, OthersChanged):
            continue
    raise HostUnavailable(parse_clone_url(delivery.repository.clone_url).host, _CHANGED)


def git_remote(repository: Repository) -> GitRemote:
    """Return the configured clone URL with its credentials. Raises InvalidCloneUrl, SealBroken."""
    url = parse_clone_url(repository.clone_url)
    return GitRemote(url, repository.clone_username, repository.clone_secret.reveal())


def git_limits(*, seconds: float = GIT_SECONDS) -> GitLimits:
    """Return the operator's settings and the seconds that all requests to the host may take together."""
    return GitLimits(
        allowed_hosts=settings.WHEELWAY_ALLOW_PRIVATE_HOSTS,
        ssh_known_hosts=settings.WHEELWAY_SSH_KNOWN_HOSTS,
        seconds=seconds,
    )


def take_upload(delivery: Delivery, now: datetime) -> DeliveryOutcome:
    """Take a snapshot of the uploaded files beside those of other repositories. Raises what JoinedSnapshot.of raises.

    Also raises HostUnavailable where pushes to the other repositories come too fast.
    """
    payload = reveal_bytes(bytes(delivery.payload or b""))
    upload = read_document(uploads.read_stored_upload, payload)
    for _ in range(_ROUNDS):
        pushed = PushedFiles(delivery.repository, upload.files, upload.roots, upload.commit, upload.ref)
        joined = JoinedSnapshot.of(pushed)
        try:
            return _store_upload(delivery, upload, joined, now)
        except OthersChanged:
            continue
    raise HostUnavailable("another repository of the project", _CHANGED)


@transaction.atomic
def _store_upload(delivery: Delivery, upload: uploads.Upload, joined: JoinedSnapshot, now: datetime) -> DeliveryOutcome:
    repository = delivery.repository
    # Each upload of the project waits here for the one before it.
    Project.objects.select_for_update(no_key=True).get(pk=repository.project_id)
    later = repository.deliveries.filter(event=delivery.event, state=Delivery.State.PROCESSED, pk__gt=delivery.pk)
    if later.exists():
        return DeliveryOutcome(False, noop("a later upload has been taken already"))
    joined.store(repository, origin=Origin.CI, commit=upload.commit, ref=upload.ref)
    changes: dict[str, str] = {"last_commit": upload.commit} if upload.commit else {}
    Repository.objects.filter(pk=repository.pk).update(**changes, last_error="", checked_at=now)
    # In the same transaction, so that an earlier upload sees it.
    Delivery.objects.filter(pk=delivery.pk).update(state=Delivery.State.PROCESSED)
    return DeliveryOutcome(True, commit=upload.commit)


def _take(delivery: Delivery, repository: Repository, source: GitRepository, now: datetime) -> DeliveryOutcome:
    head = source.head(repository.branch)
    if head is None:
        return DeliveryOutcome(False, BRANCH_MISSING.format(branch=repository.branch))
    commit = delivery.commit or head
    reason = _outdated(repository, source, commit, head)
    if reason:
        return DeliveryOutcome(False, reason, commit)
    files, roots = source.files(commit, repository.paths, IncludeFinder(), detect)
    joined = JoinedSnapshot.of(PushedFiles(repository, files, roots, commit, repository.ref))
    with transaction.atomic():
        joined.store(repository, origin=Origin.PUSH, commit=commit, ref=repository.ref)
        if not _advance(repository, commit, now):
            raise _Overtaken
    return DeliveryOutcome(True, commit=commit)


def _outdated(repository: Repository, source: GitRepository, commit: str, head: str) -> str:
    """Return why the commit is not taken, or "". The head of the branch always is, unless it has been."""
    if commit == repository.last_commit:
        return noop("this commit has been taken already")
    if commit == head:
        return ""
    history = source.history(repository.branch)
    if commit not in history:
        return f"the commit is not on {repository.branch} any more"
    if repository.last_commit in history and history.descends(repository.last_commit, commit):
        return f"a newer commit, {repository.last_commit[:12]}, has been taken already"
    return ""


def _advance(repository: Repository, commit: str, now: datetime) -> bool:
    """Store the commit as the last one taken. Return False if another was taken since `repository` was read."""
    unchanged = Repository.objects.filter(pk=repository.pk, last_commit=repository.last_commit)
    return unchanged.update(last_commit=commit, last_error="", checked_at=now) == 1
