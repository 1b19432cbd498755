"""Input checking of the team's pages. A form never guesses: what is wrong is said with the next step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import MaxValueValidator
from django.template.defaultfilters import filesizeformat
from packaging.utils import canonicalize_name, is_normalized_name

from projects.domain.dependency_files import AvailableGroups
from projects.domain.dependency_files.given_files import name_files
from projects.domain.webhooks.clone_urls import InvalidCloneUrl, parse_clone_url
from projects.models import Project, Repository
from projects.models.repository import Provider
from projects.models.sealed import Sealed
from projects.presentation.target_grid import MOST_TARGETS, chosen_targets
from scanner.domain.targets.target import UnknownTarget

if TYPE_CHECKING:
    _ProjectForm = forms.ModelForm[Project]
    _RepositoryForm = forms.ModelForm[Repository]
else:
    _ProjectForm = _RepositoryForm = forms.ModelForm

_LONGEST_NAME = 200
_EXAMPLE = "fastapi==0.109.2\nuvicorn[standard]==0.27.1\npsycopg2-binary==2.9.9"


class ManyFilesInput(forms.ClearableFileInput):
    """A file input that takes several."""

    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """Several uploaded files; the cleaned value is their list, empty when none came."""

    widget = ManyFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[bytes]]:
        files = data if isinstance(data, list | tuple) else [data]
        return [super(ManyFilesField, self).clean(file, initial) for file in files if file]


class RequirementsForm(forms.Form):
    """Requirements as pasted text, as files, or both. `files` in the cleaned data maps path to content."""

    pasted = forms.CharField(
        required=False,
        strip=False,
        label="Paste requirements",
        widget=forms.Textarea(attrs={"placeholder": _EXAMPLE, "spellcheck": "false", "autocomplete": "off"}),
    )
    uploads = ManyFilesField(required=False, label="Or upload files")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        uploads: list[UploadedFile[bytes]] = cleaned.get("uploads") or []
        if sum(file.size or 0 for file in uploads) > settings.UPLOAD_MAX_BYTES:
            limit = filesizeformat(settings.UPLOAD_MAX_BYTES)
            self.add_error("uploads", f"These files are more than {limit} together. Send only requirement files.")
            return cleaned
        cleaned["files"] = name_files(
            (cleaned.get("pasted") or "").encode(), ((file.name or "file", file.read()) for file in uploads)
        )
        if not cleaned["files"] and not self.errors:
            self.add_error("pasted", "Nothing came in. Paste the lines of a requirements file, or choose a file.")
        return cleaned


class TargetsForm(forms.Form):
    """Targets from the grid and from what people run. `targets` in the cleaned data are slugs in order."""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        try:
            cleaned["targets"] = chosen_targets(*(self.asked(name) for name in ("target", "runtime", "python")))
        except UnknownTarget as error:
            cleaned["targets"] = []
            raise forms.ValidationError(str(error)) from error
        if not cleaned["targets"]:
            hint = " Check a Python beside what you run." if self.asked("runtime") else ""
            raise forms.ValidationError(f"Choose at least one target.{hint}")
        if len(cleaned["targets"]) > MOST_TARGETS:
            raise forms.ValidationError(f"These are {len(cleaned['targets'])} targets; at most {MOST_TARGETS} fit.")
        return cleaned

    def asked(self, name: str) -> list[str]:
        """The values sent under a name."""
        data: Any = self.data
        return list(data.getlist(name)) if hasattr(data, "getlist") else []


class ProjectNameForm(forms.Form):
    """The name of a new project."""

    name = forms.CharField(max_length=80, label="Name", widget=forms.TextInput(attrs={"autocomplete": "off"}))


class PolicyForm(_ProjectForm):
    """What a project accepts. `offered` are the groups and extras of its newest files; chosen ones that are gone stay.

    `holds` in the cleaned data are normalised names, sorted; `groups` are names as the files write them.
    """

    holds = forms.CharField(
        required=False,
        label="Packages never to touch",
        help_text="One name in a line. No upgrade path moves them; when nothing else helps, the path says so.",
        widget=forms.Textarea(attrs={"rows": 3, "class": "short", "spellcheck": "false", "autocomplete": "off"}),
    )
    groups = forms.MultipleChoiceField(
        required=False,
        label="Groups and extras that count",
        help_text="What your files always ask for counts anyway. Check what must run on the targets too.",
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Project
        fields = ("source_builds", "prereleases", "minimum_age_days", "step", "holds", "groups")
        labels = {
            "source_builds": "Builds from source",
            "prereleases": "Pre-releases count as versions to move to",
            "minimum_age_days": "Ignore releases younger than this many days",
            "step": "How far one package may move",
        }
        help_texts = {
            "source_builds": "Whether a package without a fitting wheel counts as installable when pip can build it.",
            "prereleases": "",
            "minimum_age_days": "A release that is new may still be withdrawn. 0 takes every release.",
            "step": "From 2.6.1, 2.6.9 is a patch step away, 2.8.0 a minor one, 3.0.0 a major one.",
        }

    def __init__(self, *args: Any, offered: AvailableGroups | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["minimum_age_days"].validators.append(MaxValueValidator(365))
        self.initial["holds"] = "\n".join(self.instance.holds)
        groups = cast("forms.MultipleChoiceField", self.fields["groups"])
        groups.choices = group_choices(offered or AvailableGroups((), ()), self.instance.groups)
        if not groups.choices:
            del self.fields["groups"]

    def clean_holds(self) -> list[str]:
        names = self.cleaned_data["holds"].replace(",", " ").split()
        wrong = [name for name in names if not is_normalized_name(canonicalize_name(name)) or len(name) > _LONGEST_NAME]
        if wrong:
            raise forms.ValidationError(f"{wrong[0][:60]!r} is not a package's name. Write names only, no versions.")
        return sorted({canonicalize_name(name) for name in names})


def group_choices(offered: AvailableGroups, chosen: Sequence[str]) -> list[tuple[str, str]]:
    """Value and label of each group and extra, extras last; a name that is both is one choice, since one list rules."""
    labels = {name: f"{name} (group)" for name in offered.groups}
    labels |= {name: f"{name} (group and extra)" if name in labels else f"{name} (extra)" for name in offered.extras}
    known = {canonicalize_name(name) for name in labels}
    gone = {name: f"{name} (not in the newest files)" for name in chosen if canonicalize_name(name) not in known}
    return list((labels | gone).items())


class SecretInput(forms.Textarea):
    """Several lines, since private keys have them, that are never sent back to the browser."""

    def format_value(self, value: Any) -> str:
        return ""


MAX_PATHS = 50
# As a snapshot's file has it.
MAX_PATH_LENGTH = 300


class RepositoryForm(_RepositoryForm):
    """The repository whose pushes a project follows."""

    paths = forms.CharField(
        required=False,
        label="Requirement files",
        help_text="One path in a line, from the root of the repository. Empty: those that are found there.",
        widget=forms.Textarea(attrs={"rows": 3, "class": "short", "spellcheck": "false"}),
    )

    clone_token = forms.CharField(
        required=False,
        strip=False,
        label="Token or private key",
        help_text="Only for a private repository. It is stored encrypted and never shown.",
        widget=SecretInput(attrs={"rows": 3, "class": "short", "spellcheck": "false", "autocomplete": "off"}),
    )

    class Meta:
        model = Repository
        fields = ("provider", "clone_url", "branch", "paths", "clone_username")
        labels = {
            "provider": "Who sends the pushes",
            "clone_url": "Clone URL",
            "branch": "Branch",
            "clone_username": "User name",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["paths"] = "\n".join(self.instance.paths)

    def clean_clone_url(self) -> str:
        text: str = self.cleaned_data["clone_url"].strip()
        if not text:
            return ""
        try:
            return str(parse_clone_url(text))
        except InvalidCloneUrl as error:
            raise forms.ValidationError(f"This address cannot be used: {error.reason}.") from error

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if (
            not cleaned.get("clone_url")
            and cleaned.get("provider") != Provider.UPLOAD
            and "clone_url" not in self.errors
        ):
            self.add_error("clone_url", "A push says which commit, not where to fetch it: give the clone URL.")
        return cleaned

    def save(self, commit: bool = True) -> Repository:
        if self.cleaned_data["clone_token"]:
            self.instance.clone_secret = Sealed.of(self.cleaned_data["clone_token"])
        return super().save(commit=commit)

    def clean_paths(self) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data["paths"].splitlines()]
        paths = [line for line in lines if line]
        if len(paths) > MAX_PATHS:
            raise forms.ValidationError(f"More than {MAX_PATHS} paths.")
        for path in paths:
            if len(path) > MAX_PATH_LENGTH:
                raise forms.ValidationError(f"{path[:40]}… is longer than {MAX_PATH_LENGTH} characters.")
            if path.startswith("/") or ".." in path.split("/"):
                raise forms.ValidationError(f"{path!r} is not a path inside the repository.")
        return paths
