import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("scanner", "0006_metadata_grades")]

    operations = [
        migrations.RemoveConstraint("releaseshape", "releaseshape_digest_unique"),
        migrations.RenameModel("ReleaseShape", "StoredProfile"),
        migrations.AddConstraint(
            "storedprofile",
            models.UniqueConstraint(fields=["digest"], name="storedprofile_digest_unique"),
        ),
        migrations.RenameField("release", "shape", "profile"),
        migrations.AlterField(
            "release",
            "profile",
            models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="releases",
                to="scanner.storedprofile",
            ),
        ),
        migrations.AlterField(
            "package",
            "files_base",
            models.TextField(blank=True, help_text="the address that most of its files share"),
        ),
    ]
