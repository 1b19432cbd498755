"""The form of the account page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.conf import settings
from django.contrib.auth.models import User
from django.utils.translation import gettext_lazy as _

from projects.domain.mail_choices import MailChoice, MailKind, choices_for
from projects.presentation.subscriptions import CHOICE_NAMES, KIND_NAMES
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
        labels: ClassVar[dict[str, Any]] = {"first_name": _("Your name")}


class ViewerForm(forms.Form):
    """How this browser shows pages."""

    zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=lambda: [(zone, zone) for zone in known_zones()],
        widget=forms.Select(attrs={"translate": "no"}),
    )
    language = forms.ChoiceField(
        label=_("Language"),
        choices=lambda: [("", _("As the browser asks")), *settings.LANGUAGES],
        required=False,
        widget=forms.Select(attrs={"translate": "no"}),
    )
    theme = forms.ChoiceField(
        label=_("Theme"),
        choices=[
            (theme, {"system": _("As the system"), "light": _("Light"), "dark": _("Dark")}[theme]) for theme in THEMES
        ],
    )


class MailForm(forms.Form):
    """When messages of each kind come; the names of its fields are the kinds."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in MailKind:
            choices = [(one.value, _(CHOICE_NAMES[one])) for one in choices_for(kind)]
            self.fields[kind.value] = forms.ChoiceField(label=_(KIND_NAMES[kind]), choices=choices, required=False)

    def chosen(self) -> dict[MailKind, MailChoice]:
        """Return the choices that differ from those that the page showed."""
        return {MailKind(name): MailChoice(self.cleaned_data[name]) for name in self.changed_data}


class WelcomeForm(forms.Form):
    """What an account without name and address is asked once."""

    first_name = forms.CharField(max_length=150, label=_("Your name"), required=False)
    email = forms.EmailField(
        label=_("E-mail address"),
        required=False,
        help_text=_("Alerts are sent there once you open the link in the message that you get."),
    )
