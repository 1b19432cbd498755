"""Empty the tables of PostgreSQL after a test that committed.

Django truncates all of them, which makes each with its indexes anew, and writes content types and permissions again.
That takes twenty times as long as to delete the few rows of a test.
"""

import functools

from django.db import connection
from django.test import TransactionTestCase

# What `migrate` writes and no test changes.
_KEPT = frozenset({"django_content_type", "auth_permission"})
# Bytes of a table from which on it is truncated: deleted rows stay in its files.
_LARGE = 2_000_000


def hasten() -> None:
    """Empty the tables in this way after each test from here on."""
    TransactionTestCase._fixture_teardown = _empty  # type: ignore[attr-defined]  # the stubs leave it out


def _empty(case: TransactionTestCase) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_statement())


@functools.cache
def _statement() -> str:
    """Return the statement; triggers are off in it, since they refuse to delete from the audit log."""
    found = connection.introspection.django_table_names(only_existing=True, include_views=False)
    tables = [connection.ops.quote_name(name) for name in sorted(found) if name not in _KEPT]
    sizes = ", ".join(f"pg_relation_size('{name}')" for name in tables)
    deletions = "; ".join(f"DELETE FROM {name}" for name in tables)
    return (
        f"DO $$ BEGIN IF greatest({sizes}) > {_LARGE} THEN TRUNCATE {', '.join(tables)};"
        f" ELSE SET LOCAL session_replication_role = replica; {deletions}; END IF; END $$"
    )
