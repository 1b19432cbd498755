"""Store invitations to teams, and an audit log that is only added to."""

import django.db.models.deletion
import projects.domain.permissions
from django.conf import settings
from django.db import migrations, models

from projects.migrations._audit_log import permit_changes, refuse_changes


class Migration(migrations.Migration):

    dependencies = [
        ('projects', '0020_teams'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='LogEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('actor_key', models.BigIntegerField(null=True)),
                ('actor_name', models.CharField(max_length=150)),
                ('address', models.CharField(blank=True, max_length=100)),
                ('team_key', models.BigIntegerField(null=True)),
                ('action', models.CharField(choices=[('signed-in', 'signed-in'), ('account-made', 'account-made'), ('team-made', 'team-made'), ('team-renamed', 'team-renamed'), ('team-deleted', 'team-deleted'), ('member-invited', 'member-invited'), ('invitation-revoked', 'invitation-revoked'), ('member-joined', 'member-joined'), ('role-changed', 'role-changed'), ('member-removed', 'member-removed'), ('member-left', 'member-left'), ('project-made', 'project-made'), ('project-renamed', 'project-renamed'), ('project-moved', 'project-moved'), ('project-deleted', 'project-deleted'), ('project-restored', 'project-restored'), ('policy-changed', 'policy-changed'), ('index-set', 'index-set'), ('index-removed', 'index-removed'), ('repository-changed', 'repository-changed'), ('waiver-made', 'waiver-made'), ('waiver-ended', 'waiver-ended'), ('badge-made', 'badge-made'), ('badge-revoked', 'badge-revoked'), ('key-made', 'key-made'), ('key-revoked', 'key-revoked'), ('address-changed', 'address-changed')], max_length=20)),
                ('target', models.CharField(blank=True, max_length=300)),
                ('before', models.CharField(blank=True, max_length=300)),
                ('after', models.CharField(blank=True, max_length=300)),
            ],
            options={
                'indexes': [models.Index(fields=['team_key', '-id'], name='logentry_team')],
            },
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[(projects.domain.permissions.Role['READER'], 'read-only'), (projects.domain.permissions.Role['MEMBER'], 'member'), (projects.domain.permissions.Role['MANAGER'], 'manager'), (projects.domain.permissions.Role['OWNER'], 'owner')], max_length=8)),
                ('email', models.EmailField(blank=True, max_length=254)),
                ('digest', models.CharField(max_length=64)),
                ('made_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('accepted_at', models.DateTimeField(blank=True, null=True)),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
                ('accepted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('team', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to='projects.team')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('digest',), name='invitation_digest_unique'), models.CheckConstraint(condition=models.Q(('accepted_at__isnull', True), ('revoked_at__isnull', True), _connector='OR'), name='invitation_ends_once')],
            },
        ),
        migrations.RunPython(refuse_changes, permit_changes),
    ]
