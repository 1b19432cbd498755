"""Titles of django-allauth in sentence case."""

import pytest

from projects.presentation.letter_case import sentence_case


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("Change Password", "Change password"),
        ("New Password (again)", "New password (again)"),
        ("Two-Factor Authentication", "Two-factor authentication"),
        ("Sign In Via GitHub", "Sign in via GitHub"),
        ("Python", "Python"),
        ("\n  Recovery Codes\n", "\n  Recovery codes\n"),
        ("", ""),
    ],
)
def test_a_title_is_written_as_a_sentence(title: str, said: str) -> None:
    assert sentence_case(title) == said
