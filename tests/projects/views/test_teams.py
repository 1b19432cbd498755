"""The pages of teams: members, roles, invitations and the audit log."""

import csv
import json
import re
from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from projects.domain.permissions import Role
from projects.models import Invitation, LogEntry, Membership, Project, Team
from projects.services.teams import create_team
from tests.cast import LINUX_313, PASSWORD, Cast, add_member, role_of
from tests.web import text

pytestmark = pytest.mark.django_db
TEAM = "/teams/practice-api/"
NEW = {"username": "dave", "first_name": "Dave", "password1": PASSWORD, "password2": PASSWORD}


@pytest.fixture
def owner(cast: Cast) -> Client:
    """Return alice's client, as an owner of the team."""
    Membership.objects.filter(user=cast.alice).update(role=Role.OWNER)
    client = Client()
    client.force_login(cast.alice)
    return client


def invite(client: Client, role: str = "member", email: str = "") -> str:
    """Invite, and return the path of the link that the page or the mail has."""
    response = client.post(f"{TEAM}invite/", {"role": role, "email": email})
    said = mail.outbox[-1].body if email else response.content.decode()
    found = re.search(r"http://\S+?(/invitations/[\w-]+/)", str(said))
    assert found is not None
    return found[1]


def test_members_see_each_other_and_managers_what_they_may_change(owner: Client, bob: Client) -> None:
    seen, managed = text(bob.get(TEAM).content), text(owner.get(TEAM).content)
    assert "alice" in seen
    assert "Your role: read-only." in seen
    assert "Invite a member" not in seen
    assert "Invite a member" in managed
    assert "practice-api owner 2 1" in text(owner.get("/teams/").content)


def test_a_manager_changes_roles_up_to_its_own(cast: Cast, alice: Client) -> None:
    add_member(cast.project, cast.carol, Role.OWNER)
    alice.post(f"{TEAM}members/{cast.bob.pk}/", {"role": "manager"})
    assert role_of(cast.project, cast.bob) == Role.MANAGER
    assert alice.post(f"{TEAM}members/{cast.bob.pk}/", {"role": "owner"}).status_code == 403
    assert alice.post(f"{TEAM}members/{cast.carol.pk}/", {"remove": "1"}).status_code == 403
    alice.post(f"{TEAM}members/{cast.bob.pk}/", {"remove": "1"})
    assert role_of(cast.project, cast.bob) is None


def test_the_last_owner_neither_leaves_nor_steps_down(cast: Cast, owner: Client) -> None:
    for path, data in (("leave/", {}), (f"members/{cast.alice.pk}/", {"role": "reader"})):
        assert "at least one owner" in text(owner.post(f"{TEAM}{path}", data, follow=True).content)
    owner.post(f"{TEAM}members/{cast.bob.pk}/", {"role": "owner"})
    owner.post(f"{TEAM}leave/")
    assert (role_of(cast.project, cast.alice), role_of(cast.project, cast.bob)) == (None, Role.OWNER)
    assert owner.get("/projects/practice-api/").status_code == 404


def test_a_link_makes_one_account_a_member_once(cast: Cast, owner: Client, carol: Client) -> None:
    path = invite(owner, "manager")
    assert not Invitation.objects.filter(digest__in=path.split("/")).exists()
    assert "to practice-api, with the role “manager”" in text(carol.get(path).content)
    carol.post(path)
    assert role_of(cast.project, cast.carol) == Role.MANAGER
    assert carol.post(path).status_code == 404


def test_a_new_account_joins_by_mail_with_the_address_of_the_invitation(cast: Cast, owner: Client) -> None:
    path = invite(owner, "reader", "dave@team.example")
    assert mail.outbox[-1].to == ["dave@team.example"]
    visitor = Client()
    assert "E-mail address" not in text(visitor.get(path).content)
    assert visitor.post(path, {**NEW, "password2": "another"}).status_code == 422
    assert visitor.post(path, {**NEW, "email": "else@where.example"}).headers["Location"] == "/"
    dave = User.objects.get(username="dave")
    assert (dave.email, dave.check_password(PASSWORD)) == ("dave@team.example", True)
    assert role_of(cast.project, dave) == Role.READER
    assert visitor.get("/projects/practice-api/").status_code == 200


def test_a_mailed_invitation_is_for_its_address_only(cast: Cast, owner: Client, carol: Client) -> None:
    path = invite(owner, email="dave@team.example")
    assert "another e-mail address" in text(carol.post(path).content)
    assert role_of(cast.project, cast.carol) is None
    User.objects.filter(pk=cast.carol.pk).update(email="Dave@team.example")
    carol.post(path)
    assert role_of(cast.project, cast.carol) == Role.MEMBER


@pytest.mark.parametrize("ending", ["revoked", "expired", "inviter left"])
def test_an_invitation_that_ended_shows_nothing(cast: Cast, alice: Client, carol: Client, ending: str) -> None:
    add_member(cast.project, User.objects.create_user("erin"), Role.OWNER)
    path = invite(alice)
    if ending == "revoked":
        alice.post(f"{TEAM}invitations/{Invitation.objects.get().pk}/revoke/")
    elif ending == "expired":
        Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    else:
        alice.post(f"{TEAM}leave/")
    for response in (carol.get(path), carol.post(path)):
        assert response.status_code == 404
        assert "practice-api" not in text(response.content)


def test_invitations_that_cannot_be_sent_are_revoked(owner: Client, settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_PORT = 1
    page = text(owner.post(f"{TEAM}invite/", {"role": "reader", "email": "d@team.example"}, follow=True).content)
    assert "was not sent, and is revoked" in page
    assert not Invitation.objects.usable(timezone.now()).exists()


def test_a_team_is_made_renamed_and_deleted_while_it_has_no_projects(owner: Client) -> None:
    owner.post("/teams/", {"name": " Data  platform "})
    owner.post("/teams/data-platform/rename/", {"name": "Data"})
    assert Team.objects.get(slug="data-platform").name == "Data"
    owner.post("/teams/data-platform/delete/")
    assert not Team.objects.filter(slug="data-platform").exists()
    assert "cannot be deleted" in text(owner.post(f"{TEAM}delete/", follow=True).content)
    assert [entry.action for entry in LogEntry.objects.filter(actor_name="alice").order_by("pk")] == [
        "team-made",
        "team-renamed",
        "team-deleted",
    ]


def test_the_audit_log_says_who_did_what_and_is_exported(cast: Cast, owner: Client) -> None:
    owner.post(f"{TEAM}members/{cast.bob.pk}/", {"role": "manager"})
    owner.post("/projects/practice-api/settings/", {"name": "=Practice", "tags": ""})
    page = text(owner.get(f"{TEAM}log/").content)
    assert "alice changed the role of bob from read-only to manager 127.0.0.1" in page
    assert "renamed the project practice-api from practice-api to =Practice" in page
    newest, oldest = csv.DictReader(StringIO(owner.get(f"{TEAM}log.csv").content.decode()))
    assert (newest["who"], newest["action"], newest["after"]) == ("alice", "project-renamed", "'=Practice")
    assert json.loads(owner.get(f"{TEAM}log.json").content)[1]["number"] == int(oldest["number"])


def test_the_page_of_members_and_log_have_a_fixed_number_of_queries(
    cast: Cast, owner: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(5):
        add_member(cast.project, User.objects.create_user(f"m{number}"), Role.MEMBER)
        invite(owner)
    # Session and user, the team, members, projects and invitations.
    with django_assert_num_queries(6):
        owner.get(TEAM)
    with django_assert_num_queries(4):
        owner.get(f"{TEAM}log/")


def test_a_project_is_added_to_a_chosen_team_and_given_to_another(cast: Cast, alice: Client) -> None:
    create_team(cast.alice, "Web")
    create_team(cast.carol, "Foreign")
    form = {"name": "Shop", "pasted": "orjson==1.0\n", "target": [LINUX_313], "team": "web"}
    assert alice.post("/projects/add/", {**form, "team": "foreign"}).status_code == 422
    alice.post("/projects/add/", form)
    project = Project.objects.get(slug="shop")
    assert project.team.slug == "web"
    move = "/projects/shop/move-to-team/"
    assert "Choose another team" in text(alice.post(move, {"team": "foreign"}, follow=True).content)
    alice.post(move, {"team": "practice-api"})
    project.refresh_from_db()
    assert project.team == cast.project.team
    # Both teams' logs say it.
    assert LogEntry.objects.filter(action="project-moved").count() == 2
