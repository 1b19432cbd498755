"""Look at followed branches now and then, for pushes of which no word came."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("projects", "0001_initial")]

    operations = [
        # With a default in the database, so that processes of the version before can go on adding repositories.
        migrations.AddField(
            "repository", "failed_checks", models.PositiveSmallIntegerField(db_default=0, default=0)
        ),
        migrations.AddField("repository", "next_check_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddIndex(
            "repository",
            models.Index(
                condition=models.Q(("clone_url", ""), _negated=True),
                fields=["next_check_at"],
                name="repository_next_check",
            ),
        ),
    ]
