"""Keep when the index is asked again for what an assessment lacks."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Add a column."""

    dependencies = [("projects", "0034_mail_languages")]

    operations = [
        migrations.AddField(
            "assessment",
            "next_try_at",
            models.DateTimeField(help_text="when the index is asked again; null: not known", null=True),
        ),
        migrations.AlterField(
            "assessment",
            "stopped",
            models.CharField(blank=True, help_text="why the last job left targets undecided", max_length=8),
        ),
    ]
