"""Forms of the page for a project's targets and policy."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.core.validators import MaxValueValidator
from django.utils.translation import gettext_lazy as _
from packaging.utils import canonicalize_name, is_normalized_name

from projects.domain.dependency_files import (
    AvailableGroups,
    RequirementScope,
    choices_of,
    conflicting_choices,
    split_choices,
    stored_choices,
)
from projects.models import Project
from projects.presentation.target_grid import MOST_TARGETS, chosen_targets
from scanner.domain.targets.target import UnknownTarget
from scanner.domain.translation import gettext

if TYPE_CHECKING:
    _ProjectForm = forms.ModelForm[Project]
else:
    _ProjectForm = forms.ModelForm

_MAX_NAME_LENGTH = 200


class TargetsForm(forms.Form):
    """Targets chosen in the grid, by runtimes and by name. The cleaned data's `targets` are slugs in column order."""

    target_names = forms.CharField(
        required=False,
        max_length=4000,
        label=_("Add what you run"),
        help_text=_(
            "One per line: an image (python:3.13-slim), a system (ubuntu-24.04, windows, macos), a function "
            "runtime (lambda-3.13), or a Python on a platform (3.14 on alpine-arm64)."
        ),
        widget=forms.Textarea(attrs={"rows": 2, "class": "short", "spellcheck": "false", "autocomplete": "off"}),
    )

    def clean(self) -> dict[str, Any]:
        """Set `targets`. At least one and at most MOST_TARGETS are accepted."""
        cleaned: dict[str, Any] = super().clean() or {}
        try:
            names = re.split(r"[\n,]", cleaned.get("target_names", ""))
            cleaned["targets"] = chosen_targets(
                self.submitted("target"),
                self.submitted("runtime"),
                self.submitted("python"),
                [name for name in names if name.strip()],
            )
        except UnknownTarget as error:
            cleaned["targets"] = []
            raise forms.ValidationError(str(error)) from error
        if not cleaned["targets"]:
            message = gettext("Choose at least one target.")
            if self.submitted("runtime"):
                message = gettext("Choose at least one target. Choose a Python for the systems that you checked.")
            raise forms.ValidationError(message)
        if len(cleaned["targets"]) > MOST_TARGETS:
            message = gettext("You chose {count} targets. Choose at most {limit}.")
            raise forms.ValidationError(message.format(count=len(cleaned["targets"]), limit=MOST_TARGETS))
        return cleaned

    def submitted(self, name: str) -> list[str]:
        """Return the submitted values of the field `name`."""
        data: Any = self.data
        return list(data.getlist(name)) if hasattr(data, "getlist") else []


class PolicyForm(_ProjectForm):
    """A project's policy. `offered` are the groups and extras of its newest files; chosen ones that are gone stay.

    In the cleaned data `holds` are normalized names, sorted; `groups` are names as the files write them.
    """

    holds = forms.CharField(
        required=False,
        label=_("Packages to hold"),
        help_text=_("One name per line. No upgrade path changes the version of these packages."),
        widget=forms.Textarea(attrs={"rows": 3, "class": "short", "spellcheck": "false", "autocomplete": "off"}),
    )
    groups = forms.MultipleChoiceField(
        required=False,
        label=_("Groups and extras to include"),
        help_text=_(
            "Requirements that your files always install are included anyway. Check what must also run on the targets."
        ),
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Project
        fields = (
            *("source_builds", "prereleases", "minimum_age_days", "demanded_evidence"),
            *("step", "holds", "groups"),
        )
        labels = {
            "source_builds": _("Builds from source"),
            "prereleases": _("Accept pre-releases as versions to move to"),
            "minimum_age_days": _("Ignore releases younger than this many days"),
            "demanded_evidence": _("What must be known of a release to be ready"),
            "step": _("How far one package may move"),
        }
        help_texts = {
            "source_builds": _("Whether a package without a suitable wheel counts as installable if pip can build it."),
            "prereleases": "",
            "minimum_age_days": _("A new release may still be yanked. 0 accepts every release."),
            "demanded_evidence": _(
                "A release that installs and lacks it is not ready. Proofs are made by manage.py prove."
            ),
            "step": _("From 2.6.1, moving to 2.6.9 is a patch step, to 2.8.0 a minor one, and to 3.0.0 a major one."),
        }

    def __init__(self, *args: Any, offered: AvailableGroups | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["minimum_age_days"].validators.append(MaxValueValidator(365))
        # Forms that were open before the choice came do not send it.
        self.fields["demanded_evidence"].required = False
        self.initial["holds"] = "\n".join(self.instance.holds)
        self._offered = offered or AvailableGroups((), ())
        groups = cast("forms.MultipleChoiceField", self.fields["groups"])
        groups.choices, self.initial["groups"] = group_choices(self._offered, self.instance.groups)
        if not groups.choices:
            del self.fields["groups"]

    def clean_demanded_evidence(self) -> str:
        """Return the choice, or the one before where none was sent."""
        return self.cleaned_data["demanded_evidence"] or self.instance.demanded_evidence

    def clean_groups(self) -> list[str]:
        """Return the chosen groups and extras. Those that the files keep apart are refused together."""
        chosen: list[str] = self.cleaned_data["groups"]
        if conflicting := conflicting_choices(self._offered.conflicts, *split_choices(chosen)):
            raise forms.ValidationError(conflicting)
        return chosen

    def clean_holds(self) -> list[str]:
        """Return the names, normalized and sorted."""
        names = self.cleaned_data["holds"].replace(",", " ").split()
        for name in names:
            if not is_normalized_name(canonicalize_name(name)) or len(name) > _MAX_NAME_LENGTH:
                message = gettext("{name} is not a package name. Write names only, without versions.")
                raise forms.ValidationError(message.format(name=repr(name[:60])))
        return sorted({canonicalize_name(name) for name in names})


def group_choices(offered: AvailableGroups, chosen: Sequence[str]) -> tuple[list[tuple[str, str]], list[str]]:
    """Return value and label of each group and extra, then of chosen names that are gone; and the values to tick."""
    labels = {RequirementScope.GROUP: gettext("{name} (group)"), RequirementScope.EXTRA: gettext("{name} (extra)")}
    lost = gettext("{name} (not in the newest files)")
    picked = choices_of(*split_choices(chosen))
    choices, ticked, found = [], [], set[tuple[RequirementScope, str]]()
    for value, scope, name in stored_choices(offered):
        choice = (scope, canonicalize_name(name))
        choices.append((value, labels[scope].format(name=name)))
        ticked += [value] if choice in picked else []
        found.add(choice)
    gone = [name for name in dict.fromkeys(chosen) if found.isdisjoint(choices_of(*split_choices([name])))]
    return [*choices, *((name, lost.format(name=name)) for name in gone)], [*ticked, *gone]
