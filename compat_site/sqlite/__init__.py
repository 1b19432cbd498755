"""Django's SQLite backend with a private database file."""
