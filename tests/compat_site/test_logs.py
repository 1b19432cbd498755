import json
import logging
import sys

from hypothesis import given
from hypothesis import strategies as st

from compat_site.logs import KeyValueFormatter


def a_line(message: str, **extra: object) -> str:
    record = logging.LogRecord("scanner.polling", logging.WARNING, "file.py", 1, message, None, None)
    vars(record).update(extra)
    return KeyValueFormatter().format(record)


def test_a_record_is_a_line_of_pairs() -> None:
    line = a_line("index is slow", package="greenlet", seconds=2.5)
    assert line.startswith("time=")
    assert line.endswith('level=warning logger=scanner.polling message="index is slow" package=greenlet seconds=2.5')


def test_an_exception_stays_on_the_line() -> None:
    try:
        int("two\nlines")
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, "f.py", 1, "failed", None, sys.exc_info())
    line = KeyValueFormatter().format(record)
    assert "\n" not in line
    assert "ValueError" in line


@given(st.text())
def test_no_text_can_forge_a_second_record_or_pair(text: str) -> None:
    line = a_line("seen", value=text)
    assert len(line.splitlines()) == 1
    written = line.split(" value=", 1)[1]
    assert (json.loads(written) if written.startswith('"') else written) == text
