"""Who may do what in a team: the roles, the actions, and the least role for each action."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from scanner.domain.translation import gettext, noop


class Role(StrEnum):
    """The role of a member of a team. Each role includes the permissions of the ones before it."""

    READER = "reader"
    MEMBER = "member"
    MANAGER = "manager"
    OWNER = "owner"

    @property
    def rank(self) -> int:
        """The place among the roles, 0 for the one that permits least."""
        return list(Role).index(self)


class Action(StrEnum):
    """Something that a member of a team may do if the role permits it."""

    READ = "read"
    CHANGE_PROJECT = "change a project"
    ADD_PROJECT = "add a project"
    MANAGE_PROJECT = "rename, move and delete a project"
    MANAGE_MEMBERS = "invite people, change roles and remove members"
    READ_LOG = "read the audit log"
    MANAGE_TEAM = "rename and delete the team"


ROLE_NAMES: Mapping[Role, str] = {
    Role.READER: noop("read-only"),
    Role.MEMBER: noop("member"),
    Role.MANAGER: noop("manager"),
    Role.OWNER: noop("owner"),
}
LEAST_ROLE: Mapping[Action, Role] = {
    Action.READ: Role.READER,
    Action.CHANGE_PROJECT: Role.MEMBER,
    Action.ADD_PROJECT: Role.MEMBER,
    Action.MANAGE_PROJECT: Role.MANAGER,
    Action.MANAGE_MEMBERS: Role.MANAGER,
    Action.READ_LOG: Role.MANAGER,
    Action.MANAGE_TEAM: Role.OWNER,
}


def role_name(role: Role) -> str:
    """Return what people read of a role."""
    return gettext(ROLE_NAMES[role])


def may(role: str | None, action: Action) -> bool:
    """Return whether a member with this role may do it; nobody without a role may."""
    return role is not None and Role(role).rank >= LEAST_ROLE[action].rank


def roles_that_may(action: Action) -> list[Role]:
    """Return the roles that permit an action."""
    return [role for role in Role if may(role, action)]


def may_set_role(actor: str | None, before: Role | None, after: Role | None) -> bool:
    """Return whether a member may change another's role, invite to it (`before` None) or remove it (`after` None).

    Nobody gives a role above their own or takes one.
    """
    if actor is None or not may(actor, Action.MANAGE_MEMBERS):
        return False
    return all(role is None or role.rank <= Role(actor).rank for role in (before, after))
