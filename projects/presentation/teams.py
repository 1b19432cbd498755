"""View models of the pages of teams, and the audit log as sentences, CSV and JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from msgspec import Struct

from projects.domain.logged_action import LoggedAction
from projects.presentation.formats.csv_table import safe_cell

LOG_COLUMNS = ("number", "at", "who", "address", "action", "target", "before", "after")
_SENTENCES: Mapping[LoggedAction, str] = {
    LoggedAction.SIGNED_IN: "signed in {target}",
    LoggedAction.ACCOUNT_MADE: "made the account {target}",
    LoggedAction.TEAM_MADE: "made the team {target}",
    LoggedAction.TEAM_RENAMED: "renamed the team from {before} to {after}",
    LoggedAction.TEAM_DELETED: "deleted the team {target}",
    LoggedAction.MEMBER_INVITED: "invited {target} as {after}",
    LoggedAction.INVITATION_REVOKED: "revoked the invitation of {target}",
    LoggedAction.MEMBER_JOINED: "joined as {after}",
    LoggedAction.ROLE_CHANGED: "changed the role of {target} from {before} to {after}",
    LoggedAction.MEMBER_REMOVED: "removed {target}, who was {before}",
    LoggedAction.MEMBER_LEFT: "left, and was {before}",
    LoggedAction.PROJECT_MADE: "added the project {target}",
    LoggedAction.PROJECT_RENAMED: "renamed the project {target} from {before} to {after}",
    LoggedAction.PROJECT_MOVED: "moved the project {target} from {before} to {after}",
    LoggedAction.PROJECT_DELETED: "deleted the project {target}",
    LoggedAction.PROJECT_RESTORED: "undid the deletion of the project {target}",
    LoggedAction.POLICY_CHANGED: "changed targets or policy of {target}",
    LoggedAction.INDEX_SET: "set the index {after} of {target}",
    LoggedAction.INDEX_REMOVED: "removed the index {before} of {target}",
    LoggedAction.REPOSITORY_CHANGED: "changed the repository {after} of {target}",
    LoggedAction.REQUEST_ASKED: "asked for the change request of {target} at {after}",
    LoggedAction.WAIVER_MADE: "made the waiver {after} for {target}",
    LoggedAction.WAIVER_ENDED: "ended the waiver {before} for {target}",
    LoggedAction.BREAK_ADDED: "added a known break of {after} for the team of {target}",
    LoggedAction.BREAK_CONTESTED: "contested a known break of {after} for the team of {target}",
    LoggedAction.BREAK_TAKEN_BACK: "took back what the team of {target} said of a break of {before}",
    LoggedAction.BADGE_MADE: "made a badge of {after} for {target}",
    LoggedAction.BADGE_REVOKED: "revoked a badge of {target}",
    LoggedAction.KEY_MADE: "made the API key {target} ({after})",
    LoggedAction.KEY_REVOKED: "revoked the API key {target}",
    LoggedAction.ENDPOINT_ADDED: "added the endpoint {target} at {after}",
    LoggedAction.ENDPOINT_REKEYED: "replaced the secret of the endpoint {target}",
    LoggedAction.ENDPOINT_REMOVED: "removed the endpoint {target}",
    LoggedAction.ADDRESS_CHANGED: "changed the e-mail address of the account {target}",
}


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
        return _SENTENCES[self.action].format(target=self.target, before=self.before, after=self.after)

    def values(self) -> list[object]:
        """Return the values of LOG_COLUMNS."""
        at = f"{self.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        return [self.pk, at, self.who, self.address, self.action.value, self.target, self.before, self.after]


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
