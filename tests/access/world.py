"""Two teams with everything that a URL can name, and the visitors of the walk."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from django.contrib.auth.models import User
from django.core.mail import EmailMultiAlternatives, get_connection
from django.utils import timezone
from msgspec import Struct
from pytest_django.fixtures import Settings

from projects.domain.logged_action import Actor
from projects.domain.permissions import Role
from projects.models import (
    EndpointFormat,
    KeyScope,
    Membership,
    Note,
    PackageWaiver,
    Project,
    ProjectIndex,
    Repository,
    SavedView,
    Subscription,
)
from projects.selectors.mailbox import stored_messages
from projects.services.alerts.watches import stop_token
from projects.services.api_keys import make_key
from projects.services.badges import make_badge
from projects.services.endpoints.manage import EndpointOwner, add_endpoint
from projects.services.invitations import invite
from projects.services.team_breaks import add_break
from scanner.models import Index, Package
from tests.cast import LINUX_314, add_member, assess_as, make_project, usual_rows

# Who walks, by the row's word for it, from the least permission to the most.
INSIDERS = {role.value: role for role in Role}
OUTSIDERS = ("anonymous", "stranger", "staff")


class World(Struct, frozen=True):
    """The people by their names, and the ids of what is theirs and of what is the other team's."""

    people: Mapping[str, User]
    own: Mapping[str, Mapping[str, str]]
    foreign: Mapping[str, str]


def make_world() -> World:
    """A project of a team, a deleted one of it, and the same of a team of strangers."""
    people = {name: User.objects.create_user(name, f"{name}@team.example") for name in (*INSIDERS, *OUTSIDERS[1:])}
    User.objects.filter(username="staff").update(is_staff=True)
    people["staff"].refresh_from_db()
    mail = EmailMultiAlternatives("subject", "text", "a@team.example", ["b@team.example"])
    # As the text of a real mail, it is in the language of its recipient.
    mail.attach_alternative("<p translate='no'>text</p>", "text/html")
    get_connection().send_messages([mail])

    project = make_project("practice-api")
    deleted = make_project("deleted")
    Project.objects.filter(pk=deleted.pk).update(deleted_at=timezone.now())
    for name, role in INSIDERS.items():
        for one in (project, deleted):
            add_member(one, people[name], role)
    elsewhere = make_project("elsewhere")
    add_member(elsewhere, people["stranger"], Role.MANAGER)
    # The page of a package is for those who use it.
    add_member(elsewhere, people["staff"], Role.READER)

    shared = _things_of_project(project, people["manager"])
    own = {name: {**shared, **_things_of_person(project, person)} for name, person in people.items()}
    own["anonymous"] = own["reader"]
    other = people["stranger"]
    return World(people, own, {**_things_of_project(elsewhere, other), **_things_of_person(elsewhere, other)})


def owner_and_operator(settings: Settings, mailbox: Path) -> World:
    """Make the world with a mailbox, whose owner is the operator too and is called alice."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = mailbox
    world = make_world()
    User.objects.filter(username="owner").update(is_staff=True, username="alice")
    world.people["owner"].refresh_from_db()
    return world


def _things_of_project(project: Project, someone: User) -> dict[str, str]:
    assessment = assess_as(project, usual_rows())
    index = Index.objects.create(url=f"https://{project.slug}.example/simple/", scope=f"project:{project.pk}")
    waiver = PackageWaiver.objects.create(
        project=project,
        kind="ignore",
        name="pyyaml",
        target=LINUX_314,
        reason="not used there",
        owner=someone,
        until=date(2100, 1, 1),
        made_by=someone,
        made_at=timezone.now(),
    )
    entry = {
        "package": "pyyaml",
        "versions": "<6",
        "pythons": ">=3.14",
        "action": "import yaml",
        "symptom": "E",
        "source": "s",
    }
    known_break = add_break(project.team, entry, someone, timezone.now())
    note = Note.objects.create(
        project=project, name="pyyaml", kind="yank", subject="1.0", severity=2, created_at=timezone.now()
    )
    repository = Repository.objects.create(project=project, clone_url=f"https://git.example/team/{project.slug}.git")
    invitation, token = invite(project.team, someone, Role.READER, "", Actor(None, "a test"), timezone.now())
    owners = {"endpoint": EndpointOwner(project=project), "team endpoint": EndpointOwner(team=project.team)}
    endpoints = {name: _endpoint(owner, someone) for name, owner in owners.items()}
    return {
        **endpoints,
        "invitation": str(invitation.pk),
        "invitation token": token,
        "teammate": str(Membership.objects.filter(team=project.team).earliest("pk").user_id),
        "repository": str(repository.pk),
        "snapshot": str(assessment.snapshot_id),
        "index": str(ProjectIndex.objects.create(project=project, index=index).index_id),
        "waiver": str(waiver.pk),
        "break": str(known_break.pk),
        "note": str(note.pk),
        "badge": make_badge(project, LINUX_314, someone, timezone.now()).key,
        "mail": stored_messages()[0].key,
    }


def _endpoint(owner: EndpointOwner, someone: User) -> str:
    actor, url = Actor(None, "a test"), "https://chat.example/hook"
    form, now = EndpointFormat.SLACK, timezone.now()
    made, _ = add_endpoint(owner, someone, actor, now, name="chat", form=form, url=url, events=[])
    return str(made.pk)


def _things_of_person(project: Project, someone: User) -> dict[str, str]:
    package, _ = Package.objects.get_or_create(index=Index.objects.order_by("pk").first(), name="pyyaml")
    watch = Subscription.objects.create(user=someone, project=project, package=package, target=LINUX_314)
    view = SavedView.objects.create(user=someone, name=f"mine on {project.slug}", path="/")
    key, _ = make_key(someone, "a test", KeyScope.WRITE, timezone.now())
    return {"key": str(key.pk), "watch": str(watch.pk), "stop token": stop_token(watch), "view": str(view.pk)}
