"""The forms of a followed repository: to add one, and to change one with its access to the host's API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from projects.domain.one_line import hidden_characters
from projects.domain.webhooks.clone_urls import CloneUrl, InvalidCloneUrl, parse_clone_url
from projects.domain.webhooks.payload_fields import InvalidField, full_ref
from projects.forms.fields import OneLineField
from projects.models import Repository
from projects.models.repository import Provider
from projects.models.sealed import Sealed
from scanner.domain.index_address import InvalidAddress, parse_address
from scanner.domain.network import is_allow_listed
from scanner.domain.translation import gettext

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
        label=_("Requirement files"),
        help_text=_(
            "One path or pattern per line, relative to the root of the repository, such as "
            "services/api/**/requirements*.txt, or !**/tests/** to leave files out. Leave it empty to use the files "
            "found at the root."
        ),
        widget=forms.Textarea(attrs={"rows": 3, "class": "short", "spellcheck": "false"}),
    )
    clone_token = forms.CharField(
        required=False,
        strip=False,
        label=_("Token or private key"),
        help_text=_("Only for a private repository. It is stored encrypted and never shown."),
        widget=SecretInput(attrs={"rows": 3, "class": "short", "spellcheck": "false", "autocomplete": "off"}),
    )

    class Meta:
        model = Repository
        fields: tuple[str, ...] = ("provider", "clone_url", "branch", "paths", "clone_username")
        field_classes: ClassVar[dict[str, type[forms.Field]]] = {"branch": OneLineField, "clone_username": OneLineField}
        widgets: ClassVar[dict[str, forms.Widget]] = {"provider": forms.Select(attrs={"translate": "no"})}
        labels: ClassVar[dict[str, Any]] = {
            "provider": _("Sent by"),
            "clone_url": _("Clone URL"),
            "branch": _("Branch"),
            "clone_username": _("User name"),
        }

    def clean_clone_url(self) -> str:
        """Return the clone URL in its normal form, or ""."""
        text: str = self.cleaned_data["clone_url"].strip()
        if not text:
            return ""
        try:
            return str(parse_clone_url(text))
        except InvalidCloneUrl as error:
            message = gettext("This URL cannot be used: {reason}.").format(reason=gettext(error.reason))
            raise forms.ValidationError(message) from error

    def clean_branch(self) -> str:
        """Return the branch, of a name that git accepts (git check-ref-format --branch)."""
        branch: str = self.cleaned_data["branch"]
        try:
            full_ref(f"refs/heads/{branch}")
        except InvalidField as error:
            raise forms.ValidationError(gettext("This is not the name of a branch: git refuses it.")) from error
        return branch

    def clean(self) -> dict[str, Any]:
        """Require a clone URL, except for signed uploads."""
        cleaned: dict[str, Any] = super().clean() or {}
        is_upload = cleaned.get("provider") == Provider.UPLOAD
        if not cleaned.get("clone_url") and not is_upload and "clone_url" not in self.errors:
            message = gettext("Give the clone URL: a push names a commit, not where to fetch it from.")
            self.add_error("clone_url", message)
        return cleaned

    def clean_paths(self) -> list[str]:
        """Return the paths, each relative and inside the repository."""
        lines = [line.strip() for line in self.cleaned_data["paths"].splitlines()]
        paths = [line for line in lines if line]
        if len(paths) > MAX_PATHS:
            message = gettext("You gave {count} paths. Give at most {limit}.").format(count=len(paths), limit=MAX_PATHS)
            raise forms.ValidationError(message)
        for path in paths:
            if len(path) > MAX_PATH_LENGTH:
                message = gettext("{path}… is longer than {limit} characters.")
                raise forms.ValidationError(message.format(path=path[:40], limit=MAX_PATH_LENGTH))
            if hidden_characters(path):
                message = gettext("{path} has a character that cannot be shown.").format(path=repr(path))
                raise forms.ValidationError(message)
            if path.startswith("/") or ".." in path.split("/"):
                message = gettext("{path} is not a relative path inside the repository.").format(path=repr(path))
                raise forms.ValidationError(message)
        return paths

    def save(self, commit: bool = True) -> Repository:
        """Save the repository, with the token encrypted."""
        if self.cleaned_data["clone_token"]:
            self.instance.clone_secret = Sealed.of(self.cleaned_data["clone_token"])
        return super().save(commit=commit)


class RepositoryAccessForm(RepositoryForm):
    """A followed repository as it is changed later, with its token. Fields of secrets that are left empty keep them.

    A secret is never sent to a host that it was not given for: where the address of its host changes, it is dropped.
    """

    api_token = forms.CharField(
        required=False,
        max_length=2000,
        label=_("Token of the API"),
        help_text=_(
            "For commit statuses, comments and change requests. It is stored encrypted and never shown; leave it "
            "empty to keep the one that is stored."
        ),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    forgets_token = forms.BooleanField(required=False, label=_("Forget the stored token of the API"))

    class Meta(RepositoryForm.Meta):
        fields = (*RepositoryForm.Meta.fields, "api_url", "reports_pushes")
        labels: ClassVar[dict[str, Any]] = {
            **RepositoryForm.Meta.labels,
            "api_url": _("Address of the API"),
            "reports_pushes": _("Post a commit status and a comment on the pull request for each push"),
        }
        help_texts: ClassVar[dict[str, Any]] = {
            "api_url": _("Leave it empty for the usual address on the host of the clone URL."),
            "reports_pushes": _("Each is posted once for a commit, and updated when the answer changes."),
        }

    field_order = (*RepositoryForm.Meta.fields, "clone_token", "api_url", "api_token", "forgets_token")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._hosts = self._secret_hosts()
        if not self.is_bound:
            self.initial["paths"] = "\n".join(self.instance.paths)
        if not self.instance.api_token:
            del self.fields["forgets_token"]

    def clean_api_url(self) -> str:
        """Return the address without a trailing slash; a token is sent over https only."""
        text: str = self.cleaned_data["api_url"].strip().rstrip("/")
        if not text:
            return ""
        try:
            parts = parse_address(text)
        except InvalidAddress as error:
            message = gettext("This address cannot be used: {reason}.").format(reason=gettext(str(error)))
            raise forms.ValidationError(message) from error
        if parts.username or parts.query or parts.fragment:
            raise forms.ValidationError(gettext("This address cannot be used: give it without a login, ? and #."))
        if parts.scheme != "https" and not is_allow_listed(parts.hostname or "", settings.WHEELWAY_ALLOW_PRIVATE_HOSTS):
            raise forms.ValidationError(gettext("The token would be sent unencrypted. Use an https:// address."))
        return text

    def clean(self) -> dict[str, Any]:
        """Require a token where pushes are to be reported."""
        cleaned = super().clean()
        has_token = cleaned.get("api_token") or (self.instance.api_token and not cleaned.get("forgets_token"))
        if cleaned.get("reports_pushes") and not has_token:
            self.add_error("api_token", gettext("Statuses and comments need a token of the API."))
        return cleaned

    def save(self, commit: bool = True) -> Repository:
        """Save the repository, with new secrets encrypted, and those dropped that belong to another host."""
        clone_host, api_host = self._secret_hosts()
        if clone_host != self._hosts[0]:
            self.instance.clone_secret = Sealed()
        if api_host != self._hosts[1] or self.cleaned_data.get("forgets_token"):
            self.instance.api_token = Sealed()
        if self.cleaned_data["api_token"]:
            self.instance.api_token = Sealed.of(self.cleaned_data["api_token"].strip())
        if not self.instance.api_token:
            self.instance.reports_pushes = False
        if {"clone_url", "provider"} & set(self.changed_data):
            # What was known of the repository at the old address does not hold for another.
            self.instance.host_id = self.instance.last_commit = ""
        self.instance.api_error, self.instance.api_status = "", 0
        return super().save(commit=commit)

    def _secret_hosts(self) -> tuple[str, str]:
        """Return the hosts to which the stored secrets are sent: that of git, and that of the API."""
        try:
            url = parse_clone_url(self.instance.clone_url)
            clone = str(CloneUrl(url.scheme, url.host, url.port, ""))
        except InvalidCloneUrl:
            clone = ""
        return clone, "/".join([clone, *self.instance.api_url.lower().split("/")[:3]])
