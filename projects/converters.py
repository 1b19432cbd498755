"""Converters of the parts of an address."""

from __future__ import annotations

from django.urls.converters import IntConverter, StringConverter

_LARGEST = 2**63 - 1


class RowIdConverter(IntConverter):
    """The number of a row. One that no database column can hold does not match, so the address is not found."""

    regex = "[0-9]{1,19}"

    def to_python(self, value: str) -> int:
        """Return the number. Raises ValueError above 64 bits."""
        number = super().to_python(value)
        if number > _LARGEST:
            raise ValueError(value)
        return number


class Base36Converter(StringConverter):
    """The number of an account as django-allauth writes it."""

    regex = "[0-9A-Za-z]+"


class LogKindConverter(StringConverter):
    """The form in which the audit log is exported."""

    regex = "csv|json"


class BadgeKindConverter(StringConverter):
    """The form of a badge."""

    regex = "svg|json"
