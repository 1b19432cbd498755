"""Raw SQL for storing pages: inserts and updates of the rows of one table, and its selects (scanner.selectors.rows).

Storing a page takes a dozen small statements, which Django takes longer to build than the database to execute; and a
first page has thousands of rows, for which COPY on PostgreSQL and executemany on SQLite are fastest. The model's fields
still convert the values. The other raw SQL is that of claims (scanner.services.polling.claims).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from django.db import connection, models
from django.db.backends.utils import CursorWrapper

from scanner.selectors.rows import Row, fields_of, marks, names_of, select_rows

__all__ = [
    "Row",
    "insert_rows",
    "insert_values",
    "marks",
    "select_rows",
    "time_writer",
    "update_rows",
    "update_values",
    "write_row",
]

M = TypeVar("M", bound=models.Model)


def insert_rows(
    model: type[models.Model], fields: Sequence[str], rows: Iterable[Row], *, ignore_conflicts: bool = False
) -> None:
    """Insert `rows`, each with a value for each of `fields`, in the open transaction.

    Values have the columns' types, times those of `time_writer`; nothing is validated and no default is set. A conflict
    is an error, or with `ignore_conflicts` drops the row.
    """
    table, columns = names_of(model, tuple(fields))
    into = f"INSERT INTO {table} ({', '.join(columns)})"
    with connection.cursor() as cursor, connection.wrap_database_errors:
        if ignore_conflicts:
            _execute(cursor, f"{into} VALUES {marks(columns)} ON CONFLICT DO NOTHING", list(rows))
        elif connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            # The driver's own cursor and placeholders: Django's would rewrite the parameters of every row.
            cursor.cursor.connection.executemany(f"{into} VALUES ({', '.join('?' * len(columns))})", rows)


def insert_values(
    model: type[models.Model], fields: Sequence[str], rows: Iterable[Row], *, ignore_conflicts: bool = False
) -> None:
    """Insert rows as `insert_rows` does, of values as a model instance would have them."""
    insert_rows(model, fields, _adapted(model, fields, rows), ignore_conflicts=ignore_conflicts)


def write_row(model: type[models.Model], values: Mapping[str, int | bytes]) -> None:
    """Insert the row, or update that with the same primary key, which is the first of the fields."""
    table, (key, *columns) = names_of(model, tuple(values))
    changes = ", ".join(f"{column} = EXCLUDED.{column}" for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({', '.join([key, *columns])}) VALUES {marks(values)}"  # noqa: S608  names from models only
            f" ON CONFLICT ({key}) DO UPDATE SET {changes}",
            list(values.values()),
        )


def update_rows(instances: Collection[M], fields: Sequence[str]) -> None:
    """Update these fields of stored instances of one model."""
    first = next(iter(instances), None)
    if first is None:
        return
    model = type(first)
    names = [field.attname for field in fields_of(model, fields)]
    update_values(model, fields, {one.pk: [getattr(one, name) for name in names] for one in instances})


def update_values(model: type[models.Model], fields: Sequence[str], rows: Mapping[Any, Row]) -> None:
    """Update these fields of stored rows: values as a model instance would have them, by primary key."""
    if not rows:
        return
    table, columns = names_of(model, tuple(fields))
    _, (key,) = names_of(model, ("pk",))
    adapted = _adapted(model, fields, rows.values())
    settings = ", ".join(f"{column} = %s" for column in columns)
    sql = f"UPDATE {table} SET {settings} WHERE {key} = %s"  # noqa: S608  names from models only
    with connection.cursor() as cursor:
        _execute(cursor, sql, [(*values, pk) for pk, values in zip(rows, adapted, strict=True)])


def _adapted(model: type[models.Model], fields: Sequence[str], rows: Iterable[Row]) -> Iterator[Row]:
    """Yield rows of values as the database takes them."""
    adapters = [partial(field.get_db_prep_save, connection=connection) for field in fields_of(model, fields)]
    for values in rows:
        yield tuple(adapt(value) for adapt, value in zip(adapters, values, strict=True))


def _execute(cursor: CursorWrapper, sql: str, rows: Sequence[Row]) -> None:
    """Execute a statement for each row: executemany costs more for a single one."""
    if len(rows) == 1:
        cursor.execute(sql, rows[0])
    else:
        cursor.executemany(sql, rows)


def time_writer() -> Callable[[datetime | None], object]:
    """Return a function from a time (aware, UTC) to the value that `insert_rows` takes. Call once for all rows."""
    return _unconverted if connection.vendor == "postgresql" else _as_text


def _unconverted(moment: datetime | None) -> object:
    return moment


def _as_text(moment: datetime | None) -> object:
    """Return the text that Django stores on SQLite: UTC, without a zone."""
    return moment.isoformat(" ")[:-6] if moment is not None else None
