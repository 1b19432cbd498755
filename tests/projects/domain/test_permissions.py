"""The roles of a team: what each permits, and whom it may give which role."""

import pytest

from projects.domain.permissions import LEAST_ROLE, Action, Role, may, may_set_role, roles_that_may


def test_each_role_permits_what_the_ones_before_it_do() -> None:
    for before, after in zip(Role, list(Role)[1:], strict=False):
        permitted = {action for action in Action if may(before, action)}
        assert permitted < {action for action in Action if may(after, action)}


def test_every_action_has_a_least_role_and_permits_nothing_without_one() -> None:
    assert LEAST_ROLE.keys() == set(Action)
    assert not any(may(None, action) for action in Action)
    assert roles_that_may(Action.MANAGE_MEMBERS) == [Role.MANAGER, Role.OWNER]


@pytest.mark.parametrize(
    ("actor", "before", "after", "is_permitted"),
    [
        (Role.OWNER, Role.OWNER, Role.READER, True),
        (Role.OWNER, None, Role.OWNER, True),
        (Role.MANAGER, Role.READER, Role.MANAGER, True),
        (Role.MANAGER, Role.MANAGER, None, True),
        (Role.MANAGER, Role.MEMBER, Role.OWNER, False),
        (Role.MANAGER, Role.OWNER, None, False),
        (Role.MEMBER, Role.READER, Role.MEMBER, False),
        (None, None, Role.READER, False),
    ],
)
def test_a_role_above_ones_own_is_neither_given_nor_taken(
    actor: Role | None, before: Role | None, after: Role | None, is_permitted: bool
) -> None:
    assert may_set_role(actor, before, after) is is_permitted
