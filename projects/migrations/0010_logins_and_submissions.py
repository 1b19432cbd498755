"""Take logins out of stored files, encrypt the files of pending uploads, and keep files that a job is to read."""

from __future__ import annotations

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import scanner.sealed
from projects.domain.dependency_files.logins import FileLogins, hide_logins
from scanner.sealed import SealBroken, Sealed, reveal_bytes, seal_bytes


def hide(apps: Any, schema_editor: Any) -> None:
    """Seal the logins in the files of all snapshots, and the files of pending uploads."""
    files = apps.get_model("projects", "SnapshotFile").objects
    for snapshot in apps.get_model("projects", "Snapshot").objects.only("pk").iterator(chunk_size=100):
        stored = list(files.filter(snapshot=snapshot))
        hidden, logins = hide_logins({file.path: bytes(file.content) for file in stored})
        if not logins.values:
            continue
        for file in stored:
            files.filter(pk=file.pk).update(content=hidden[file.path])
        type(snapshot).objects.filter(pk=snapshot.pk).update(logins=Sealed.of(logins.to_json()))
    _change_payloads(apps, seal_bytes)


def restore(apps: Any, schema_editor: Any) -> None:
    """Put the logins back. Those that cannot be decrypted stay hidden."""
    files = apps.get_model("projects", "SnapshotFile").objects
    for snapshot in apps.get_model("projects", "Snapshot").objects.exclude(logins=Sealed()).iterator(chunk_size=100):
        try:
            logins = FileLogins.from_json(snapshot.logins.reveal())
        except SealBroken:
            continue
        for file in files.filter(snapshot=snapshot):
            files.filter(pk=file.pk).update(content=logins.restore_bytes(bytes(file.content)))
    _change_payloads(apps, reveal_bytes)


def _change_payloads(apps: Any, change: Any) -> None:
    deliveries = apps.get_model("projects", "Delivery").objects
    for delivery in deliveries.filter(payload__isnull=False).iterator(chunk_size=10):
        deliveries.filter(pk=delivery.pk).update(payload=change(bytes(delivery.payload)))


class Migration(migrations.Migration):

    dependencies = [
        ('projects', '0009_decided_targets'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='snapshot',
            name='logins',
            field=scanner.sealed.SealedField(blank=True, default=scanner.sealed.Sealed, editable=False, help_text='logins that were in the files, in whose place the stored files have marks'),
        ),
        migrations.CreateModel(
            name='Submission',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('origin', models.CharField(max_length=6)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('size', models.PositiveIntegerField(help_text='bytes of all files')),
                ('content', models.BinaryField(help_text='the files, encrypted; null once they could not be read', null=True)),
                ('problems', models.JSONField(default=list, help_text='why nothing could be read: path, line, text, message')),
                ('claimed_at', models.DateTimeField(blank=True, null=True)),
                ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='submissions', to='projects.project')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('project',), name='submission_once_per_project')],
            },
        ),
        migrations.RunPython(hide, restore),
    ]
