import django.db.models.deletion
from django.db import migrations, models

import scanner.sealed


class Migration(migrations.Migration):
    dependencies = [("scanner", "0004_wheel_event_queue")]

    operations = [
        migrations.RenameModel("PagePrints", "RowChecksums"),
        migrations.RenameField("rowchecksums", "prints", "checksums"),
        migrations.AlterField(
            "rowchecksums",
            "package",
            models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE,
                primary_key=True,
                related_name="row_checksums",
                serialize=False,
                to="scanner.package",
            ),
        ),
        migrations.RenameModel("HostGate", "HostThrottle"),
        migrations.RemoveConstraint("polltally", "polltally_hour_outcome_unique"),
        migrations.RenameModel("PollTally", "PollStats"),
        migrations.RenameField("pollstats", "outcome", "result"),
        migrations.AddConstraint(
            "pollstats",
            models.UniqueConstraint(fields=["hour", "result"], name="pollstats_hour_result_unique"),
        ),
        # Written and never read.
        migrations.RemoveField("coremetadata", "provides_extra"),
        migrations.RemoveField("coremetadata", "requires_python"),
        migrations.RemoveField("coremetadata", "problems"),
        migrations.RemoveField("release", "metadata_source"),
        migrations.AlterField(
            "package",
            "claimed_until",
            models.DateTimeField(blank=True, help_text="end and name of the worker's claim", null=True),
        ),
        migrations.AlterField(
            "index",
            "login",
            scanner.sealed.SealedField(
                blank=True,
                default=scanner.sealed.Sealed,
                editable=False,
                help_text="user:password or a token, as before the @ of an address",
            ),
        ),
        migrations.AlterField(
            "index",
            "scope",
            models.CharField(
                blank=True, help_text="owner of a private index; empty for a shared one", max_length=60
            ),
        ),
        migrations.AlterField(
            "package",
            "is_watched",
            models.BooleanField(default=False, help_text="polled more often, because a user watches it"),
        ),
        # Indexes that no query uses: a unique constraint begins with the first, the others are only read forwards.
        migrations.AlterField(
            "package",
            "index",
            models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="packages",
                to="scanner.index",
            ),
        ),
        migrations.AlterField(
            "release",
            "shape",
            models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="releases",
                to="scanner.releaseshape",
            ),
        ),
        migrations.AlterField(
            "release",
            "metadata",
            models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="releases",
                to="scanner.coremetadata",
            ),
        ),
    ]
