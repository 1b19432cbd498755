"""The form that renames a project."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.utils.translation import gettext_lazy as _

from projects.forms.requirements import ProjectNameForm
from projects.models import Project
from scanner.domain.translation import gettext

_TAGS = 10
_TAG_LENGTH = 40


def check_name_is_free(form: ProjectNameForm, user: User, project: Project | None = None) -> bool:
    """Return whether the user has no other project of the form's name; else add the error to the form."""
    name = form.cleaned_data.get("name", "")
    others = Project.objects.visible_to(user).filter(name__iexact=name)
    if project is not None:
        others = others.exclude(pk=project.pk)
    if not others.exists():
        return True
    message = gettext("You have a project named {name} already. Choose another name.").format(name=name)
    form.add_error("name", message)
    return False


class ProjectSettingsForm(ProjectNameForm):
    """Name and tags of a project."""

    tags = forms.CharField(
        required=False,
        max_length=400,
        label=_("Tags"),
        help_text=_("Words to filter the portfolio by, separated by commas: a team, a product, a tier."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean_tags(self) -> list[str]:
        """Return the distinct tags."""
        text: Any = self.cleaned_data["tags"]
        tags = list(dict.fromkeys(tag for part in text.replace("\0", "").split(",") if (tag := " ".join(part.split()))))
        if len(tags) > _TAGS or any(len(tag) > _TAG_LENGTH for tag in tags):
            message = gettext("At most {count} tags of up to {length} characters each.")
            raise forms.ValidationError(message.format(count=_TAGS, length=_TAG_LENGTH))
        return tags
