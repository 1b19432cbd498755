"""The form that takes an archive of source."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from projects.domain.one_line import hidden_characters
from scanner.domain.translation import gettext


class ArchiveForm(forms.Form):
    """One archive. The cleaned data's `archive` is its content, `name` its name as it may be shown."""

    archive = forms.FileField(
        label=_("Archive of the source"),
        help_text=_(
            "A zip or tar file, such as an sdist or the output of git archive. It is read in memory and deleted after "
            "the audit."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".zip,.tar,.gz,.tgz,.bz2,.xz"}),
    )

    def clean(self) -> dict[str, Any]:
        """Set `name`. UPLOAD_MAX_BYTES limits the size."""
        cleaned: dict[str, Any] = super().clean() or {}
        file: UploadedFile[bytes] | None = cleaned.get("archive")
        if file is None:
            return cleaned
        if (file.size or 0) > settings.UPLOAD_MAX_BYTES:
            limit = filesizeformat(settings.UPLOAD_MAX_BYTES)
            message = gettext("This archive is larger than {limit}. Leave out what is neither Python nor settings.")
            self.add_error("archive", message.format(limit=limit))
            return cleaned
        name = file.name or "archive"
        cleaned["name"] = "archive" if hidden_characters(name) else name[-100:]
        cleaned["archive"] = file.read()
        return cleaned
