"""The forms that add a known break, and contest one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from scanner.domain.evidence.known_breaks_file import InvalidKnownBreaks, parse_entry

_PLAIN = {"autocomplete": "off", "spellcheck": "false"}


def _text(label: Any, hint: Any = "", *, required: bool = False, longest: int = 200) -> forms.CharField:
    widget = forms.TextInput(attrs=_PLAIN)
    return forms.CharField(label=label, help_text=hint, required=required, max_length=longest, widget=widget)


class BreakForm(forms.Form):
    """A known break by the keys of the file. The cleaned data's `entry` are those that are set."""

    package = _text(_("Package"), required=True)
    versions = _text(_("Its releases that fail"), _("A specifier: <=2.0.30, or ==1.4.*"), required=True)
    pythons = _text(_("On these Pythons"), _("A specifier of minor versions: >=3.13. Empty: on all."))
    free_threaded = forms.BooleanField(required=False, label=_("Only in builds without the GIL"))
    partner = _text(_("Beside this package"), _("Only if it is in the set."))
    partner_versions = _text(_("In these releases"), _("A specifier: >=2"))
    unless = _text(
        _("Unless one of these is in the set"), _("Requirements, separated by commas: setuptools<82, legacy-cgi")
    )
    action = _text(_("What fails"), _("As a line of Python: import sqlalchemy"), required=True)
    symptom = _text(_("The last line of the error"), required=True, longest=300)
    first_good = _text(_("The first later release that runs"), _("Empty: none is known."))
    source = _text(_("Where it was reported, or how it was measured"), required=True, longest=300)

    def clean(self) -> dict[str, Any]:
        """Set `entry`. The rules are those of the file."""
        cleaned: dict[str, Any] = super().clean() or {}
        entry: dict[str, Any] = {key: value for key, value in cleaned.items() if value}
        if "unless" in entry:
            entry["unless"] = [one.strip() for one in entry["unless"].split(",") if one.strip()]
        if not self.errors:
            try:
                parse_entry(entry)
            except InvalidKnownBreaks as error:
                raise forms.ValidationError(f"{str(error)[:1].upper()}{str(error)[1:]}.") from error
        cleaned["entry"] = entry
        return cleaned


class ContestForm(forms.Form):
    """Why a known break does not hold."""

    reason = forms.CharField(
        max_length=300,
        label=_("Reason"),
        help_text=_("Shown on the list, with your name: what you ran, and where."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean_reason(self) -> str:
        """Return the reason on one line."""
        return " ".join(self.cleaned_data["reason"].split())
