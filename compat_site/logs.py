"""Log records as lines of key=value, for people and for log collectors alike."""

import json
import logging
import re
from datetime import UTC, datetime

from scanner.services.log_context import facts_of_lines

# The login in an address. Nobody shall log one, and nothing of a library's message is ours to promise.
_LOGIN = re.compile(r"(://)[^/\s@'\"]+@")
_HIDDEN = r"\1***@"
# `data` is Celery's second copy of a traceback.
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "data"}


class KeyValueFormatter(logging.Formatter):
    """`time=… level=… logger=… message="…"`, then what the line is about (task, package), whatever was passed as
    `extra`, and the traceback.

    A value with a space, a quote or a line break is written as a JSON string, so a record is always one line and
    text from outside cannot forge a second one.
    """

    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        pairs = {
            "time": moment.replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        pairs.update({key: str(value) for key, value in facts_of_lines().items()})
        for key, value in vars(record).items():
            if key not in _STANDARD and not key.startswith("_"):
                pairs[key] = str(value)
        if record.exc_info:
            pairs["traceback"] = self.formatException(record.exc_info)
        return " ".join(f"{key}={_quoted(_LOGIN.sub(_HIDDEN, value))}" for key, value in pairs.items())


def _quoted(value: str) -> str:
    printable = value.isprintable()
    plain = value and printable and not any(char in value for char in ' "=')
    # Some line breaks are not ASCII, and JSON alone would let them through.
    return value if plain else json.dumps(value, ensure_ascii=not printable)
