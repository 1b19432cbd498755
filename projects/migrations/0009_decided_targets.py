"""Keep which targets of a partial assessment are decided, what it was asked, and where its last job stopped."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models


def mark_undecided(apps: Any, schema_editor: Any) -> None:
    """Take no target of an earlier partial assessment as decided: nothing says which are."""
    rows = apps.get_model("projects", "TargetAssessment").objects.filter(assessment__state="partial")
    rows.update(is_decided=False)


class Migration(migrations.Migration):
    """Add three columns."""

    dependencies = [("projects", "0008_request_counts")]

    operations = [
        migrations.AddField(
            "assessment",
            "question",
            models.CharField(blank=True, max_length=64, help_text="a digest of what was asked, for the next job"),
        ),
        migrations.AddField(
            "assessment",
            "stopped",
            models.CharField(blank=True, max_length=8, help_text="the limit at which the last job stopped"),
        ),
        migrations.AddField(
            "targetassessment",
            "is_decided",
            models.BooleanField(default=True, help_text="false: may change when more of the index is known"),
        ),
        migrations.RunPython(mark_undecided, migrations.RunPython.noop),
    ]
