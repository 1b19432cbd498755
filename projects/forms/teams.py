"""The forms of teams: their names, members and invitations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib.auth.forms import UserCreationForm
from django.contrib.auth.models import User
from django.utils.translation import gettext_lazy as _

from projects.domain.permissions import Action, Role, may_set_role, role_name
from projects.models import Team

if TYPE_CHECKING:
    _NewUserForm = UserCreationForm[User]
else:
    _NewUserForm = UserCreationForm


class TeamForm(forms.Form):
    """The name of a team."""

    name = forms.CharField(max_length=80, label=_("Name"), widget=forms.TextInput(attrs={"autocomplete": "off"}))

    def clean_name(self) -> str:
        """Return the name on one line."""
        return " ".join(self.cleaned_data["name"].split())


class TeamChoiceForm(forms.Form):
    """The team of a project: one to which the user may add projects, the oldest one unless another is chosen."""

    team = forms.ModelChoiceField(
        Team.objects.none(),
        to_field_name="slug",
        label=_("Team"),
        empty_label=None,
        required=False,
        widget=forms.Select(attrs={"translate": "no"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        team: Any = self.fields["team"]
        team.queryset = Team.objects.where_may(user.pk, Action.ADD_PROJECT)


class InvitationForm(forms.Form):
    """Whom to invite, and to which role: at most that of the inviter."""

    email = forms.EmailField(
        required=False,
        label=_("E-mail address"),
        help_text=_("It is sent there, for the account of that address. Without an address you get a link to pass on."),
    )
    role = forms.ChoiceField(label=_("Role"))

    def __init__(self, *args: Any, inviter: Role, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        role: Any = self.fields["role"]
        role.choices = [(one.value, role_name(one)) for one in Role if may_set_role(inviter, None, one)]
        role.initial = Role.MEMBER.value


class NewAccountForm(_NewUserForm):
    """A new account for an invitation. The address of one that was sent by mail cannot be chosen."""

    class Meta:
        model = User
        fields: ClassVar[list[str]] = ["username", "first_name", "email"]
        labels: ClassVar[dict[str, Any]] = {
            "username": _("Name to sign in with"),
            "first_name": _("Your name"),
            "email": _("E-mail address"),
        }
        help_texts: ClassVar[dict[str, Any]] = {
            "username": _("Letters, digits and @ . + - _ only."),
            "email": _("Alerts are sent there."),
        }

    def __init__(self, *args: Any, address: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._address = address
        if address:
            del self.fields["email"]

    def save(self, commit: bool = True) -> User:
        """Store the account."""
        user = super().save(commit=False)
        user.email = self._address or user.email
        if commit:
            user.save()
        return user
