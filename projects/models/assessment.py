"""Verdicts of one snapshot over the project's targets at one time."""

from __future__ import annotations

import json
from collections.abc import Iterable
from enum import IntEnum
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

from django.db import models
from django.db.models.fields.json import KeyTransform
from django.utils.translation import gettext_lazy as _

from projects.domain.assessment.counts import UNREAD
from projects.domain.assessment.package_result import PackageResult
from projects.domain.assessment.stored_conflict import conflict_from_text, conflict_to_text
from projects.domain.assessment.target_result import TargetResult
from projects.domain.assessment.upgrade_plan import UpgradePlan
from projects.domain.assessment.verdicts import ProjectVerdict
from scanner.domain.resolution.explain.plan_reason import PlanReason

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models.sql.compiler import SQLCompiler


class AssessmentState(models.TextChoices):
    """How far an assessment has come."""

    PARTIAL = "partial", _("waiting for the index")
    COMPLETE = "complete", _("complete")


class AssessmentQuerySet(models.QuerySet["Assessment"]):
    """Assessments in time."""

    def newest_first(self) -> Self:
        """Return the newest first, which is the one that pages show."""
        return self.order_by("-pk")

    def complete(self) -> Self:
        """Those that waited for nothing any more."""
        return self.filter(state=AssessmentState.COMPLETE)


class Assessment(models.Model):
    """One answer for one snapshot. A partial one is written again in place until nothing is missing."""

    snapshot = models.ForeignKey("projects.Snapshot", on_delete=models.CASCADE, related_name="assessments")
    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="assessments")
    state = models.CharField(max_length=8, choices=AssessmentState.choices, default=AssessmentState.PARTIAL)
    trigger = models.CharField(max_length=120, blank=True, help_text="what it was made for")
    index_url = models.CharField(max_length=500)
    extra_urls = models.JSONField(default=list, help_text="the indexes beside it, without credentials")
    index_ids = models.JSONField(default=list, help_text="keys of all of them, in order; empty: the installation's")
    confusions = models.JSONField(default=list, help_text="private names that stand on another index too")
    missing = models.JSONField(default=list, help_text="what the index must still tell: a package, or a release")
    question = models.CharField(max_length=64, blank=True, help_text="a digest of what was asked, for the next job")
    stopped = models.CharField(max_length=8, blank=True, help_text="why the last job left targets undecided")
    next_try_at = models.DateTimeField(null=True, help_text="when the index is asked again; null: not known")
    created_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(help_text="when the same answer was last reached")
    digest = models.CharField(max_length=64, blank=True, help_text="of the answers: equal digests say the same")
    changes = models.JSONField(default=list, help_text="what differs from the last complete one before it")
    changed_since = models.DateTimeField(null=True, help_text="when that one was made; null: there is none")

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            # The newest assessment of a project, and the one before it.
            models.Index(fields=["project", "-id"], name="assessment_project_newest"),
        ]

    def __str__(self) -> str:
        return f"assessment {self.pk} ({self.state})"


_HELD = ") as held where json_extract(held.value, '$.FIELD') in (select one.value from json_each("


class PackageRows(models.Func):
    """The rows in `packages` whose name, or another field, has one of some values, as a list that the database selects.

    A project has hundreds of rows on each of dozens of targets: reading all of them for one would cost seconds.
    """

    output_field = models.JSONField()

    def __init__(self, values: Iterable[str], field: Literal["name", "verdict"] = "name") -> None:
        # PostgreSQL takes no NUL in JSON; no package has one in its name.
        known = sorted({value for value in values if "\0" not in value})
        super().__init__(models.F("packages"), models.Value(json.dumps({"values": known})))
        self.extra["field"] = field

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any) -> Any:
        """Compile a path over jsonb; a variable that holds a list equals whatever one of its members equals."""
        return super().as_sql(
            compiler,
            connection,
            template="jsonb_path_query_array(%(expressions)s::jsonb)",
            arg_joiner=f", '$[*] ? (@.{self.extra['field']} == $values[*])', ",
            **extra,
        )

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any) -> Any:
        """Compile a query over the members of the list."""
        return super().as_sql(
            compiler,
            connection,
            template="(select json_group_array(json(held.value)) from json_each(%(expressions)s, '$.values') as one))",
            arg_joiner=_HELD.replace("FIELD", self.extra["field"]),
            **extra,
        )


class CellField(IntEnum):
    """The place of a field in a stored cell (projects.presentation.cell_summary.CellSummary)."""

    NAME = 0
    VERDICT = 2


class ShownCells(models.Func):
    """The cells in `shown` with a field that has one of some values, as a list that the database selects.

    A portfolio reads what needs work in hundreds of targets; most of their packages are ready.
    """

    output_field = models.JSONField()

    def __init__(self, values: Iterable[str], field: CellField = CellField.VERDICT) -> None:
        # PostgreSQL takes no NUL in JSON.
        wanted = sorted({value for value in values if "\0" not in value})
        super().__init__(models.F("shown"), models.Value(json.dumps({"values": wanted})))
        self.extra["field"] = int(field)

    @staticmethod
    def version() -> KeyTransform:
        """Return the version of the stored cells (projects.presentation.cell_summary)."""
        return KeyTransform("version", "shown")

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any) -> Any:
        """Compile a path over jsonb: strict, as a filter would else look into each cell, and silent without cells."""
        return super().as_sql(
            compiler,
            connection,
            template="jsonb_path_query_array(%(expressions)s::jsonb, true)",
            arg_joiner=f", 'strict $.cells[*] ? (@[{self.extra['field']}] == $values[*])', ",
            **extra,
        )

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any) -> Any:
        """Compile a query over the cells."""
        return super().as_sql(
            compiler,
            connection,
            template=(
                "(select json_group_array(json(held.value)) from json_each(%(expressions)s, '$.values') as asked))"
            ),
            arg_joiner=(
                f", '$.cells') as held where json_extract(held.value, '$[{self.extra['field']}]') in "  # noqa: S608  a number
                "(select asked.value from json_each("
            ),
            **extra,
        )


class TargetAssessment(models.Model):
    """What an assessment says about one target (projects.domain.assessment.target_result)."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="targets")
    target = models.CharField(max_length=60)
    position = models.PositiveSmallIntegerField()
    verdict = models.CharField(max_length=11)
    counts = models.JSONField(default=dict, help_text="packages by verdict")
    blockers = models.JSONField(default=list)
    conflict = models.TextField(blank=True)
    packages = models.JSONField(default=list)
    shown = models.JSONField(null=True, help_text="what pages show of the packages; null: made of them")
    plan = models.JSONField(null=True, blank=True)
    open_reason = models.JSONField(null=True, blank=True, help_text="what the search lacks; null: nothing is said")
    is_decided = models.BooleanField(default=True, help_text="false: may change when more of the index is known")

    class Meta:
        ordering: ClassVar[list[str]] = ["position"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["assessment", "target"], name="targetassessment_assessment_target_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.target}: {self.verdict}"

    @classmethod
    def from_result(cls, result: TargetResult, position: int) -> Self:
        """Make the row of a result, without its assessment and without what pages show."""
        return cls(
            target=result.target,
            position=position,
            verdict=result.verdict.value,
            counts=dict(result.counts),
            blockers=list(result.blockers),
            conflict=conflict_to_text(result.conflict),
            packages=[package.to_json() for package in result.packages],
            plan=result.plan.to_json() if result.plan is not None else None,
            open_reason=result.open_reason.to_json() if result.open_reason is not None else None,
        )

    def to_result(self) -> TargetResult:
        """Return the result that the row holds."""
        return TargetResult(
            target=self.target,
            verdict=ProjectVerdict(self.verdict),
            packages=tuple(map(PackageResult.from_json, self.packages)),
            blockers=tuple(self.blockers),
            conflict=conflict_from_text(self.conflict),
            plan=UpgradePlan.from_json(self.plan) if self.plan is not None else None,
            unread=self.counts.get(UNREAD, 0),
            open_reason=PlanReason.from_json(self.open_reason) if self.open_reason is not None else None,
        )


class ProjectPackage(models.Model):
    """A package that a project's newest assessment rests on: what a poll of it can make stale."""

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="packages")
    package = models.ForeignKey("scanner.Package", on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["project", "package"], name="projectpackage_project_package_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.project_id} rests on {self.package_id}"


class ConsultedPackage(models.Model):
    """A package that is not in a project's newest assessment and was read for it: a poll of it can make that stale.

    A release that a search rejected may become possible when one of its dependencies gets a file.
    """

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="consulted")
    package = models.ForeignKey("scanner.Package", on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["project", "package"], name="consulted_project_package_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.package_id} was read for {self.project_id}"
