"""What the audit log records, and who did it."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class LoggedAction(StrEnum):
    """An action of a user; the value is stored."""

    SIGNED_IN = "signed-in"
    ACCOUNT_MADE = "account-made"
    TEAM_MADE = "team-made"
    TEAM_RENAMED = "team-renamed"
    TEAM_DELETED = "team-deleted"
    MEMBER_INVITED = "member-invited"
    INVITATION_REVOKED = "invitation-revoked"
    MEMBER_JOINED = "member-joined"
    ROLE_CHANGED = "role-changed"
    MEMBER_REMOVED = "member-removed"
    MEMBER_LEFT = "member-left"
    PROJECT_MADE = "project-made"
    PROJECT_RENAMED = "project-renamed"
    PROJECT_MOVED = "project-moved"
    PROJECT_DELETED = "project-deleted"
    PROJECT_RESTORED = "project-restored"
    POLICY_CHANGED = "policy-changed"
    INDEX_SET = "index-set"
    INDEX_REMOVED = "index-removed"
    REPOSITORY_CHANGED = "repository-changed"
    REQUEST_ASKED = "request-asked"
    WAIVER_MADE = "waiver-made"
    WAIVER_ENDED = "waiver-ended"
    BREAK_ADDED = "break-added"
    BREAK_CONTESTED = "break-contested"
    BREAK_TAKEN_BACK = "break-taken-back"
    BADGE_MADE = "badge-made"
    BADGE_REVOKED = "badge-revoked"
    KEY_MADE = "key-made"
    KEY_REVOKED = "key-revoked"
    ENDPOINT_ADDED = "endpoint-added"
    ENDPOINT_REKEYED = "endpoint-rekeyed"
    ENDPOINT_REMOVED = "endpoint-removed"
    ADDRESS_CHANGED = "address-changed"


class Actor(Struct, frozen=True):
    """Who does something: the account, None for the application itself, and the address that the request came from."""

    key: int | None
    name: str
    address: str = ""
