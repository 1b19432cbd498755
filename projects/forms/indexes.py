"""Forms of the pages about a project's indexes. No form sends a login back to the browser."""

from __future__ import annotations

import ipaddress
from contextlib import suppress
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from projects.forms.fields import OneLineField
from projects.models import IndexRole
from scanner.domain.index_address import InvalidAddress, encode_login, normalize_address, parse_address
from scanner.domain.network import is_allow_listed, may_connect
from scanner.domain.translation import gettext, noop

_MAX_LENGTH = 500
# A token in a URL may be long. It is not part of the stored URL.
_MAX_LENGTH_WITH_LOGIN = 4000
_NOT_PUBLIC = noop("{host} is not a public address. Ask the operator to list it in WHEELWAY_ALLOW_PRIVATE_HOSTS.")
_IN_CLEAR = noop(
    "Over http:// the login would be sent unencrypted. Use an https:// address. For a host on your own network, ask "
    "the operator to list it in WHEELWAY_ALLOW_PRIVATE_HOSTS."
)


class AddressInput(forms.TextInput):
    """A text input that shows an address without its login."""

    def format_value(self, value: Any) -> str | None:
        """Return the address without its login."""
        text = super().format_value(value)
        if text is None or "@" not in text:
            return text
        scheme = text.partition("://")[0] if text.lower().startswith(("http://", "https://")) else ""
        return f"{scheme}://{text.rpartition('@')[2]}" if scheme else text.rpartition("@")[2]


class LoginForm(forms.Form):
    """A user name and a secret for `url`. Both may be empty.

    The cleaned data's `login` has the form that precedes the @ of an address.
    """

    username = OneLineField(
        required=False,
        max_length=200,
        label=_("User name"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    secret = forms.CharField(
        required=False,
        strip=False,
        max_length=2000,
        label=_("Password or token"),
        help_text=_("Stored encrypted and never shown. A token without a user name is sent as the user name."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, url: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.url = url

    def clean(self) -> dict[str, Any]:
        """Set `login`. It is refused if it would be sent unencrypted."""
        cleaned: dict[str, Any] = super().clean() or {}
        cleaned["login"] = encode_login(cleaned.get("username", ""), cleaned.get("secret", ""))
        if cleaned["login"] and self.url and is_in_clear(self.url):
            self.add_error("secret", gettext(_IN_CLEAR))
        return cleaned


class IndexForm(LoginForm):
    """An index to add. In the cleaned data `address` has no login; `login` has it, wherever it was given."""

    address = OneLineField(
        max_length=_MAX_LENGTH_WITH_LOGIN,
        label=_("Address"),
        help_text=_("As for pip: https://index.example/simple. A login in it is stored separately and encrypted."),
        widget=AddressInput(attrs={"autocomplete": "off", "spellcheck": "false", "inputmode": "url"}),
    )
    role = forms.ChoiceField(
        choices=[
            (IndexRole.EXTRA.value, _("Additional index (--extra-index-url)")),
            (IndexRole.PRIMARY.value, _("Replaces the default index (--index-url)")),
        ],
        initial=IndexRole.EXTRA.value,
        label=_("Role"),
        help_text=_(
            "pip takes the best version from all indexes, whatever their order. If you replace the default "
            "again, the index that replaced it before becomes an additional one."
        ),
    )
    closes_releases = forms.BooleanField(
        required=False,
        label=_("Releases get files only in their first 14 days, as on the public index"),
        help_text=_(
            "Check this only for a mirror of the public index. Older releases then count as complete, and the "
            "advice is to wait for a new release. On other indexes a wheel may be added to an old release at any time."
        ),
    )

    login_of_address = ""
    field_order = ("address", "role", "username", "secret", "closes_releases")

    def clean_address(self) -> str:
        """Return the address without its login."""
        text: str = self.cleaned_data["address"].strip()
        if "${" in text:
            raise forms.ValidationError(gettext("Replace ${…} with its value: Wheelway does not expand variables."))
        try:
            parts = parse_address(text)
            plain = normalize_address(text)
        except InvalidAddress as error:
            message = gettext("This address cannot be used: {reason}.").format(reason=gettext(str(error)))
            raise forms.ValidationError(message) from error
        host = parts.hostname or ""
        if not _may_be_asked(host):
            raise forms.ValidationError(gettext(_NOT_PUBLIC).format(host=host))
        if len(plain) > _MAX_LENGTH:
            message = gettext("The address is longer than {limit} characters.").format(limit=_MAX_LENGTH)
            raise forms.ValidationError(message)
        self.url, self.login_of_address = plain, parts.netloc.rpartition("@")[0]
        if self.login_of_address and is_in_clear(plain):
            raise forms.ValidationError(gettext(_IN_CLEAR))
        return plain

    def clean(self) -> dict[str, Any]:
        """Set `login` from the address or from its own fields, but not from both."""
        cleaned = super().clean()
        if self.login_of_address and cleaned["login"]:
            self.add_error("username", gettext("The address already contains a login. Give it in one place only."))
        cleaned["login"] = self.login_of_address or cleaned["login"]
        return cleaned


def is_in_clear(url: str) -> bool:
    """Return whether a login would be sent unencrypted to a host that the operator has not allowed."""
    parts = parse_address(url)
    return parts.scheme == "http" and not is_allow_listed(parts.hostname or "", settings.WHEELWAY_ALLOW_PRIVATE_HOSTS)


def _may_be_asked(host: str) -> bool:
    """Return whether the host may be contacted, as far as IP addresses and localhost tell; names are resolved later."""
    addresses = ["127.0.0.1"] if host.lower().rstrip(".") == "localhost" else []
    with suppress(ValueError):
        addresses.append(str(ipaddress.ip_address(host)))
    return may_connect(host, addresses, settings.WHEELWAY_ALLOW_PRIVATE_HOSTS)
