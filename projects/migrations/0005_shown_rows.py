"""Keep beside an assessment's rows what pages show of them, and what changed: neither is worked out on every view."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("projects", "0004_what_changed_upstream")]

    operations = [
        migrations.AddField(
            "assessment",
            "changes",
            models.JSONField(default=list, help_text="what differs from the last complete one before it"),
        ),
        migrations.AddField(
            "assessment",
            "changed_since",
            models.DateTimeField(help_text="when that one was made; null: there is none", null=True),
        ),
        migrations.AddField(
            "targetassessment",
            "shown",
            models.JSONField(help_text="what pages show of the packages; null: not worked out yet", null=True),
        ),
    ]
