"""The form of the account page."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django import forms
from django.contrib.auth.models import User

from projects.viewer import THEMES, known_zones

if TYPE_CHECKING:
    _UserForm = forms.ModelForm[User]
else:
    _UserForm = forms.ModelForm


class AccountForm(_UserForm):
    """Name of the user's own account."""

    class Meta:
        model = User
        fields: ClassVar[list[str]] = ["first_name"]
        labels: ClassVar[dict[str, str]] = {"first_name": "Your name"}


class ViewerForm(forms.Form):
    """How this browser shows pages."""

    zone = forms.ChoiceField(label="Time zone", choices=lambda: [(zone, zone) for zone in known_zones()])
    theme = forms.ChoiceField(
        label="Theme",
        choices=[(theme, {"system": "As the system", "light": "Light", "dark": "Dark"}[theme]) for theme in THEMES],
    )


class WelcomeForm(forms.Form):
    """What an account without name and address is asked once."""

    first_name = forms.CharField(max_length=150, label="Your name", required=False)
    email = forms.EmailField(
        label="E-mail address",
        required=False,
        help_text="Alerts are sent there once you open the link in the message that you get.",
    )
