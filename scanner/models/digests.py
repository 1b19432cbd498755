"""A model field for digests: hexadecimal text in Python, bytes in the database, which halves the space."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

if TYPE_CHECKING:
    _HexField = models.Field[str, str]
else:
    _HexField = models.Field


class DigestField(_HexField):
    """A column of bytes that is read and written as lower-case hex digits; empty for none."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", "")
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)

    def get_internal_type(self) -> str:
        """Return the field type whose column is used."""
        return "BinaryField"

    def from_db_value(self, value: bytes, expression: object, connection: object) -> str:
        """Return the digest as hex digits."""
        return value.hex()

    def get_prep_value(self, value: Any) -> bytes:
        """Return the digest as bytes."""
        return bytes.fromhex(value)
