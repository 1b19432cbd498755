"""The tables that the migrations it replaces make in an empty database. They still migrate databases that have tables."""

import django.db.models.deletion
import scanner.models.digests
import scanner.sealed
from django.db import migrations, models

from scanner.migrations._squashing import CreateModels


class Migration(migrations.Migration):

    replaces = [
        ('scanner', '0001_initial'),
        ('scanner', '0002_packed_release_files'),
        ('scanner', '0003_index_root_serial'),
        ('scanner', '0004_wheel_event_queue'),
        ('scanner', '0005_standard_names'),
        ('scanner', '0006_metadata_grades'),
        ('scanner', '0007_stored_profiles'),
        ('scanner', '0008_declared_pythons'),
        ('scanner', '0009_release_links'),
        ('scanner', '0010_wheel_readings'),
        ('scanner', '0011_stored_modules'),
        ('scanner', '0012_compiled_readings'),
    ]

    initial = True

    dependencies = []

    operations = [
        CreateModels([
            migrations.CreateModel(
                name='CoreMetadata',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('digest', models.CharField(max_length=64)),
                    ('requires_dist', models.JSONField(default=list)),
                    ('extras', models.JSONField(help_text='those that the release provides; null: stored by an old version', null=True)),
                ],
                options={
                    'verbose_name_plural': 'core metadata',
                    'constraints': [models.UniqueConstraint(fields=('digest',), name='coremetadata_digest_unique')],
                },
            ),
            migrations.CreateModel(
                name='Index',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('url', models.CharField(max_length=500)),
                    ('scope', models.CharField(blank=True, help_text='owner of a private index; empty for a shared one', max_length=60)),
                    ('login', scanner.sealed.SealedField(blank=True, default=scanner.sealed.Sealed, editable=False, help_text='user:password or a token, as before the @ of an address')),
                    ('closes_releases', models.BooleanField(default=True, help_text='Files may join a release only in its first 14 days: an inference that holds for the public index.')),
                    ('root_etag', models.CharField(blank=True, max_length=200)),
                    ('root_last_modified', models.CharField(blank=True, max_length=200)),
                    ('root_hash', models.CharField(blank=True, max_length=64)),
                    ('root_checked_at', models.DateTimeField(blank=True, help_text='last answer with serials; null: none', null=True)),
                    ('root_error', models.TextField(blank=True)),
                    ('root_serial', models.BigIntegerField(blank=True, help_text='highest one that was compared', null=True)),
                    ('root_names', models.PositiveIntegerField(default=0, help_text='rows of that page')),
                    ('root_compared_at', models.DateTimeField(blank=True, help_text='when all its rows were, not only new ones', null=True)),
                ],
                options={
                    'verbose_name_plural': 'indexes',
                    'constraints': [models.UniqueConstraint(fields=('url', 'scope'), name='index_url_scope_unique')],
                },
            ),
            migrations.CreateModel(
                name='HostThrottle',
                fields=[
                    ('host', models.CharField(max_length=255, primary_key=True, serialize=False)),
                    ('closed_until', models.DateTimeField()),
                ],
            ),
            migrations.CreateModel(
                name='PollStats',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('hour', models.DateTimeField()),
                    ('polls', models.PositiveIntegerField(default=0)),
                    ('size', models.BigIntegerField(default=0, help_text='bytes of pages')),
                    ('result', models.CharField(max_length=12)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('hour', 'result'), name='pollstats_hour_result_unique')],
                },
            ),
            migrations.CreateModel(
                name='StoredProfile',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('digest', models.CharField(max_length=64)),
                    ('text', models.TextField()),
                    ('catalogue', models.CharField(max_length=16)),
                    ('offers', models.BinaryField()),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('digest',), name='storedprofile_digest_unique')],
                },
            ),
            migrations.CreateModel(
                name='StoredWheelReading',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('sha256', scanner.models.digests.DigestField(blank=True, default='', help_text='of the wheel, as hex')),
                    ('filename', models.CharField(max_length=300)),
                    ('package', models.CharField(help_text='normalised name', max_length=200)),
                    ('version', models.CharField(help_text='normalised (PEP 440)', max_length=120)),
                    ('modules', models.JSONField(default=list, help_text='its top-level modules')),
                    ('imports', models.JSONField(default=list, help_text='of modules that a Python may lack, with their place')),
                    ('breaks', models.BooleanField(default=False, help_text='whether importing the package fails on some Python')),
                    ('files', models.PositiveIntegerField(default=0, help_text='the Python files that were read')),
                    ('unread', models.PositiveIntegerField(default=0, help_text='those that were not')),
                    ('received', models.PositiveBigIntegerField(default=0, help_text='bytes that the index sent for it')),
                    ('error', models.CharField(blank=True, max_length=300)),
                    ('read_at', models.DateTimeField()),
                    ('compiled', models.JSONField(help_text='of its compiled modules; null where they were not read', null=True)),
                ],
                options={
                    'indexes': [models.Index(condition=models.Q(('breaks', True)), fields=['id'], name='storedwheelreading_breaks'), models.Index(fields=['filename'], name='storedwheelreading_filename')],
                    'constraints': [models.UniqueConstraint(fields=('sha256',), name='storedwheelreading_sha256_unique')],
                },
            ),
            migrations.CreateModel(
                name='StoredModules',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('sha256', scanner.models.digests.DigestField(blank=True, default='', help_text='of the archive, as hex')),
                    ('names', models.JSONField(default=list)),
                    ('adds_folders', models.BooleanField(default=False)),
                    ('has_entry_points', models.BooleanField(default=False)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('sha256',), name='storedmodules_sha256_unique')],
                },
            ),
            migrations.CreateModel(
                name='Package',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(help_text='normalised (PEP 503)', max_length=200)),
                    ('state', models.CharField(choices=[('pending', 'not polled yet'), ('current', 'current'), ('missing', 'not on the index'), ('malformed', 'not a package name')], default='pending', max_length=10)),
                    ('status', models.CharField(default='active', help_text='project status marker (PEP 792)', max_length=12)),
                    ('status_reason', models.TextField(blank=True)),
                    ('etag', models.CharField(blank=True, max_length=200)),
                    ('last_modified', models.CharField(blank=True, max_length=200)),
                    ('content_hash', models.CharField(blank=True, max_length=64)),
                    ('serial', models.BigIntegerField(blank=True, null=True)),
                    ('wanted_serial', models.BigIntegerField(blank=True, help_text='what the root page said last', null=True)),
                    ('revision', models.PositiveIntegerField(default=0, help_text='grows with every stored change')),
                    ('checked_at', models.DateTimeField(blank=True, help_text='last answer of the index', null=True)),
                    ('changed_at', models.DateTimeField(blank=True, null=True)),
                    ('due_at', models.DateTimeField(blank=True, help_text='next poll; null is never', null=True)),
                    ('due_reason', models.CharField(blank=True, max_length=80)),
                    ('queued_until', models.DateTimeField(blank=True, help_text='a poll waits in a queue', null=True)),
                    ('claimed_until', models.DateTimeField(blank=True, help_text="end and name of the worker's claim", null=True)),
                    ('newest_release_at', models.DateTimeField(blank=True, help_text='first upload of its newest release', null=True)),
                    ('failures', models.PositiveIntegerField(default=0, help_text='in a row')),
                    ('absences', models.PositiveSmallIntegerField(default=0, help_text='answers in a row that it is not there')),
                    ('last_error', models.TextField(blank=True)),
                    ('problems', models.JSONField(blank=True, default=list, help_text='rows of the page that were skipped')),
                    ('is_watched', models.BooleanField(default=False, help_text='polled more often, because a user watches it')),
                    ('index', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='packages', to='scanner.index')),
                    ('files_base', models.TextField(blank=True, help_text='the address that most of its files share')),
                ],
                options={
                    'indexes': [models.Index(condition=models.Q(('due_at__isnull', False)), fields=['due_at'], name='package_due')],
                    'constraints': [models.UniqueConstraint(fields=('index', 'name'), name='package_index_name_unique')],
                },
            ),
            migrations.CreateModel(
                name='Release',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('version', models.CharField(help_text='normalised (PEP 440)', max_length=120)),
                    ('first_uploaded_at', models.DateTimeField(blank=True, null=True)),
                    ('last_uploaded_at', models.DateTimeField(blank=True, null=True)),
                    ('metadata_error', models.TextField(blank=True, help_text='why the metadata could not be read')),
                    ('metadata_tried_at', models.DateTimeField(blank=True, null=True)),
                    ('build_detail', models.CharField(blank=True, help_text='what building the sdist needs', max_length=80)),
                    ('build_tried_at', models.DateTimeField(blank=True, help_text='last look into the sdist', null=True)),
                    ('unsettled_since', models.DateTimeField(blank=True, help_text='seen after the first poll and not compared with its predecessor yet', null=True)),
                    ('metadata', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='releases', to='scanner.coremetadata')),
                    ('package', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='releases', to='scanner.package')),
                    ('metadata_failures', models.PositiveSmallIntegerField(default=0, help_text='failed tries since the last success')),
                    ('metadata_grade', models.CharField(default='certain', help_text='how far the dependencies can be trusted (scanner.domain.files.sdist_metadata)', max_length=10)),
                    ('profile', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='releases', to='scanner.storedprofile')),
                    ('declared', models.CharField(blank=True, help_text='the Pythons that the metadata name (scanner.domain.evidence.declared); empty: not read', max_length=350)),
                    ('links', models.JSONField(blank=True, help_text='kind, label and URL of each link in the metadata; null: not read', null=True)),
                ],
                options={
                    'indexes': [models.Index(condition=models.Q(('unsettled_since__isnull', False)), fields=['id'], name='release_unsettled')],
                    'constraints': [models.UniqueConstraint(fields=('package', 'version'), name='release_package_version_unique')],
                },
            ),
            migrations.CreateModel(
                name='WheelEvent',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('first_poll', 'first poll'), ('added', 'file added'), ('yanked', 'file yanked'), ('unyanked', 'yank taken back'), ('removed', 'file removed'), ('status', 'package status changed'), ('release', 'release complete'), ('regression', 'release without a target of its predecessor')], max_length=10)),
                    ('filename', models.CharField(blank=True, max_length=300)),
                    ('version', models.CharField(blank=True, max_length=120)),
                    ('tag_set', models.CharField(blank=True, max_length=255)),
                    ('uploaded_at', models.DateTimeField(blank=True, null=True)),
                    ('detail', models.TextField(blank=True)),
                    ('targets', models.JSONField(blank=True, default=list, help_text='slugs: of a release served, of a regression lost')),
                    ('seen_at', models.DateTimeField()),
                    ('processed_at', models.DateTimeField(blank=True, null=True)),
                    ('package', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='events', to='scanner.package')),
                ],
                options={
                    'indexes': [models.Index(fields=['package', '-seen_at'], name='wheelevent_package_history'), models.Index(condition=models.Q(('processed_at__isnull', True)), fields=['package', 'id'], name='wheelevent_queue')],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('kind', 'added')), fields=('package', 'filename'), name='wheelevent_added_once'), models.UniqueConstraint(condition=models.Q(('kind', 'first_poll')), fields=('package',), name='wheelevent_first_poll_once'), models.UniqueConstraint(condition=models.Q(('kind__in', ['release', 'regression'])), fields=('package', 'version', 'kind'), name='wheelevent_settled_once')],
                },
            ),
            migrations.CreateModel(
                name='RowChecksums',
                fields=[
                    ('package', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='row_checksums', serialize=False, to='scanner.package')),
                    ('checksums', models.BinaryField()),
                ],
            ),
            migrations.CreateModel(
                name='ReleaseFile',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('package', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='files', to='scanner.package')),
                    ('release', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='files', to='scanner.release')),
                    ('size', models.BigIntegerField(blank=True, null=True)),
                    ('uploaded_at', models.DateTimeField(blank=True, null=True)),
                    ('yanked', models.BooleanField(default=False)),
                    ('has_metadata', models.BooleanField(blank=True, help_text='null: the index announces nothing', null=True)),
                    ('sha256', scanner.models.digests.DigestField(blank=True, default='', help_text='as hex; empty: the index tells none')),
                    ('metadata_sha256', scanner.models.digests.DigestField(blank=True, default='', help_text='as hex; empty: the index tells none')),
                    ('location', models.BinaryField(help_text='packed by scanner.domain.files.locations')),
                    ('filename', models.CharField(max_length=300)),
                    ('kind', models.CharField(max_length=8)),
                    ('requires_python', models.CharField(blank=True, max_length=200)),
                    ('yanked_reason', models.TextField(blank=True)),
                ],
                options={
                    'indexes': [models.Index(fields=['release'], name='releasefile_release')],
                    'constraints': [models.UniqueConstraint(fields=('package', 'filename'), name='releasefile_package_filename_unique')],
                },
            ),
        ]),
    ]
