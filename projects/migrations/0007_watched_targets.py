"""Let a subscription watch a whole target, and an alert say which blockers of it fell."""

from django.conf import settings
from django.db import migrations, models


def drop_target_watches(apps, schema_editor):
    """Delete the watches that the version before does not know. Their alerts go with them."""
    apps.get_model("projects", "Subscription").objects.filter(package=None).exclude(target="").delete()


class Migration(migrations.Migration):

    dependencies = [
        ('projects', '0006_package_results'),
        ('scanner', '0005_standard_names'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(migrations.RunPython.noop, drop_target_watches),
        migrations.RemoveConstraint(
            model_name='subscription',
            name='subscription_follow_once',
        ),
        migrations.RemoveConstraint(
            model_name='subscription',
            name='subscription_cell_or_project',
        ),
        migrations.AddField(
            model_name='alert',
            name='fell',
            field=models.JSONField(blank=True, default=list, help_text='packages that no longer block a watched target'),
        ),
        migrations.AddField(
            model_name='alert',
            name='is_clear',
            field=models.BooleanField(default=False, help_text='no blocker of the watched target is left'),
        ),
        migrations.AddField(
            model_name='subscription',
            name='reported',
            field=models.JSONField(blank=True, help_text='blockers of a watched target as last reported; null: not known yet', null=True),
        ),
        migrations.AddField(
            model_name='subscription',
            name='reported_clear',
            field=models.BooleanField(default=False, help_text='the last report of the target: nothing blocks it'),
        ),
        migrations.AddConstraint(
            model_name='subscription',
            constraint=models.UniqueConstraint(condition=models.Q(('package__isnull', True), ('stopped_at__isnull', True), ('target', '')), fields=('user', 'project'), name='subscription_follow_once'),
        ),
        migrations.AddConstraint(
            model_name='subscription',
            constraint=models.UniqueConstraint(condition=models.Q(('package__isnull', True), ('stopped_at__isnull', True)), fields=('user', 'project', 'target'), name='subscription_target_once'),
        ),
        migrations.AddConstraint(
            model_name='subscription',
            constraint=models.CheckConstraint(condition=models.Q(('package__isnull', True), models.Q(('target', ''), _negated=True), _connector='OR'), name='subscription_cell_target_or_project'),
        ),
    ]
