"""Teams and their members."""

from __future__ import annotations

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.urls import reverse

from projects.domain.permissions import ROLE_NAMES, Action, Role, roles_that_may


class TeamQuerySet(models.QuerySet["Team"]):
    """Queries for teams."""

    def of(self, user_id: int | None) -> Self:
        """Return the teams of a user, each with the user's `role`."""
        return self.filter(memberships__user=user_id).annotate(role=models.F("memberships__role"))

    def where_may(self, user_id: int | None, action: Action) -> Self:
        """Return the teams in which the user's role permits an action, oldest first."""
        return self.of(user_id).filter(role__in=roles_that_may(action)).order_by("pk")


class Team(models.Model):
    """People who share projects."""

    name = models.CharField(max_length=80)
    slug = models.SlugField(max_length=80)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = TeamQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["slug"], name="team_slug_unique"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the URL of the page of its members."""
        return reverse("team", args=[self.slug])


class Membership(models.Model):
    """One user's role in one team."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=8, choices=list(ROLE_NAMES.items()), default=Role.READER)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["team", "user"], name="membership_team_user_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} {self.team_id}"
