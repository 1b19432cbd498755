"""Real services for tests: PostgreSQL and Redis servers that come in wheels, and an SMTP server in a thread."""


class ServiceUnavailable(Exception):
    """This machine has no such service; the text is the reason that a skipped test shows."""
