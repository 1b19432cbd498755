import json
import logging
import sys

from hypothesis import given
from hypothesis import strategies as st
from structlog.contextvars import bound_contextvars

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


def test_a_line_says_what_it_is_about() -> None:
    with bound_contextvars(task="scanner.tasks.poll_package", task_id="7"), bound_contextvars(package=3):
        line = a_line("slow", seconds=2)
    assert set(line.partition(" message=slow ")[2].split()) == {
        "task=scanner.tasks.poll_package",
        "task_id=7",
        "package=3",
        "seconds=2",
    }
    assert a_line("slow").endswith("message=slow")


def test_a_login_in_an_address_is_never_written() -> None:
    for text in ("at https://robot:hunter2@index.example/simple/", "'redis://:hunter2@redis:6379/0' is away"):
        line = a_line(text, url=text)
        assert "hunter2" not in line
        assert line.count("://***@") == 2


# What looks like an address with a login is not written as it is.
_TEXTS = st.text().filter(lambda text: "://" not in text)


@given(_TEXTS)
def test_no_text_can_forge_a_second_record_or_pair(text: str) -> None:
    line = a_line("seen", value=text)
    assert len(line.splitlines()) == 1
    written = line.split(" value=", 1)[1]
    assert (json.loads(written) if written.startswith('"') else written) == text
