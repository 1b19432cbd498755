"""A repository whose pushes a project follows, and the webhook deliveries it received."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.db import models
from django.db.models import F, Q

from projects.models.sealed import Sealed, SealedField

DELIVERIES_KEPT = 50
# A claim older than this belongs to a worker that died: longer than any task may run.
CLAIM_HOLDS = timedelta(minutes=10)


def new_hook_key() -> str:
    """An unguessable name for a hook's address: 192 bits, safe in a URL."""
    return secrets.token_urlsafe(24)


def new_secret() -> str:
    """A signing secret to paste into a repository host or a CI system: 256 bits in hex."""
    return secrets.token_hex(32)


class Provider(models.TextChoices):
    """Who sends the deliveries. UPLOAD is a CI job that sends the files themselves."""

    GITHUB = "github", "GitHub"
    GITLAB = "gitlab", "GitLab"
    GITEA = "gitea", "Gitea or Forgejo"
    BITBUCKET_CLOUD = "bitbucket-cloud", "Bitbucket Cloud"
    BITBUCKET_SERVER = "bitbucket-server", "Bitbucket Data Center"
    AZURE_DEVOPS = "azure-devops", "Azure DevOps"
    UPLOAD = "upload", "Signed upload"


class RepositoryQuerySet(models.QuerySet["Repository"]):
    """Repositories in the words of the service."""

    def followed(self) -> RepositoryQuerySet:
        """Those with a branch to look at; uploads come by themselves."""
        return self.exclude(clone_url="")


class Repository(models.Model):
    """Where a project's requirement files live, how its deliveries are proved, and what was last taken from it."""

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="repositories")
    provider = models.CharField(max_length=20, choices=Provider.choices, default=Provider.GITHUB)
    clone_url = models.CharField(max_length=500, blank=True)
    branch = models.CharField(max_length=180, default="main")
    # Requirement files relative to the root; empty: those that are found there.
    paths = models.JSONField(default=list, blank=True)
    # The host's own id, learned from the first delivery that names this repository: it survives a rename.
    host_id = models.CharField(max_length=100, blank=True)
    hook_key = models.CharField(max_length=64, default=new_hook_key)
    secret = SealedField()
    previous_secret = SealedField()
    clone_username = models.CharField(max_length=200, blank=True)
    # A password or token for https, a private key for ssh.
    clone_secret = SealedField()
    last_commit = models.CharField(max_length=64, blank=True)
    last_error = models.CharField(max_length=500, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    # When the branch is looked at without word of a push; empty until it is first planned.
    next_check_at = models.DateTimeField(null=True, blank=True)
    # In a row, without what the branch holds having been taken.
    failed_checks = models.PositiveSmallIntegerField(default=0, db_default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = RepositoryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "repositories"
        constraints = (
            # Serves the lookup of every delivery.
            models.UniqueConstraint(fields=("hook_key",), name="repository_hook_key_unique"),
            models.CheckConstraint(
                condition=~Q(clone_url="") | Q(provider=Provider.UPLOAD), name="repository_clone_url_or_upload"
            ),
        )
        indexes = (
            # Serves the round over the repositories whose check is due.
            models.Index(fields=("next_check_at",), condition=~Q(clone_url=""), name="repository_next_check"),
        )

    def __str__(self) -> str:
        return self.clone_url or f"signed upload {self.pk}"

    @property
    def ref(self) -> str:
        """The full ref of the followed branch."""
        return f"refs/heads/{self.branch}"

    def secrets(self) -> tuple[str, ...]:
        """The secrets that are valid now: the current one, and the previous one while a rotation is under way."""
        return tuple(sealed.reveal() for sealed in (self.secret, self.previous_secret) if sealed)

    def rotate_secret(self) -> str:
        """Make a new secret and keep the one before valid until `end_rotation`. Saves; returns the plain secret."""
        plain = new_secret()
        self.previous_secret, self.secret = self.secret, Sealed.of(plain)
        self.save(update_fields=["secret", "previous_secret"])
        return plain

    def end_rotation(self) -> None:
        """Refuse the previous secret from now on. Saves."""
        self.previous_secret = Sealed()
        self.save(update_fields=["previous_secret"])


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    """Deliveries in the words of the service."""

    def waiting(self, now: datetime) -> DeliveryQuerySet:
        """Not done, and not in the hands of a living worker. A claim of the future is of a clock that jumped."""
        free = Q(claimed_at__isnull=True) | Q(claimed_at__lt=now - CLAIM_HOLDS) | Q(claimed_at__gt=now + CLAIM_HOLDS)
        return self.filter(free, state=Delivery.State.PENDING)

    def claim(self, delivery_id: int, now: datetime) -> bool:
        """Take one delivery for this worker and count the attempt; False when it is done or another worker has it."""
        return self.waiting(now).filter(pk=delivery_id).update(claimed_at=now, attempts=F("attempts") + 1) == 1

    def newest(self) -> DeliveryQuerySet:
        """The deliveries that are kept and listed, newest first."""
        return self.order_by("-pk")[:DELIVERIES_KEPT]


class Delivery(models.Model):
    """One verified webhook request or signed upload, stored once however often it is sent."""

    class State(models.TextChoices):
        PENDING = "pending", "Waiting"
        PROCESSED = "processed", "Processed"
        IGNORED = "ignored", "Ignored"
        FAILED = "failed", "Failed"

    repository = models.ForeignKey(Repository, on_delete=models.CASCADE, related_name="deliveries")
    delivery_id = models.CharField(max_length=200)
    # The proof of a signed upload: the same signed bytes under another id are the same upload.
    proof = models.CharField(max_length=64, blank=True)
    event = models.CharField(max_length=100)
    received_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    reason = models.CharField(max_length=500, blank=True)
    ref = models.CharField(max_length=300, blank=True)
    commit = models.CharField(max_length=64, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True, blank=True)
    # The files of a signed upload until they are taken; a push keeps nothing of its body.
    payload = models.BinaryField(null=True, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = (
            # A redelivery carries the id of the first one, and is then no work at all.
            models.UniqueConstraint(fields=("repository", "delivery_id"), name="delivery_once_per_repository"),
            models.UniqueConstraint(
                fields=("repository", "proof"), condition=~Q(proof=""), name="delivery_proof_once_per_repository"
            ),
        )
        indexes = (
            # Serves the sweep for deliveries whose worker or message was lost.
            models.Index(fields=("received_at",), condition=Q(state="pending"), name="delivery_pending"),
        )

    def __str__(self) -> str:
        return f"{self.event} {self.delivery_id}"
