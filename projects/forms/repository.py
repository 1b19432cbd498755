"""The form of a project's repository page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms

from projects.domain.one_line import hidden_characters
from projects.domain.webhooks.clone_urls import InvalidCloneUrl, parse_clone_url
from projects.domain.webhooks.payload_fields import InvalidField, full_ref
from projects.forms.fields import OneLineField
from projects.models import Repository
from projects.models.repository import Provider
from projects.models.sealed import Sealed

if TYPE_CHECKING:
    _RepositoryForm = forms.ModelForm[Repository]
else:
    _RepositoryForm = forms.ModelForm

MAX_PATHS = 50
# As the database column of a snapshot's file.
MAX_PATH_LENGTH = 300


class SecretInput(forms.Textarea):
    """A text area, since private keys have several lines, whose value is never sent back to the browser."""

    def format_value(self, value: Any) -> str:
        """Return an empty value."""
        return ""


class RepositoryForm(_RepositoryForm):
    """The repository whose pushes a project follows."""

    paths = forms.CharField(
        required=False,
        label="Requirement files",
        help_text="One path per line, relative to the root of the repository. Leave it empty to use the files found "
        "there.",
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
        field_classes: ClassVar[dict[str, type[forms.Field]]] = {"branch": OneLineField, "clone_username": OneLineField}
        labels = {
            "provider": "Sent by",
            "clone_url": "Clone URL",
            "branch": "Branch",
            "clone_username": "User name",
        }

    def clean_clone_url(self) -> str:
        """Return the clone URL in its normal form, or ""."""
        text: str = self.cleaned_data["clone_url"].strip()
        if not text:
            return ""
        try:
            return str(parse_clone_url(text))
        except InvalidCloneUrl as error:
            raise forms.ValidationError(f"This URL cannot be used: {error.reason}.") from error

    def clean_branch(self) -> str:
        """Return the branch, of a name that git accepts (git check-ref-format --branch)."""
        branch: str = self.cleaned_data["branch"]
        try:
            full_ref(f"refs/heads/{branch}")
        except InvalidField as error:
            raise forms.ValidationError("This is not the name of a branch: git refuses it.") from error
        return branch

    def clean(self) -> dict[str, Any]:
        """Require a clone URL, except for signed uploads."""
        cleaned: dict[str, Any] = super().clean() or {}
        is_upload = cleaned.get("provider") == Provider.UPLOAD
        if not cleaned.get("clone_url") and not is_upload and "clone_url" not in self.errors:
            self.add_error("clone_url", "Give the clone URL: a push names a commit, not where to fetch it from.")
        return cleaned

    def clean_paths(self) -> list[str]:
        """Return the paths, each relative and inside the repository."""
        lines = [line.strip() for line in self.cleaned_data["paths"].splitlines()]
        paths = [line for line in lines if line]
        if len(paths) > MAX_PATHS:
            raise forms.ValidationError(f"You gave {len(paths)} paths. Give at most {MAX_PATHS}.")
        for path in paths:
            if len(path) > MAX_PATH_LENGTH:
                raise forms.ValidationError(f"{path[:40]}… is longer than {MAX_PATH_LENGTH} characters.")
            if hidden_characters(path):
                raise forms.ValidationError(f"{path!r} has a character that cannot be shown.")
            if path.startswith("/") or ".." in path.split("/"):
                raise forms.ValidationError(f"{path!r} is not a relative path inside the repository.")
        return paths

    def save(self, commit: bool = True) -> Repository:
        """Save the repository, with the token encrypted."""
        if self.cleaned_data["clone_token"]:
            self.instance.clone_secret = Sealed.of(self.cleaned_data["clone_token"])
        return super().save(commit=commit)
