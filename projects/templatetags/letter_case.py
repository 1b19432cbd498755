"""The filter for texts of django-allauth, whose titles are in capitals."""

from __future__ import annotations

from django import template
from django.template.defaultfilters import stringfilter

from projects.presentation.letter_case import sentence_case

register = template.Library()


@register.filter(name="sentence_case", is_safe=True)
@stringfilter
def sentence_case_filter(text: str) -> str:
    """Write a title in sentence case."""
    return sentence_case(text)
