"""What an index did not give, as it is stored in English, in another language."""

from datetime import UTC, datetime
from gettext import NullTranslations

import pytest
import requests

from scanner.domain import index_faults
from scanner.domain.index_faults import index_fault_text
from scanner.domain.translation import speaking
from scanner.index.errors import (
    DigestMismatch,
    HostThrottled,
    IndexFault,
    IndexHostNotAllowed,
    IndexRefused,
    IndexUnavailable,
    InvalidArchive,
    InvalidIndexPage,
    NoSuchFile,
    NoSuchPackage,
)
from scanner.index.http.failures import fault_of
from scanner.index.limits import Limits

URL = "https://index.example/simple/demo"
UNTIL = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)


class Linked(NullTranslations):
    """A catalogue that says every message with dashes between its words."""

    def gettext(self, message: str) -> str:
        return message.replace(" ", "-")


def said(stored: str) -> str:
    assert index_fault_text(stored) == stored
    with speaking("xx", Linked()):
        return index_fault_text(stored)


@pytest.mark.parametrize(
    ("fault", "text"),
    [
        (NoSuchPackage(URL, "demo"), f"demo-is-not-on-the-index-({URL})"),
        (NoSuchFile(URL), f"{URL}-does-not-exist"),
        (IndexUnavailable(URL, "status 500", 500), f"{URL}-did-not-answer:-status-500"),
        (IndexRefused(URL, "status 403", 403), f"{URL}-refused-the-request:-status-403"),
        (IndexHostNotAllowed(URL), f"{URL}-did-not-answer:-{index_faults.NOT_PUBLIC.replace(' ', '-')}"),
        (
            HostThrottled(URL, "index.example", UNTIL),
            "index.example-asked-for-a-pause;-next-request-not-before-2026-11-27 12:00:00-UTC",
        ),
        (
            HostThrottled(URL, "index.example", UNTIL, "answered 429"),
            "index.example-answered-429;-next-request-not-before-2026-11-27 12:00:00-UTC",
        ),
        (InvalidIndexPage(URL, "byte 7", "{odd}"), f"{URL}-cannot-be-read-at-byte 7:-{{odd}}"),
    ],
    ids=lambda one: type(one).__name__ if isinstance(one, IndexFault) else "",
)
def test_the_sentence_of_a_fault_is_translated_around_its_address(fault: IndexFault, text: str) -> None:
    assert said(str(fault)) == text


def test_each_kind_of_fault_has_a_sentence_that_is_found_again() -> None:
    def kinds(kind: type[IndexFault]) -> list[type[IndexFault]]:
        return [kind, *(one for below in kind.__subclasses__() for one in kinds(below))]

    known = {one for one in vars(index_faults).values() if isinstance(one, str)}
    assert {kind.SENTENCE for kind in kinds(IndexFault)[1:]} <= known
    assert str(IndexFault(URL)) == URL
    assert str(DigestMismatch(URL, "a", "b")) == f"{URL}: sha256 is b, the index announced a"
    assert str(InvalidArchive(URL, "not a tar.gz")) == f"{URL}: not a tar.gz"


def test_why_there_was_no_connection_is_translated_and_what_the_system_says_is_not() -> None:
    fault = fault_of(URL, OSError(111, "Connection refused"), Limits())
    assert said(str(fault)) == f"{URL}-did-not-answer:-the-connection-failed-(Connection-refused)"
    silent = fault_of(URL, requests.Timeout(), Limits(silence=2.5))
    assert said(str(silent)) == f"{URL}-did-not-answer:-silent-for-2.5-s"


def test_the_errors_of_several_indexes_are_translated_one_by_one() -> None:
    stored = f"{IndexUnavailable(URL, 'status 500')}; https://other.example/simple: {index_faults.NOT_ASKED_YET}"
    assert said(stored) == f"{URL}-did-not-answer:-status-500; https://other.example/simple:-not-asked-yet"
