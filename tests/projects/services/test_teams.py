"""Teams: who gets one, and that none loses its last owner."""

import pytest
from django.core.management import CommandError, call_command

from projects.domain.logged_action import Actor
from projects.domain.permissions import Role
from projects.models import LogEntry, Membership
from projects.services.teams import LastOwner, create_team, set_role, team_for_projects
from tests.cast import Cast, make_cast

pytestmark = pytest.mark.django_db
ACTOR = Actor(None, "a test")


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


def test_a_user_without_a_team_gets_one_for_projects_and_keeps_it(cast: Cast) -> None:
    made = team_for_projects(cast.carol)
    assert (made.name, made.slug) == ("Team of carol", "team-of-carol")
    assert team_for_projects(cast.carol) == made
    # Reading is too little to add projects.
    assert team_for_projects(cast.bob).name == "Team of bob"


def test_teams_of_one_name_have_slugs_of_their_own(cast: Cast) -> None:
    assert [create_team(cast.alice, "Web").slug for _ in range(2)] == ["web", "web-2"]
    assert create_team(cast.alice, "...").slug == "team"


@pytest.mark.parametrize("after", [Role.MANAGER, None])
def test_the_last_owner_stays_one(cast: Cast, after: Role | None) -> None:
    team = create_team(cast.alice, "Platform")
    Membership.objects.create(team=team, user=cast.bob, role=Role.MANAGER)
    with pytest.raises(LastOwner):
        set_role(team, cast.alice.pk, after, ACTOR)
    assert set_role(team, cast.bob.pk, Role.OWNER, ACTOR) is Role.MANAGER
    assert set_role(team, cast.alice.pk, after, ACTOR) is Role.OWNER
    assert set_role(team, cast.carol.pk, after, ACTOR) is None
    left = {} if after is None else {cast.alice.pk: after}
    assert dict(team.memberships.values_list("user", "role")) == {cast.bob.pk: Role.OWNER, **left}


def test_the_operator_gives_a_team_without_owner_one(cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    team = cast.project.team
    Membership.objects.filter(team=team, user=cast.alice).delete()
    # A member gets the role, a stranger becomes a member, and a second time changes nothing.
    for name in ("bob", "carol", "carol"):
        call_command("team-owner", team.slug, name)
    assert list(team.memberships.values_list("role", flat=True)) == [Role.OWNER, Role.OWNER]
    assert "carol is already an owner of practice-api" in capsys.readouterr().out
    logged = LogEntry.objects.filter(team_key=team.pk).order_by("pk")
    assert list(logged.values_list("actor_name", "action", "target", "after")) == [
        ("the operator", "role-changed", "bob", "owner"),
        ("the operator", "member-joined", "carol", "owner"),
    ]
    for arguments in (("nowhere", "bob"), (team.slug, "nobody")):
        with pytest.raises(CommandError, match="There is no"):
            call_command("team-owner", *arguments)
