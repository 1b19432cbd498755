"""Keep the reasons of stored results as data, not as sentences; take from rows what is made of the rest."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models

BATCH = 100


def convert(row: dict[str, Any]) -> dict[str, Any]:
    """Return a package row as projects.domain.assessment.package_result writes it."""
    if isinstance(row.get("reason"), dict):
        return row
    reason, newest = row.get("reason") or "", row.get("newest")
    if newest:
        reason = reason.removesuffix(f"; the newest, {newest['version']}: {newest['reason']}")
        short = {"kind": "text", "detail": newest["reason"], "short": newest["cause"]}
        newest = {"version": newest["version"], "reason": short}
    if row.get("pending"):
        data = {"kind": "not-polled", "detail": reason.partition(": ")[2]}
    else:
        data = {"kind": "text", "detail": reason}
    kept = {key: value for key, value in row.items() if key not in ("advice", "error", "flags")}
    is_open = "the newest release may still get wheels" in (row.get("advice") or "")
    return {**kept, "reason": data, "newest": newest, "open": is_open}


def convert_rows(apps: Any, schema_editor: Any) -> None:
    """Convert all rows and what pages show of them, in batches."""
    stored = apps.get_model("projects", "TargetAssessment").objects
    last = 0
    while batch := list(stored.filter(pk__gt=last).order_by("pk")[:BATCH]):
        for target in batch:
            target.packages = [convert(row) for row in target.packages]
            if isinstance(target.shown, list):
                # Each summary ended with a flag that was never set.
                target.shown = {"version": 2, "cells": [cell[:11] for cell in target.shown]}
        stored.bulk_update(batch, ["packages", "shown"])
        last = batch[-1].pk


class Migration(migrations.Migration):
    dependencies = [("projects", "0005_shown_rows")]

    operations = [
        migrations.AlterField(
            "targetassessment",
            "shown",
            models.JSONField(help_text="what pages show of the packages; null: made of them", null=True),
        ),
        migrations.RunPython(convert_rows, migrations.RunPython.noop, elidable=True),
    ]
