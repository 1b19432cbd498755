"""Notes about changes that affect a project, upstream or its own, and the messages that mention them."""

from __future__ import annotations

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from projects.domain.project_changes import ProjectChange, ProjectChangeKind
from projects.domain.upstream.notes import NoteKind

_UPSTREAM = tuple(kind.value for kind in NoteKind)
_OWN = tuple(kind.value for kind in ProjectChangeKind)


class NoteQuerySet(models.QuerySet["Note"]):
    """Queries for notes."""

    def open(self) -> Self:
        """Return those that are neither closed nor dismissed."""
        return self.filter(closed_at__isnull=True, dismissed_at__isnull=True)

    def upstream(self) -> Self:
        """Return those of changes on the index."""
        return self.filter(kind__in=_UPSTREAM)

    def own(self) -> Self:
        """Return those of changes of the project itself, which only its followers get."""
        return self.filter(kind__in=_OWN)


class Note(models.Model):
    """One change that affects one project. What happens later closes it; members dismiss it.

    Of an upstream change, `subject` is the version of a regression or yank, or the status, and `facts` are the evidence
    (projects.domain.upstream.note_facts). Of a change of the project itself both are those of
    projects.domain.project_changes.ProjectChange, and `name` is empty.
    """

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="notes")
    name = models.CharField(max_length=200, blank=True, help_text="of the package, normalised")
    kind = models.CharField(max_length=10, choices=[(kind, kind) for kind in (*_UPSTREAM, *_OWN)])
    subject = models.CharField(max_length=120)
    severity = models.PositiveSmallIntegerField(help_text="place in projects.domain.assessment.verdicts.SEVERITIES")
    facts = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True, help_text="it does not hold any more")
    closed_because = models.TextField(blank=True)
    dismissed_at = models.DateTimeField(null=True, blank=True)
    dismissed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    dismissed_because = models.CharField(max_length=300, blank=True)

    objects = NoteQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # One open note for each change, for any number of events.
            models.UniqueConstraint(
                fields=["project", "name", "kind", "subject"],
                condition=Q(closed_at__isnull=True),
                name="note_open_once",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            # The notes of a project's page and digests, worst and newest first.
            models.Index(fields=["project", "-severity", "-id"], name="note_open", condition=Q(closed_at__isnull=True)),
            # The notes of a package, to close or reopen them.
            models.Index(fields=["name", "project"], name="note_package"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.name} {self.subject} for {self.project_id}"

    def to_change(self) -> ProjectChange:
        """Return the change of the project itself that the note is about."""
        return ProjectChange.from_json(ProjectChangeKind(self.kind), self.facts)


class Mention(models.Model):
    """A note in a digest that was sent to a follower."""

    alert = models.ForeignKey("projects.Alert", on_delete=models.CASCADE, related_name="mentions")
    subscription = models.ForeignKey("projects.Subscription", on_delete=models.CASCADE, related_name="mentions")
    note = models.ForeignKey(Note, on_delete=models.CASCADE, related_name="mentions")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # Each note is sent to each follower once.
            models.UniqueConstraint(fields=["subscription", "note"], name="mention_subscription_note_unique"),
        ]

    def __str__(self) -> str:
        return f"note {self.note_id} in alert {self.alert_id}"
