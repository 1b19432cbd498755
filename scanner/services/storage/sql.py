"""Raw SQL for storing pages: inserts, selects and updates of the rows of one table.

Storing a page takes a dozen small statements, which Django takes longer to build than the database to execute; and a
first page has thousands of rows, for which COPY on PostgreSQL and executemany on SQLite are fastest. The model's fields
still convert the values. The other raw SQL is that of claims (scanner.services.polling.claims).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import datetime
from functools import cache, partial
from typing import Any, TypeVar

from django.db import connection, models
from django.db.backends.utils import CursorWrapper

Row = Sequence[Any]
M = TypeVar("M", bound=models.Model)


def insert_rows(
    model: type[models.Model], fields: Sequence[str], rows: Iterable[Row], *, ignore_conflicts: bool = False
) -> None:
    """Insert `rows`, each with a value for each of `fields`, in the open transaction.

    Values have the columns' types, times those of `time_writer`; nothing is validated and no default is set. A conflict
    is an error, or with `ignore_conflicts` drops the row.
    """
    table, columns = _names(model, tuple(fields))
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


def select_rows(
    model: type[models.Model], fields: Sequence[str], where: str, parameters: Row, *, lock: bool = False
) -> Iterator[tuple[Any, ...]]:
    """Return the values of `fields` of the rows that meet an SQL condition. lock: lock the rows where that exists."""
    table, columns = _names(model, tuple(fields))
    suffix = " FOR UPDATE" if lock and connection.features.has_select_for_update else ""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(columns)} FROM {table} WHERE {where}{suffix}", parameters)  # noqa: S608  names from models only
        rows = cursor.fetchall()
    readers = _readers(model, tuple(fields), connection.vendor)
    if not readers:
        return iter(rows)
    return map(partial(_read, readers), rows)


def update_rows(instances: Collection[M], fields: Sequence[str]) -> None:
    """Update these fields of stored instances of one model."""
    first = next(iter(instances), None)
    if first is None:
        return
    model = type(first)
    table, columns = _names(model, tuple(fields))
    _, (key,) = _names(model, ("pk",))
    written = [
        (field.attname, partial(field.get_db_prep_save, connection=connection)) for field in _fields(model, fields)
    ]
    rows = [(*(adapted(getattr(instance, name)) for name, adapted in written), instance.pk) for instance in instances]
    settings = ", ".join(f"{column} = %s" for column in columns)
    sql = f"UPDATE {table} SET {settings} WHERE {key} = %s"  # noqa: S608  as above
    with connection.cursor() as cursor:
        _execute(cursor, sql, rows)


def _execute(cursor: CursorWrapper, sql: str, rows: Sequence[Row]) -> None:
    """Execute a statement for each row: executemany costs more for a single one."""
    if len(rows) == 1:
        cursor.execute(sql, rows[0])
    else:
        cursor.executemany(sql, rows)


def marks(values: Collection[object]) -> str:
    """Return the placeholders of a list of values, for use after IN."""
    return f"({', '.join(['%s'] * len(values))})"


def _fields(model: type[models.Model], names: Sequence[str]) -> list[models.Field[Any, Any]]:
    # Django documents _meta as its API for models.
    meta = model._meta  # noqa: SLF001
    found = [meta.pk if name == "pk" else meta.get_field(name) for name in names]
    assert all(isinstance(field, models.Field) for field in found)
    return [field for field in found if isinstance(field, models.Field)]


@cache
def _names(model: type[models.Model], fields: tuple[str, ...]) -> tuple[str, list[str]]:
    quote = connection.ops.quote_name
    columns = [quote(str(field.column)) for field in _fields(model, fields)]
    return quote(model._meta.db_table), columns  # noqa: SLF001  as above


_Reader = Callable[[Any], Any]


@cache
def _readers(model: type[models.Model], fields: tuple[str, ...], vendor: str) -> tuple[tuple[int, _Reader], ...]:
    """Return the converters of columns to values, by position, for the fields that have any."""
    found: list[tuple[int, _Reader]] = []
    for position, field in enumerate(_fields(model, fields)):
        column = field.get_col(model._meta.db_table)  # noqa: SLF001  as above
        converters = (*connection.ops.get_db_converters(column), *column.get_db_converters(connection))
        found += [(position, partial(_converted, converter, column)) for converter in converters]
    return tuple(found)


def _converted(converter: Callable[..., Any], column: object, value: Any) -> Any:
    return converter(value, column, connection)


def _read(readers: tuple[tuple[int, _Reader], ...], row: Row) -> tuple[Any, ...]:
    values = list(row)
    for position, read in readers:
        values[position] = read(values[position])
    return tuple(values)


def time_writer() -> Callable[[datetime | None], object]:
    """Return a function from a time (aware, UTC) to the value that `insert_rows` takes. Call once for all rows."""
    return _unconverted if connection.vendor == "postgresql" else _as_text


def _unconverted(moment: datetime | None) -> object:
    return moment


def _as_text(moment: datetime | None) -> object:
    """Return the text that Django stores on SQLite: UTC, without a zone."""
    return moment.isoformat(" ")[:-6] if moment is not None else None
