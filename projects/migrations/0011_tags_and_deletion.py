"""Give projects tags, and let a deletion be undone."""

from django.db import migrations, models

class Migration(migrations.Migration):
    dependencies = [
        ("projects", "0010_logins_and_submissions"),
    ]

    operations = [
        migrations.AddField(
            model_name="project",
            name="tags",
            field=models.JSONField(blank=True, default=list, help_text="words to filter the portfolio by"),
        ),
        migrations.AddField(
            model_name="project",
            name="deleted_at",
            field=models.DateTimeField(
                blank=True, help_text="hidden from everyone; its data go some days later", null=True
            ),
        ),
    ]
