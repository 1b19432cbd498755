"""Raw SQL for reading rows of one table: their values, without a model instance or a query of Django.

Reading a project takes some twenty small statements, and Django takes longer to build each than the database to execute
it. The model's fields still convert the values.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from functools import cache, partial
from typing import Any, TypeVar

from django.db import connection, models

Row = Sequence[Any]
T = TypeVar("T")


def select_rows(
    model: type[models.Model], fields: Sequence[str], where: str, parameters: Row, *, lock: bool = False
) -> Iterator[tuple[Any, ...]]:
    """Return the values of `fields` of the rows that meet an SQL condition. lock: lock the rows where that exists."""
    table, columns = names_of(model, tuple(fields))
    suffix = " FOR UPDATE" if lock and connection.features.has_select_for_update else ""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(columns)} FROM {table} WHERE {where}{suffix}", parameters)  # noqa: S608  names from models only
        rows = cursor.fetchall()
    readers = _readers(model, tuple(fields), connection.vendor)
    if not readers:
        return iter(rows)
    return map(partial(_read, readers), rows)


def select_beside(
    model: type[models.Model],
    fields: Sequence[str],
    other: type[models.Model],
    other_fields: Sequence[str],
    where: str,
    parameters: Row,
) -> Iterator[tuple[Any, ...]]:
    """Return the same with the values of the row of `other` that refers to each by its primary key, None for none."""
    table, columns = names_of(model, tuple(fields))
    beside, more = names_of(other, tuple(other_fields))
    _, (key,) = names_of(model, ("pk",))
    _, (reference,) = names_of(other, ("pk",))
    chosen = ", ".join([*(f"{table}.{one}" for one in columns), *(f"{beside}.{one}" for one in more)])
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {chosen} FROM {table} LEFT JOIN {beside} ON {beside}.{reference} = {table}.{key} WHERE {where}",  # noqa: S608  names from models only
            parameters,
        )
        rows = cursor.fetchall()
    readers = (
        *_readers(model, tuple(fields), connection.vendor),
        *((len(columns) + at, read) for at, read in _readers(other, tuple(other_fields), connection.vendor)),
    )
    return map(partial(_read, readers), rows)


def marks(values: Collection[object]) -> str:
    """Return the placeholders of a list of values, for use after IN."""
    return f"({', '.join(['%s'] * len(values))})"


# Names or keys in one statement; SQLite takes 32,766.
CHUNK = 2000


def in_chunks(values: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Yield the values in order, at most `size` at a time: a statement takes only so many parameters."""
    return (values[start : start + size] for start in range(0, len(values), size))


def fields_of(model: type[models.Model], names: Sequence[str]) -> list[models.Field[Any, Any]]:
    """Return fields of a model by name; "pk" is its primary key."""
    # Django documents _meta as its API for models.
    meta = model._meta  # noqa: SLF001
    found = [meta.pk if name == "pk" else meta.get_field(name) for name in names]
    assert all(isinstance(field, models.Field) for field in found)
    return [field for field in found if isinstance(field, models.Field)]


@cache
def names_of(model: type[models.Model], fields: tuple[str, ...]) -> tuple[str, list[str]]:
    """Return the quoted names of a model's table and of the columns of these fields."""
    quote = connection.ops.quote_name
    columns = [quote(str(field.column)) for field in fields_of(model, fields)]
    return quote(model._meta.db_table), columns  # noqa: SLF001  as above


_Reader = Callable[[Any], Any]


@cache
def _readers(model: type[models.Model], fields: tuple[str, ...], vendor: str) -> tuple[tuple[int, _Reader], ...]:
    """Return the converters of columns to values, by position, for the fields that have any."""
    found: list[tuple[int, _Reader]] = []
    for position, field in enumerate(fields_of(model, fields)):
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
