"""Input checking of the pages about a project's indexes. No form ever sends a login back."""

from __future__ import annotations

import ipaddress
from contextlib import suppress
from typing import Any

from django import forms
from django.conf import settings

from projects.models import IndexRole
from scanner.domain.index_address import InvalidAddress, encode_login, normalize_address, parse_address
from scanner.domain.network import is_allow_listed, may_connect

_LONGEST = 500
# Tokens in an address may be long; they do not stand in what is stored of it.
_LONGEST_WITH_LOGIN = 4000
_NOT_PUBLIC = (
    "Wheelway asks public addresses only, unless its operator lists the host in WHEELWAY_ALLOW_PRIVATE_HOSTS. "
    "Ask the operator to list {host}."
)
_IN_CLEAR = (
    "Over http:// anyone on the way can read the login. Give the https:// address, or ask the operator to list the "
    "host in WHEELWAY_ALLOW_PRIVATE_HOSTS when it is on your own network."
)


class AddressInput(forms.TextInput):
    """An address as it came, but for a login in it."""

    def format_value(self, value: Any) -> str | None:
        text = super().format_value(value)
        if text is None or "@" not in text:
            return text
        scheme = text.partition("://")[0] if text.lower().startswith(("http://", "https://")) else ""
        return f"{scheme}://{text.rpartition('@')[2]}" if scheme else text.rpartition("@")[2]


class LoginForm(forms.Form):
    """A user name and a secret for `url`; both may stay empty.

    `login` in the cleaned data is as it stands before the @ of an address.
    """

    username = forms.CharField(
        required=False,
        max_length=200,
        label="User name",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    secret = forms.CharField(
        required=False,
        strip=False,
        max_length=2000,
        label="Password or token",
        help_text="Stored encrypted and never shown. A token without a user name is sent as the user name.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, url: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.url = url

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        cleaned["login"] = encode_login(cleaned.get("username", ""), cleaned.get("secret", ""))
        if cleaned["login"] and self.url and is_in_clear(self.url):
            self.add_error("secret", _IN_CLEAR)
        return cleaned


class IndexForm(LoginForm):
    """An index to name. In the cleaned data `address` has no login: that is in `login`, wherever it was given."""

    address = forms.CharField(
        max_length=_LONGEST_WITH_LOGIN,
        label="Address",
        help_text="As pip takes it: https://index.example/simple. A login in it is put apart and stored encrypted.",
        widget=AddressInput(attrs={"autocomplete": "off", "spellcheck": "false", "inputmode": "url"}),
    )
    role = forms.ChoiceField(
        choices=[
            (IndexRole.EXTRA.value, "Beside the default (--extra-index-url)"),
            (IndexRole.PRIMARY.value, "In the place of the default (--index-url)"),
        ],
        initial=IndexRole.EXTRA.value,
        label="What it is to your installer",
        help_text="pip takes the best version of all indexes, wherever it stands. A new one in the place of the "
        "default makes the one before an extra one.",
    )
    closes_releases = forms.BooleanField(
        required=False,
        label="Files join a release only in its first 14 days, as on the public index",
        help_text="Check it for a mirror of the public index only. An older release then counts as finished: "
        "advice is to wait for a new one. Anywhere else a wheel may join an old release any day.",
    )

    login_of_address = ""
    field_order = ("address", "role", "username", "secret", "closes_releases")

    def clean_address(self) -> str:
        text: str = self.cleaned_data["address"].strip()
        if "${" in text:
            raise forms.ValidationError("Write what ${…} stands for: Wheelway never expands variables.")
        try:
            parts = parse_address(text)
            plain = normalize_address(text)
        except InvalidAddress as error:
            raise forms.ValidationError(f"This address cannot be used: {error}.") from error
        host = parts.hostname or ""
        if not _may_be_asked(host):
            raise forms.ValidationError(_NOT_PUBLIC.format(host=host))
        if len(plain) > _LONGEST:
            raise forms.ValidationError(f"An address has no more than {_LONGEST} characters.")
        self.url, self.login_of_address = plain, parts.netloc.rpartition("@")[0]
        if self.login_of_address and is_in_clear(plain):
            raise forms.ValidationError(_IN_CLEAR)
        return plain

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.login_of_address and cleaned["login"]:
            self.add_error("username", "The address has a login too. Give it once.")
        cleaned["login"] = self.login_of_address or cleaned["login"]
        return cleaned


def is_in_clear(url: str) -> bool:
    """Whether a login would be sent unencrypted to a host that the operator does not vouch for."""
    parts = parse_address(url)
    return parts.scheme == "http" and not is_allow_listed(parts.hostname or "", settings.WHEELWAY_ALLOW_PRIVATE_HOSTS)


def _may_be_asked(host: str) -> bool:
    """What can be said of a host without asking anybody: numbers, and this machine's own name. The rest shows later."""
    addresses = ["127.0.0.1"] if host.lower().rstrip(".") == "localhost" else []
    with suppress(ValueError):
        addresses.append(str(ipaddress.ip_address(host)))
    return may_connect(host, addresses, settings.WHEELWAY_ALLOW_PRIVATE_HOSTS)
