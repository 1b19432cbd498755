"""Remember up to which serial the root page was compared, so that only newer rows are looked at."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("scanner", "0002_packed_release_files")]

    operations = [
        migrations.AddField(
            "index",
            "root_serial",
            models.BigIntegerField(blank=True, help_text="highest one that was compared", null=True),
        ),
        migrations.AddField(
            "index", "root_names", models.PositiveIntegerField(default=0, help_text="rows of that page")
        ),
        migrations.AddField(
            "index",
            "root_compared_at",
            models.DateTimeField(blank=True, help_text="when all its rows were, not only new ones", null=True),
        ),
    ]
