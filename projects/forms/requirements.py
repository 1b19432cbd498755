"""Forms of the pages that add a project and give it new requirements."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from projects.domain.dependency_files.given_files import name_files
from projects.forms.fields import OneLineField
from scanner.domain.translation import gettext

_EXAMPLE = "fastapi==0.109.2\nuvicorn[standard]==0.27.1\npsycopg2-binary==2.9.9"


class ManyFilesInput(forms.ClearableFileInput):
    """A file input that accepts several files."""

    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """A field for several files. The cleaned value is a list of uploaded files, possibly empty."""

    widget = ManyFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[bytes]]:
        """Return the uploaded files, each validated as a FileField does."""
        files = data if isinstance(data, list | tuple) else [data]
        return [super(ManyFilesField, self).clean(file, initial) for file in files if file]


class ProjectNameForm(forms.Form):
    """The name of a new project."""

    name = OneLineField(max_length=80, label=_("Name"), widget=forms.TextInput(attrs={"autocomplete": "off"}))


class RequirementsForm(forms.Form):
    """Requirements as pasted text, as files, or both. The cleaned data's `files` maps paths to contents."""

    pasted = forms.CharField(
        required=False,
        strip=False,
        label=_("Paste requirements"),
        widget=forms.Textarea(attrs={"placeholder": _EXAMPLE, "spellcheck": "false", "autocomplete": "off"}),
    )
    uploads = ManyFilesField(required=False, label=_("Or upload files"))

    def clean_pasted(self) -> str:
        """Return the text with the line ends of a file: browsers send others, and no patch would fit the file then."""
        text: str = self.cleaned_data["pasted"]
        return text.replace("\r\n", "\n")

    def clean(self) -> dict[str, Any]:
        """Set `files`. At least one is required, and UPLOAD_MAX_BYTES limits their total size."""
        cleaned: dict[str, Any] = super().clean() or {}
        uploads: list[UploadedFile[bytes]] = cleaned.get("uploads") or []
        if sum(file.size or 0 for file in uploads) > settings.UPLOAD_MAX_BYTES:
            limit = filesizeformat(settings.UPLOAD_MAX_BYTES)
            message = gettext("These files are larger than {limit} in total. Send only dependency files.")
            self.add_error("uploads", message.format(limit=limit))
            return cleaned
        cleaned["files"] = name_files(
            (cleaned.get("pasted") or "").encode(), ((file.name or "file", file.read()) for file in uploads)
        )
        if not cleaned["files"] and not self.errors:
            self.add_error("pasted", gettext("Paste the lines of a requirements file, or choose a file."))
        return cleaned
