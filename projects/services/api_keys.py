"""Keys of the API: make, check and revoke them."""

from __future__ import annotations

import hmac
import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from projects.models import ApiKey, KeyScope, Project
from projects.models.api_key import digest_of_key

if TYPE_CHECKING:
    from django.contrib.auth.models import User

_KEY = re.compile(r"ww_(?:ro|rw)_([0-9a-f]{10})_[0-9a-f]{64}", re.ASCII)
# A key that is used all the time is not written all the time.
_NOTED_EVERY = timedelta(minutes=1)


def make_key(
    user: User, name: str, scope: KeyScope, now: datetime, project: Project | None = None
) -> tuple[ApiKey, str]:
    """Store a new key. Return it with the text to send, which cannot be had again."""
    key = ApiKey(user=user, name=name, scope=scope, project=project, created_at=now)
    text = key.make_secret()
    key.save(force_insert=True)
    return key, text


def find_key(text: str, now: datetime) -> ApiKey | None:
    """Return the key, with its user, and note that it was used; None for one that is unknown, wrong or revoked."""
    match = _KEY.fullmatch(text)
    if match is None:
        return None
    key = ApiKey.objects.usable().select_related("user").filter(key_id=match[1]).first()
    if key is None or not hmac.compare_digest(key.digest, digest_of_key(text)):
        return None
    if key.last_used_at is None or abs(now - key.last_used_at) >= _NOTED_EVERY:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
    return key


def revoke_key(user: User, pk: int, now: datetime) -> bool:
    """Revoke one of the user's own keys at once. Return False if the user has none such; repeating is harmless."""
    own = ApiKey.objects.filter(pk=pk, user=user)
    return own.filter(revoked_at=None).update(revoked_at=now) == 1 or own.exists()
