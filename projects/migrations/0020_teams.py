"""Let projects belong to teams: those who have the same members become one team, whose managers own it."""

from collections import defaultdict

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

_ROLES = [("reader", "read-only"), ("member", "member"), ("manager", "manager"), ("owner", "owner")]


def gather_teams(apps, schema_editor):
    """Make a team of each distinct set of members and roles, and give it their projects."""
    Project, Membership, Team = (apps.get_model("projects", name) for name in ("Project", "Membership", "Team"))
    names = dict(apps.get_model("auth", "User").objects.values_list("pk", "username"))
    members = defaultdict(set)
    for project, user, role in Membership.objects.values_list("project_id", "user_id", "role"):
        members[project].add((user, role))
    projects = defaultdict(list)
    for pk in Project.objects.order_by("pk").values_list("pk", flat=True):
        projects[frozenset(members[pk])].append(pk)
    Membership.objects.all().delete()
    for number, (people, keys) in enumerate(projects.items(), 1):
        managers = sorted(names[user] for user, role in people if role == "manager")
        name = f"Team of {', '.join(managers)}"[:80] if managers else f"Team {number}"
        team = Team.objects.create(name=name, slug=f"team-{number}")
        Project.objects.filter(pk__in=keys).update(team=team)
        Membership.objects.bulk_create(
            Membership(team=team, user_id=user, role="owner" if role == "manager" else role)
            for user, role in sorted(people)
        )
    _check_now(schema_editor)


def share_projects(apps, schema_editor):
    """Make each member of a team a member of each of its projects; owners are managers there."""
    Project, Membership = (apps.get_model("projects", name) for name in ("Project", "Membership"))
    members = defaultdict(list)
    for team, user, role in Membership.objects.order_by("pk").values_list("team_id", "user_id", "role"):
        members[team].append((user, "manager" if role == "owner" else role))
    Membership.objects.all().delete()
    Membership.objects.bulk_create(
        Membership(project_id=project, user_id=user, role=role)
        for project, team in Project.objects.order_by("pk").values_list("pk", "team_id")
        for user, role in members[team]
    )
    _check_now(schema_editor)


def _check_now(schema_editor):
    # PostgreSQL alters no table that has foreign keys left to check.
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _team(name, *, is_open):
    field = models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT if name == "projects" else django.db.models.deletion.CASCADE,
        related_name=name,
        to="projects.team",
        null=is_open,
    )
    return field


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("projects", "0019_repository_api_access"),
    ]

    operations = [
        migrations.CreateModel(
            name="Team",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80)),
                ("slug", models.SlugField(max_length=80)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("slug",), name="team_slug_unique")]},
        ),
        migrations.AddField("project", "team", _team("projects", is_open=True)),
        migrations.AddField("membership", "team", _team("memberships", is_open=True)),
        migrations.RemoveConstraint("membership", "membership_project_user_unique"),
        migrations.AlterField(
            "membership",
            "project",
            models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="memberships",
                to="projects.project",
                null=True,
            ),
        ),
        migrations.RunPython(gather_teams, share_projects),
        migrations.AlterField("project", "team", _team("projects", is_open=False)),
        migrations.AlterField("membership", "team", _team("memberships", is_open=False)),
        migrations.RemoveField("membership", "project"),
        migrations.AlterField(
            "membership", "role", models.CharField(choices=_ROLES, default="reader", max_length=8)
        ),
        migrations.AddConstraint(
            "membership",
            models.UniqueConstraint(fields=("team", "user"), name="membership_team_user_unique"),
        ),
    ]
