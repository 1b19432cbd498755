"""View models of the pages of teams, and the audit log as sentences, CSV and JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from msgspec import Struct

from projects.domain.logged_action import LoggedAction
from projects.domain.permissions import ROLE_NAMES
from projects.presentation.formats.csv_table import safe_cell
from scanner.domain.phrases import join_words
from scanner.domain.translation import gettext, noop

LOG_COLUMNS = ("number", "at", "who", "address", "action", "target", "before", "after")
_SENTENCES: Mapping[LoggedAction, str] = {
    LoggedAction.SIGNED_IN: noop("signed in {target}"),
    LoggedAction.ACCOUNT_MADE: noop("created the account {target}"),
    LoggedAction.TEAM_MADE: noop("created the team {target}"),
    LoggedAction.TEAM_RENAMED: noop("renamed the team from {before} to {after}"),
    LoggedAction.TEAM_DELETED: noop("deleted the team {target}"),
    LoggedAction.MEMBER_INVITED: noop("invited {target} as {after}"),
    LoggedAction.INVITATION_REVOKED: noop("revoked the invitation of {target}"),
    LoggedAction.MEMBER_JOINED: noop("joined as {after}"),
    LoggedAction.ROLE_CHANGED: noop("changed the role of {target} from {before} to {after}"),
    LoggedAction.MEMBER_REMOVED: noop("removed {target}, who was {before}"),
    LoggedAction.MEMBER_LEFT: noop("left, and was {before}"),
    LoggedAction.PROJECT_MADE: noop("added the project {target}"),
    LoggedAction.PROJECT_RENAMED: noop("renamed the project {target} from {before} to {after}"),
    LoggedAction.PROJECT_MOVED: noop("moved the project {target} from {before} to {after}"),
    LoggedAction.PROJECT_DELETED: noop("deleted the project {target}"),
    LoggedAction.PROJECT_RESTORED: noop("undid the deletion of the project {target}"),
    LoggedAction.POLICY_CHANGED: noop("changed targets or policy of {target}"),
    LoggedAction.INDEX_SET: noop("set the index {after} of {target}"),
    LoggedAction.INDEX_REMOVED: noop("removed the index {before} of {target}"),
    LoggedAction.REPOSITORY_CHANGED: noop("changed the repository {after} of {target}"),
    LoggedAction.REQUEST_ASKED: noop("asked for the change request of {target} at {after}"),
    LoggedAction.WAIVER_MADE: noop("created the waiver {after} for {target}"),
    LoggedAction.WAIVER_ENDED: noop("ended the waiver {before} for {target}"),
    LoggedAction.BREAK_ADDED: noop("added a known break of {after} for the team of {target}"),
    LoggedAction.BREAK_CONTESTED: noop("contested a known break of {after} for the team of {target}"),
    LoggedAction.BREAK_TAKEN_BACK: noop("took back what the team of {target} said of a break of {before}"),
    LoggedAction.BADGE_MADE: noop("created a badge of {after} for {target}"),
    LoggedAction.BADGE_REVOKED: noop("revoked a badge of {target}"),
    LoggedAction.KEY_MADE: noop("created the API key {target} ({after})"),
    LoggedAction.KEY_REVOKED: noop("revoked the API key {target}"),
    LoggedAction.ENDPOINT_ADDED: noop("added the endpoint {target} at {after}"),
    LoggedAction.ENDPOINT_REKEYED: noop("replaced the secret of the endpoint {target}"),
    LoggedAction.ENDPOINT_REMOVED: noop("removed the endpoint {target}"),
    LoggedAction.ADDRESS_CHANGED: noop("changed the e-mail address of the account {target}"),
}

_OF_INVITATIONS = {LoggedAction.MEMBER_INVITED, LoggedAction.INVITATION_REVOKED}
_OF_ROLES = {
    LoggedAction.MEMBER_INVITED,
    LoggedAction.MEMBER_JOINED,
    LoggedAction.ROLE_CHANGED,
    LoggedAction.MEMBER_REMOVED,
    LoggedAction.MEMBER_LEFT,
}
# What a line says of a sign-in or an invitation without an address.
BY_LINK = noop("by a link")
# The ways to sign in that have a name, as django-allauth calls them; others are names of sites.
_WITH = "with "
_WAYS = (noop("password"), noop("totp"), noop("webauthn"), noop("recovery_codes"))


class TeamRow(Struct, frozen=True):
    """A team in the list of a user."""

    slug: str
    name: str
    role: str
    members: int
    projects: int


class RoleChoice(Struct, frozen=True):
    """A role that may be given to a member."""

    value: str
    label: str
    is_chosen: bool


class MemberRow(Struct, frozen=True):
    """A member of a team. `choices` are the roles that the reader may give, none for one who may not change it."""

    pk: int
    username: str
    name: str
    role: str
    rank: int
    is_you: bool
    is_active: bool
    last_sign_in: datetime | None
    choices: tuple[RoleChoice, ...]


class InvitationRow(Struct, frozen=True):
    """An invitation that can still be accepted."""

    pk: int
    email: str
    role: str
    made_by: str
    made_at: datetime
    expires_at: datetime


class LogLine(Struct, frozen=True):
    """A line of the audit log."""

    pk: int
    at: datetime
    who: str
    address: str
    action: LoggedAction
    target: str
    before: str
    after: str

    @property
    def sentence(self) -> str:
        """What was done, to follow the name of who did it."""
        target, before, after = self.target, self.before, self.after
        if self.action is LoggedAction.SIGNED_IN:
            target = _way_text(target)
        elif self.action in _OF_INVITATIONS and target == BY_LINK:
            target = gettext(BY_LINK)
        if self.action in _OF_ROLES:
            before, after = _role_text(before), _role_text(after)
        text = gettext(_SENTENCES[self.action]).format(target=target, before=before, after=after)
        # Some lines of sign-ins do not say how.
        return " ".join(text.split())

    def values(self) -> list[object]:
        """Return the values of LOG_COLUMNS."""
        at = f"{self.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        return [self.pk, at, self.who, self.address, self.action.value, self.target, self.before, self.after]


def _way_text(way: str) -> str:
    """Return how a person signed in, from the details given to `log_own`: "by a link", "with password and totp"."""
    if not way.startswith(_WITH):
        return gettext(BY_LINK) if way == BY_LINK else way
    names = [gettext(name) if name in _WAYS else name for name in way.removeprefix(_WITH).split(" and ")]
    return gettext("with {ways}").format(ways=join_words(names))


def _role_text(name: str) -> str:
    """Return a role that a line names, which is stored as in English."""
    return gettext(name) if name in ROLE_NAMES.values() else name


def log_csv(lines: Iterable[LogLine]) -> str:
    """Return the lines as CSV. Cells that a spreadsheet would run become text."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(LOG_COLUMNS)
    writer.writerows([safe_cell(value) for value in line.values()] for line in lines)
    return out.getvalue()


def log_json(lines: Iterable[LogLine]) -> str:
    """Return the lines as JSON."""
    return json.dumps([dict(zip(LOG_COLUMNS, line.values(), strict=True)) for line in lines], indent=1) + "\n"
