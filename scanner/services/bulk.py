"""Many rows into one table at the speed of the database: COPY on PostgreSQL, executemany on SQLite.

The one place that goes around Django's models. Rows are given in the columns' own types, times by
`time_writer`; nothing is validated, no default is filled in, and a conflict is an error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, models

Row = Sequence[object]


def insert_rows(model: type[models.Model], fields: Sequence[str], rows: Iterable[Row]) -> None:
    """Insert `rows`, each with one value for each of `fields`, in the transaction that is open."""
    meta = model._meta  # noqa: SLF001  Django documents it as its API for models
    quote = connection.ops.quote_name
    columns = [str(column) for name in fields if (column := _field(model, name).column)]
    table, listed = quote(meta.db_table), ", ".join(quote(column) for column in columns)
    with connection.cursor() as cursor, connection.wrap_database_errors:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({listed}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join("?" for _ in columns)
            # The driver's own cursor: Django's would rewrite every statement's parameters.
            cursor.cursor.connection.executemany(
                f"INSERT INTO {table} ({listed}) VALUES ({marks})",  # noqa: S608  names from models only
                rows,
            )


def _field(model: type[models.Model], name: str) -> models.Field[Any, Any]:
    found = model._meta.get_field(name)  # noqa: SLF001  as above
    assert isinstance(found, models.Field)
    return found


def time_writer() -> Callable[[datetime | None], object]:
    """What makes a time (aware, UTC) the value that `insert_rows` takes. Ask once, use for all rows."""
    return _as_it_is if connection.vendor == "postgresql" else _as_text


def _as_it_is(moment: datetime | None) -> object:
    return moment


def _as_text(moment: datetime | None) -> object:
    """As Django stores it on SQLite: UTC, without a zone."""
    return moment.isoformat(" ")[:-6] if moment is not None else None
