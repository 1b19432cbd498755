"""Form fields of one line of text, as what they are stored and shown as: no line breaks, no hidden characters."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from projects.domain.one_line import hidden_characters
from scanner.domain.translation import gettext


def validate_one_line(value: str) -> None:
    """Raise ValidationError for a text with control characters, line breaks or direction overrides."""
    if found := hidden_characters(value):
        text = gettext("This text has a character that cannot be shown: {character}. Remove it.")
        raise ValidationError(text.format(character=found[0]))


class OneLineField(forms.CharField):
    """A text field that refuses characters which a reader cannot see."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.validators.append(validate_one_line)
