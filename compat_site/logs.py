"""Log records as lines of key=value, for people and for log collectors alike."""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime
from functools import cached_property
from logging.config import dictConfig
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from structlog.typing import EventDict, WrappedLogger

# The login in an address: a library's message may quote one.
_LOGIN = re.compile(r"(://)[^/\s@'\"]+@")
_HIDDEN = r"\1***@"
_LOG_BYTES = 10_000_000


class KeyValueFormatter(logging.Formatter):
    """The format of all records: `time=… level=… logger=… message="…"`, the context, extras, the traceback.

    The context is what `structlog.contextvars.bound_contextvars` has bound: a task, a package. A value with a space, a
    quote or a line break is written as a JSON string, so that a record is always one line and no text can forge a
    second record or pair.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line."""
        return self._formatter.format(record)

    @cached_property
    def _formatter(self) -> logging.Formatter:
        # Importing structlog takes a tenth of the start of a command, and most commands log nothing.
        from structlog.contextvars import merge_contextvars
        from structlog.processors import format_exc_info
        from structlog.stdlib import ExtraAdder, ProcessorFormatter

        return ProcessorFormatter(
            foreign_pre_chain=[merge_contextvars, ExtraAdder(), format_exc_info], processors=[_render]
        )


def _render(_logger: WrappedLogger, level: str, event: EventDict) -> str:
    record = event["_record"]
    moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
    pairs = {
        "time": moment.replace("+00:00", "Z"),
        "level": level,
        "logger": record.name,
        "message": event.pop("event"),
    }
    traceback = event.pop("exception", None)
    # `data` is Celery's second copy of a traceback.
    pairs.update({key: value for key, value in event.items() if key != "data" and not key.startswith("_")})
    if traceback:
        pairs["traceback"] = traceback
    return " ".join(f"{key}={_quoted(_LOGIN.sub(_HIDDEN, str(value)))}" for key, value in pairs.items())


def _quoted(value: str) -> str:
    printable = value.isprintable()
    if value and printable and not any(char in value for char in ' "='):
        return value
    # JSON alone would let through those line breaks that are not ASCII.
    return json.dumps(value, ensure_ascii=not printable)


def write_log_to(path: Path, *, rotates: bool) -> None:
    """Write all records to a file from now on instead of to standard error. Old ones are kept in three more files.

    Of the processes that write to the same file, one `rotates` it and the others follow.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # In the settings, because each Celery worker sets Django up again, which configures logging again.
    handlers: dict[str, object] = settings.LOGGING["handlers"]  # type: ignore[assignment]  # of the settings file
    how: dict[str, object] = {"class": "logging.handlers.WatchedFileHandler"}
    if rotates:
        how = {"class": "logging.handlers.RotatingFileHandler", "maxBytes": _LOG_BYTES, "backupCount": 3}
    handlers["stderr"] = {**how, "formatter": "key_value", "filename": str(path), "encoding": "utf-8"}
    dictConfig(settings.LOGGING)
