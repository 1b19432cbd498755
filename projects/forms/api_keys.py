"""The form that makes a key of the API."""

from __future__ import annotations

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from projects.forms.fields import OneLineField
from projects.models import KeyScope, Project


class KeyForm(forms.Form):
    """What a new key is for and what it permits."""

    name = OneLineField(max_length=60, label=_("Name"), help_text=_("What it is for, such as the name of a CI job."))
    scope = forms.ChoiceField(label=_("Permits"), choices=KeyScope.choices, initial=KeyScope.READ)
    project = forms.ModelChoiceField(
        queryset=Project.objects.none(),
        required=False,
        label=_("Project"),
        empty_label=_("All projects that you can see"),
        to_field_name="slug",
        widget=forms.Select(attrs={"translate": "no"}),
    )

    def __init__(self, data: QueryDict | None, projects: QuerySet[Project]) -> None:
        super().__init__(data)
        self.fields["project"].queryset = projects.order_by("name")  # type: ignore[attr-defined]  # it is typed as any field
