"""Keep what the search of a target lacks where its verdict is unknown."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Add a column."""

    dependencies = [("projects", "0035_next_attempt")]

    operations = [
        migrations.AddField(
            "targetassessment",
            "open_reason",
            models.JSONField(blank=True, help_text="what the search lacks; null: nothing is said", null=True),
        ),
    ]
