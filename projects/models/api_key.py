"""Keys of the API: what a script or a CI job sends in place of a person's sign-in."""

from __future__ import annotations

import hashlib
import secrets
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

KEY_ID_LENGTH = 10
_SECRET_BYTES = 32


class KeyScope(models.TextChoices):
    """What a key permits. The value is part of each key, so that secret scanners and people can tell them apart."""

    READ = "ro", _("reads")
    WRITE = "rw", _("reads and changes")


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    """Queries for keys."""

    def usable(self) -> Self:
        """Return those that were not revoked and whose owner may sign in."""
        return self.filter(revoked_at=None, user__is_active=True)


class ApiKey(models.Model):
    """A key of one user, which permits at most what the user may do. Only the digest of its secret is stored."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=60, help_text="what it is for")
    scope = models.CharField(max_length=2, choices=KeyScope.choices, default=KeyScope.READ)
    project = models.ForeignKey(
        "projects.Project", on_delete=models.CASCADE, null=True, blank=True, help_text="the only project it is for"
    )
    key_id = models.CharField(max_length=KEY_ID_LENGTH, help_text="the part by which it is looked up and recognised")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the whole key")
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["key_id"], name="apikey_key_id_unique"),
        ]

    def __str__(self) -> str:
        return self.prefix

    @property
    def prefix(self) -> str:
        """The beginning of the key, which may be shown."""
        return f"ww_{self.scope}_{self.key_id}"

    @property
    def can_write(self) -> bool:
        """Whether it permits changes."""
        return self.scope == KeyScope.WRITE

    def make_secret(self) -> str:
        """Give the key an id and a secret, and return the whole key, which is not kept.

        The secret has 256 bits, so that a plain digest of it is as good as a slow one.
        """
        self.key_id = secrets.token_hex(KEY_ID_LENGTH // 2)
        key = f"{self.prefix}_{secrets.token_hex(_SECRET_BYTES)}"
        self.digest = digest_of_key(key)
        return key


def digest_of_key(key: str) -> str:
    """Return the digest under which a key is stored."""
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
