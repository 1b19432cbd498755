"""A database at any migration, as former versions left it, and what it consists of."""

import json
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg

from tests.commands import ROOT
from tests.patience import PATIENCE

# Runs `migrate` with the arguments of each line of its standard input, then says that it is done. The first value of a
# line says whether to leave out the migrations that replace others, which former versions did not have.
# Django takes the fields of each model apart and makes new ones of the parts, which is a third of the time of a long
# way: here a field is copied, without what it has found out since, and its place is the next one as well.
MIGRATOR = """
import copy, functools, json, sys, django
django.setup()
from django.core.management import call_command
from django.db import connections
from django.db.migrations import executor, loader
from django.db.models import Field
from django.utils.functional import cached_property

@functools.cache
def found_out(kind):
    return [name for one in kind.__mro__ for name, value in vars(one).items() if isinstance(value, cached_property)]

def clone(field):
    made = copy.deepcopy(field)
    made.creation_counter = Field.creation_counter
    Field.creation_counter += 1
    for part in filter(None, (made, made.remote_field)):
        for name in found_out(type(part)):
            vars(part).pop(name, None)
    return made

Field.clone = clone

class FormerLoader(loader.MigrationLoader):
    def load_disk(self):
        super().load_disk()
        self.disk_migrations = {key: one for key, one in self.disk_migrations.items() if not one.replaces}

for line in sys.stdin:
    is_former, *where = json.loads(line)
    executor.MigrationLoader = FormerLoader if is_former else loader.MigrationLoader
    call_command("migrate", *where, verbosity=0, skip_checks=True)
    connections.close_all()
    print("done", flush=True)
"""


class OldDatabase:
    """A database of its own, at any migration, for rows in plain SQL. A process of its own migrates it."""

    def __init__(self, folder: Path, url: str | None) -> None:
        self._url, self._file = url, folder / "wheelway.sqlite3"
        environment = {**os.environ, "WHEELWAY_DATA": str(folder), "DATABASE_URL": url or ""}
        if url is None:
            del environment["DATABASE_URL"]
        self._migrator = subprocess.Popen(
            [sys.executable, "-c", MIGRATOR],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def reach(self, app: str, migration: str) -> None:
        """Migrate as former versions did."""
        self._run(True, app, migration)

    def migrate(self, *where: str) -> None:
        """Migrate as this version does."""
        self._run(False, *where)

    def _run(self, *line: bool | str) -> None:
        assert self._migrator.stdin is not None
        assert self._migrator.stdout is not None
        self._migrator.stdin.write(json.dumps(line) + "\n")
        self._migrator.stdin.flush()
        assert self._migrator.stdout.readline() == "done\n"

    def migrations(self, beginning: str) -> list[tuple[str, str]]:
        """Return app and name of those that the database notes as run."""
        noted = self.execute("SELECT app, name FROM django_migrations ORDER BY app")
        return [(app, name) for app, name in noted if name.startswith(beginning)]

    def insert(self, table: str, **values: Any) -> None:
        columns, marks = (
            ", ".join(f'"{name}"' for name in values),
            ", ".join(["%s" if self._url else "?"] * len(values)),
        )
        self.execute(f"INSERT INTO {table} ({columns}) VALUES ({marks})", list(values.values()))

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        opened: Any = psycopg.connect(self._url) if self._url else sqlite3.connect(self._file)
        with closing(opened):
            cursor = opened.execute(sql, parameters)
            rows = cursor.fetchall() if cursor.description else []
            opened.commit()
        return rows

    def schema(self) -> list[tuple[Any, ...]]:
        """Return the columns, constraints, indexes and triggers.

        Without the order of columns, and without the names that were not chosen: they begin with that of the table, and
        stay when it gets another one.
        """
        queries = POSTGRESQL_SCHEMA if self._url else [SQLITE_SCHEMA]
        found = [tuple(map(normalised, row)) for query in queries for row in self.execute(query)]
        assert len(found) > 100
        return sorted(found)

    def empty(self) -> None:
        if self._url is None:
            self._file.unlink(missing_ok=True)
            return
        server, _, name = self._url.rpartition("/")
        with closing(psycopg.connect(f"{server}/postgres", autocommit=True)) as opened:
            opened.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            opened.execute(f"CREATE DATABASE {name}")

    def close(self) -> None:
        self._migrator.communicate(timeout=PATIENCE)


SQLITE_SCHEMA = "SELECT type, tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL"
COLUMNS = "table_name, column_name, data_type, character_maximum_length, is_nullable, column_default, is_identity"
PUBLIC = "'public'::regnamespace"
POSTGRESQL_SCHEMA = [
    f"SELECT 'column', {COLUMNS} FROM information_schema.columns WHERE table_schema = 'public'",
    f"SELECT conrelid::regclass, conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = {PUBLIC}",
    "SELECT 'index', tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "SELECT 'trigger', tgrelid::regclass, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    f"SELECT 'function', prosrc FROM pg_proc WHERE pronamespace = {PUBLIC}",
]


def normalised(value: object) -> str:
    text = str(value)
    if text.startswith("CREATE TABLE"):
        return " ".join(sorted(re.split(r",? (?=\"|CONSTRAINT)", text)))
    if "INDEX" in text:
        return re.sub(r'INDEX "?(?:scanner|projects)_\w+', "INDEX", text)
    return re.sub(r"^(?:scanner|projects)_\w+_(?:pkey|check|key|not_null|fk_\w+)$", "", text)
