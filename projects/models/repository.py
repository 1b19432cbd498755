"""Repositories that projects follow, and the deliveries of their webhooks."""

from __future__ import annotations

import re
import secrets
from datetime import datetime, timedelta

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from projects.models.sealed import Sealed, SealedField

DELIVERIES_KEPT = 50
# A worker renews its claim much more often: that of an older one has died.
CLAIM_HOLDS = timedelta(seconds=40)
# The event of a delivery that brings the files themselves.
UPLOAD_EVENT = "upload"


def new_hook_key() -> str:
    """Return a random key for the URL of a webhook (192 bits)."""
    return secrets.token_urlsafe(24)


def new_secret() -> str:
    """Return a random signing secret (256 bits, in hex)."""
    return secrets.token_hex(32)


class Provider(models.TextChoices):
    """The sender of deliveries. UPLOAD is a CI job that sends the files themselves."""

    GITHUB = "github", "GitHub"
    GITLAB = "gitlab", "GitLab"
    GITEA = "gitea", _("Gitea or Forgejo")
    BITBUCKET_CLOUD = "bitbucket-cloud", "Bitbucket Cloud"
    BITBUCKET_SERVER = "bitbucket-server", "Bitbucket Data Center"
    AZURE_DEVOPS = "azure-devops", "Azure DevOps"
    UPLOAD = "upload", _("Signed upload")


class RepositoryQuerySet(models.QuerySet["Repository"]):
    """Queries for repositories."""

    def followed(self) -> RepositoryQuerySet:
        """Return those with a branch to check, which excludes signed uploads and those of deleted projects."""
        return self.exclude(clone_url="").filter(project__deleted_at=None)


class Repository(models.Model):
    """A repository with a project's dependency files: clone URL, secrets, and the commit last taken."""

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="repositories")
    provider = models.CharField(max_length=20, choices=Provider.choices, default=Provider.GITHUB)
    clone_url = models.CharField(max_length=500, blank=True)
    branch = models.CharField(max_length=180, default="main")
    # Paths of dependency files relative to the root. Empty: the files found there.
    paths = models.JSONField(default=list, blank=True)
    # The host's id of the repository, learned from its first delivery. It survives a rename.
    host_id = models.CharField(max_length=100, blank=True)
    hook_key = models.CharField(max_length=64, default=new_hook_key)
    secret = SealedField()
    previous_secret = SealedField()
    clone_username = models.CharField(max_length=200, blank=True)
    # A password or token for https, a private key for ssh.
    clone_secret = SealedField()
    # Address of the host's API, where it is not the usual one of the clone URL's host.
    api_url = models.CharField(max_length=500, blank=True)
    # The token with which its API is called and branches are pushed. Reading the repository does not use it.
    api_token = SealedField()
    # Whether each push gets a commit status and a comment on its pull requests.
    reports_pushes = models.BooleanField(default=False)
    # The last failure of the API, and its HTTP status if the token was refused.
    api_error = models.CharField(max_length=500, blank=True)
    api_status = models.PositiveSmallIntegerField(default=0)
    last_commit = models.CharField(max_length=64, blank=True)
    last_error = models.CharField(max_length=500, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    # When the next branch check is due. Null until the first one is planned.
    next_check_at = models.DateTimeField(null=True, blank=True)
    # Consecutive failed branch checks.
    failed_checks = models.PositiveSmallIntegerField(default=0, db_default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = RepositoryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "repositories"
        constraints = (
            # The lookup of every delivery.
            models.UniqueConstraint(fields=("hook_key",), name="repository_hook_key_unique"),
            models.CheckConstraint(
                condition=~Q(clone_url="") | Q(provider=Provider.UPLOAD), name="repository_clone_url_or_upload"
            ),
        )
        indexes = (
            # The repositories whose check is due.
            models.Index(fields=("next_check_at",), condition=~Q(clone_url=""), name="repository_next_check"),
        )

    def __str__(self) -> str:
        return self.clone_url or f"signed upload {self.pk}"

    @property
    def short_name(self) -> str:
        """The last part of the clone URL, by which people know it."""
        return re.split("[/:]", self.clone_url.rstrip("/"))[-1].removesuffix(".git")[:200] or f"upload-{self.pk}"

    @property
    def ref(self) -> str:
        """Full ref name of the followed branch."""
        return f"refs/heads/{self.branch}"

    def secrets(self) -> tuple[str, ...]:
        """Return the valid secrets: the current one, and during a rotation the previous one."""
        return tuple(sealed.reveal() for sealed in (self.secret, self.previous_secret) if sealed)

    def rotate_secret(self) -> str:
        """Create, save and return a new secret. The previous one stays valid until `end_rotation`."""
        plain = new_secret()
        self.previous_secret, self.secret = self.secret, Sealed.of(plain)
        self.save(update_fields=["secret", "previous_secret"])
        return plain

    def end_rotation(self) -> None:
        """Revoke the previous secret and save."""
        self.previous_secret = Sealed()
        self.save(update_fields=["previous_secret"])


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    """Queries for deliveries."""

    def waiting(self, now: datetime) -> DeliveryQuerySet:
        """Return the pending ones without a valid claim. A claim of the future was made by a clock that was wrong."""
        free = Q(claimed_at__isnull=True) | Q(claimed_at__lt=now - CLAIM_HOLDS) | Q(claimed_at__gt=now + CLAIM_HOLDS)
        return self.filter(free, state=Delivery.State.PENDING)

    def claim(self, delivery_id: int, now: datetime) -> bool:
        """Claim one delivery and count the attempt. Return False if it is done or another worker holds the claim."""
        return self.waiting(now).filter(pk=delivery_id).update(claimed_at=now, attempts=F("attempts") + 1) == 1

    def renew_claim(self, delivery_id: int, now: datetime) -> None:
        """Let the claim hold on from now, unless it was released."""
        self.filter(pk=delivery_id, claimed_at__isnull=False).update(claimed_at=now)

    def alike(self, delivery: Delivery) -> DeliveryQuerySet:
        """Return the deliveries of the same kind, push or upload, for the same branch."""
        is_upload = Q(event=UPLOAD_EVENT)
        kind = is_upload if delivery.event == UPLOAD_EVENT else ~is_upload
        return self.filter(kind, repository=delivery.repository_id, ref=delivery.ref)

    def newest(self) -> DeliveryQuerySet:
        """Return the deliveries that are kept and listed, newest first."""
        return self.order_by("-pk")[:DELIVERIES_KEPT]


class Delivery(models.Model):
    """One verified webhook request or signed upload, stored once even if it is sent again."""

    class State(models.TextChoices):
        """The state of a delivery."""

        PENDING = "pending", _("Waiting")
        PROCESSED = "processed", _("Processed")
        IGNORED = "ignored", _("Ignored")
        FAILED = "failed", _("Failed")

    repository = models.ForeignKey(Repository, on_delete=models.CASCADE, related_name="deliveries")
    delivery_id = models.CharField(max_length=200)
    # The MAC of a signed upload: the same signed bytes under another id are the same upload.
    proof = models.CharField(max_length=64, blank=True)
    event = models.CharField(max_length=100)
    received_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    reason = models.CharField(max_length=500, blank=True)
    ref = models.CharField(max_length=300, blank=True)
    commit = models.CharField(max_length=64, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True, blank=True)
    # The id of the delivery, superseded by this one, whose job is the job of this one.
    queued_as = models.BigIntegerField(null=True, blank=True)
    # The files of a signed upload until they are taken, encrypted. The body of a push is not stored.
    payload = models.BinaryField(null=True, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = (
            # A redelivery has the id of the original.
            models.UniqueConstraint(fields=("repository", "delivery_id"), name="delivery_once_per_repository"),
            models.UniqueConstraint(
                fields=("repository", "proof"), condition=~Q(proof=""), name="delivery_proof_once_per_repository"
            ),
        )
        indexes = (
            # The pending deliveries whose task was lost.
            models.Index(fields=("received_at",), condition=Q(state="pending"), name="delivery_pending"),
        )

    def __str__(self) -> str:
        return f"{self.event} {self.delivery_id}"
