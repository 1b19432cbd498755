"""Let followers choose when digests come, and forget the address that no mail reaches."""

import projects.domain.cadence
from django.db import migrations, models


def forget_local_address(apps, schema_editor):
    """The first account of an installation got an address that does not exist; it is asked for one now."""
    apps.get_model("auth", "User").objects.filter(email="admin@localhost").update(email="")


class Migration(migrations.Migration):

    dependencies = [
        ('projects', '0028_logged_requests'),
    ]

    operations = [
        migrations.AddField(
            model_name='subscription',
            name='cadence',
            field=models.CharField(choices=[('soon', 'soon'), ('daily', 'daily'), ('weekly', 'weekly'), ('monthly', 'monthly')], default=projects.domain.cadence.Cadence['SOON'], help_text='of a follow', max_length=7),
        ),
        migrations.AddField(
            model_name='subscription',
            name='zone',
            field=models.CharField(blank=True, help_text='the time zone of the cadence', max_length=64),
        ),
        migrations.RunPython(forget_local_address, migrations.RunPython.noop),
    ]
