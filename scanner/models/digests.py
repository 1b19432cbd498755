"""SHA-256 digests in half the room: hex digits outside, bytes inside."""

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
        return "BinaryField"

    def from_db_value(self, value: bytes, expression: object, connection: object) -> str:
        return value.hex()

    def get_prep_value(self, value: Any) -> bytes:
        return bytes.fromhex(value)
