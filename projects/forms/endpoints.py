"""The form that adds an endpoint."""

from __future__ import annotations

from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from projects.domain.endpoints.events import CHOSEN_EVENTS, EventKind
from projects.forms.fields import OneLineField
from projects.models import EndpointFormat
from projects.presentation.endpoints.bodies import EVENT_NAMES
from scanner.domain.network import is_allow_listed
from scanner.domain.translation import gettext

_USUAL = [EventKind.BLOCKER_FELL, EventKind.BLOCKER_NEW, EventKind.TARGET_READY]


class EndpointForm(forms.Form):
    """What an endpoint is, and what it is sent."""

    name = OneLineField(max_length=60, label=_("Name"), help_text=_("Such as the name of the channel."))
    format = forms.ChoiceField(
        label=_("Messages for"),
        choices=EndpointFormat.choices,
        initial=EndpointFormat.STANDARD,
        widget=forms.Select(attrs={"translate": "no"}),
    )
    url = OneLineField(
        max_length=1000,
        label=_("Address"),
        help_text=_("It begins with https://. It is stored encrypted, and only its host is shown."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "inputmode": "url"}),
    )
    events = forms.MultipleChoiceField(
        label=_("Events"),
        choices=[(kind.value, _(EVENT_NAMES[kind])) for kind in CHOSEN_EVENTS],
        initial=[kind.value for kind in _USUAL],
        widget=forms.CheckboxSelectMultiple,
    )

    def clean_url(self) -> str:
        """Return the address. Whether its host is public is checked when a message is sent."""
        address: str = self.cleaned_data["url"]
        try:
            parts = urlsplit(address)
            host, _port = parts.hostname, parts.port
        except ValueError:
            raise ValidationError(gettext("This is not an address.")) from None
        if parts.scheme not in {"https", "http"} or not host or not address.isascii() or " " in address:
            raise ValidationError(gettext("Give an address that begins with https://."))
        if parts.scheme == "http" and not is_allow_listed(host, settings.WHEELWAY_ALLOW_PRIVATE_HOSTS):
            text = gettext("Without encryption others could read the messages: give an address with https://.")
            raise ValidationError(text)
        if parts.username is not None or parts.fragment:
            raise ValidationError(gettext("An address with a login or a fragment (#…) cannot be used."))
        return address
