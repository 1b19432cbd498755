"""The table of files anew, in two thirds of the room: digests as bytes, no tags, of the URL only what differs."""

import re
from itertools import groupby, islice

import django.db.models.deletion
from django.db import migrations, models

import scanner.models.digests

BATCH = 2000
DIGEST_FOLDER = re.compile(r"([0-9a-f]{2})/([0-9a-f]{2})/([0-9a-f]{60})/")


def base_of(folder):
    if not folder.endswith("/"):
        return ""
    return folder[:-67] if DIGEST_FOLDER.fullmatch(folder[-67:]) else folder


def packed(folder, base):
    if not base or not folder.startswith(base) or not folder.endswith("/"):
        return None
    rest = folder[len(base) :]
    if DIGEST_FOLDER.fullmatch(rest):
        return b"\x01" + bytes.fromhex(rest.replace("/", ""))
    return b"\x02" + rest.encode()


def copy_files(apps, schema_editor):
    package_model = apps.get_model("scanner", "Package")
    old, new = apps.get_model("scanner", "ReleaseFile"), apps.get_model("scanner", "PackedFile")
    for package_id, files in groupby(old.objects.order_by("package_id", "pk").iterator(BATCH), lambda file: file.package_id):
        base = None
        while batch := list(islice(files, BATCH)):
            if base is None:
                base = base_of(batch[0].folder)
                package_model.objects.filter(pk=package_id).update(files_base=base)
            new.objects.bulk_create(
                new(
                    pk=file.pk,
                    package_id=package_id,
                    release_id=file.release_id,
                    size=file.size,
                    uploaded_at=file.uploaded_at,
                    yanked=file.yanked,
                    has_metadata=file.has_metadata,
                    sha256=file.sha256,
                    metadata_sha256=file.metadata_sha256,
                    location=packed(file.folder, base) or b"\x00" + whole_url(file).encode(),
                    filename=file.filename,
                    kind=file.kind,
                    requires_python=file.requires_python,
                    yanked_reason=file.yanked_reason,
                )
                for file in batch
            )
    if schema_editor.connection.vendor == "postgresql":
        # Keys were copied, so the sequence does not know them; and no table changes while constraints wait.
        schema_editor.execute(
            "SELECT setval(pg_get_serial_sequence('scanner_packedfile', 'id'),"
            " GREATEST((SELECT MAX(id) FROM scanner_packedfile), 1))"
        )
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def whole_url(file):
    return file.folder + file.filename if file.folder.endswith("/") else file.folder


class Migration(migrations.Migration):
    dependencies = [("scanner", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="package",
            name="files_base",
            field=models.TextField(blank=True, default="", help_text="the address below which its files lie, told by the first"),
            preserve_default=False,
        ),
        migrations.CreateModel(
            name="PackedFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("package", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="scanner.package")),
                ("release", models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="scanner.release")),
                ("size", models.BigIntegerField(blank=True, null=True)),
                ("uploaded_at", models.DateTimeField(blank=True, null=True)),
                ("yanked", models.BooleanField(default=False)),
                ("has_metadata", models.BooleanField(blank=True, help_text="null: the index announces nothing", null=True)),
                ("sha256", scanner.models.digests.DigestField(blank=True, default="", help_text="as hex; empty: the index tells none")),
                ("metadata_sha256", scanner.models.digests.DigestField(blank=True, default="", help_text="as hex; empty: the index tells none")),
                ("location", models.BinaryField(help_text="packed by scanner.domain.files.locations")),
                ("filename", models.CharField(max_length=300)),
                ("kind", models.CharField(max_length=8)),
                ("requires_python", models.CharField(blank=True, max_length=200)),
                ("yanked_reason", models.TextField(blank=True)),
            ],
        ),
        migrations.RunPython(copy_files, migrations.RunPython.noop, elidable=True),
        migrations.DeleteModel(name="ReleaseFile"),
        migrations.RenameModel(old_name="PackedFile", new_name="ReleaseFile"),
        migrations.AlterField(
            model_name="releasefile",
            name="package",
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="files", to="scanner.package"),
        ),
        migrations.AlterField(
            model_name="releasefile",
            name="release",
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name="files", to="scanner.release"),
        ),
        migrations.AddConstraint(
            model_name="releasefile",
            constraint=models.UniqueConstraint(fields=("package", "filename"), name="releasefile_package_filename_unique"),
        ),
        migrations.AddIndex(
            model_name="releasefile",
            index=models.Index(fields=["release"], name="releasefile_release"),
        ),
    ]
