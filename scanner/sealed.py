"""Texts that are encrypted in the database and never shown by accident.

cryptography is imported where it is used: every command imports this module, and few have a secret to read.
"""

from __future__ import annotations

import base64
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from msgspec import Struct

if TYPE_CHECKING:
    from cryptography.fernet import Fernet, MultiFernet


class SealBroken(Exception):
    """A stored value that was encrypted with a key in neither SECRET_KEY nor SECRET_KEY_FALLBACKS."""


class Sealed(Struct, frozen=True):
    """An encrypted text. Only `reveal` decrypts it, so no template, log record or traceback prints it."""

    token: str = ""

    @classmethod
    def of(cls, plain: str) -> Sealed:
        """Encrypt with a key derived from SECRET_KEY. An empty text stays empty, so that "not set" can be tested."""
        return cls(_cipher().encrypt(plain.encode()).decode("ascii")) if plain else cls()

    def reveal(self) -> str:
        """Return the plain text. Raises SealBroken if the key is not configured any more."""
        if not self.token:
            return ""
        from cryptography.fernet import InvalidToken

        try:
            return _cipher().decrypt(self.token).decode()
        except InvalidToken:
            raise SealBroken from None

    def __bool__(self) -> bool:
        return bool(self.token)

    def __repr__(self) -> str:
        return "<sealed>" if self.token else "<not set>"

    __str__ = __repr__


if TYPE_CHECKING:
    _SealedBase = models.TextField[Sealed, Sealed]
else:
    _SealedBase = models.TextField


class SealedField(_SealedBase):
    """A text column that holds only Sealed values. Saving a plain text raises TypeError."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", Sealed)
        kwargs.setdefault("editable", False)
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)

    def from_db_value(self, value: str | None, expression: object, connection: object) -> Sealed:
        """Return the stored token as Sealed."""
        return Sealed(value or "")

    def to_python(self, value: Any) -> Sealed:
        """Return the value as Sealed; a text is a stored token."""
        return value if isinstance(value, Sealed) else Sealed(str(value or ""))

    def get_prep_value(self, value: Any) -> str:
        """Return the token to store."""
        if isinstance(value, Sealed):
            return value.token
        raise TypeError(f"{self.name} takes Sealed.of(…), not a plain value")

    def value_to_string(self, obj: models.Model) -> str:
        """Return the token for a dump."""
        value: Sealed = self.value_from_object(obj)
        return value.token


def seal_bytes(plain: bytes) -> bytes:
    """Encrypt bytes, such as files, for a binary column."""
    return _cipher().encrypt(plain)


def reveal_bytes(sealed: bytes) -> bytes:
    """Return the plain bytes. Raises SealBroken if the key is not configured any more."""
    from cryptography.fernet import InvalidToken

    try:
        return _cipher().decrypt(sealed)
    except InvalidToken:
        raise SealBroken from None


def _cipher() -> MultiFernet:
    from cryptography.fernet import MultiFernet

    # The first key encrypts; the fallback keys decrypt values from before SECRET_KEY was changed.
    return MultiFernet([_fernet(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


@lru_cache(maxsize=8)
def _fernet(secret_key: str) -> Fernet:
    from cryptography.fernet import Fernet
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"wheelway sealed field v1").derive(
        secret_key.encode()
    )
    return Fernet(base64.urlsafe_b64encode(derived))
