"""The form that accepts a build or ignores a package."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from packaging.utils import InvalidName, canonicalize_name

from projects.domain.assessment.waivers import WaiverKind
from projects.models import Project
from projects.presentation.columns import columns_of
from scanner.domain.translation import gettext

USUAL_DAYS = 90
_LONGEST = timedelta(days=366)


class WaiverForm(forms.Form):
    """What is waived, where, why, who answers for it, and until when."""

    kind = forms.ChoiceField(
        choices=[
            (WaiverKind.IGNORE.value, _("Ignore it: it does not count, and stays marked as ignored")),
            (WaiverKind.ACCEPT_BUILD.value, _("Accept its build: it may be built from source")),
        ],
        widget=forms.RadioSelect,
        label=_("Decision"),
    )
    package = forms.CharField(max_length=200, label=_("Package"), widget=forms.TextInput(attrs={"autocomplete": "off"}))
    target = forms.ChoiceField(required=False, label=_("Where"))
    reason = forms.CharField(
        max_length=300,
        label=_("Reason"),
        help_text=_("Shown wherever it counts: on the table, in reports and in exports."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    owner = forms.ModelChoiceField(
        User.objects.none(),
        label=pgettext_lazy("of a waiver", "Owner"),
        help_text=_("Who is responsible for it."),
        widget=forms.Select(attrs={"translate": "no"}),
    )
    until = forms.DateField(
        label=_("Until"),
        help_text=_("The last day on which it counts (UTC), at most a year ahead. After it the package counts again."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, project: Project, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._today = today
        columns = columns_of(project.targets.values_list("slug", flat=True))
        target: Any = self.fields["target"]
        target.choices = [("", gettext("on all targets")), *((column.slug, column.label) for column in columns)]
        owner: Any = self.fields["owner"]
        owner.queryset = User.objects.filter(memberships__team=project.team_id, is_active=True).order_by("username")

    def clean_package(self) -> str:
        """Return the normalised name."""
        try:
            return canonicalize_name(self.cleaned_data["package"].strip(), validate=True)
        except InvalidName:
            message = gettext("This is not the name of a package.")
            raise forms.ValidationError(message) from None

    def clean_reason(self) -> str:
        """Return the reason on one line."""
        return " ".join(self.cleaned_data["reason"].split())

    def clean_until(self) -> date:
        """Return the day, which is today or later, and at most a year ahead."""
        until: date = self.cleaned_data["until"]
        if not self._today <= until <= self._today + _LONGEST:
            message = gettext("Choose a day from {first} to {last}.").format(
                first=f"{self._today:%Y-%m-%d}", last=f"{self._today + _LONGEST:%Y-%m-%d}"
            )
            raise forms.ValidationError(message)
        return until


def usual_values(user: User, asked: Any, today: date) -> dict[str, Any]:
    """Return what an empty form begins with; `asked` is the query of its address."""
    return {
        "kind": asked.get("kind", WaiverKind.IGNORE.value),
        "package": asked.get("package", ""),
        "target": asked.get("target", ""),
        "reason": asked.get("reason", ""),
        "owner": user.pk,
        "until": today + timedelta(days=USUAL_DAYS),
    }
