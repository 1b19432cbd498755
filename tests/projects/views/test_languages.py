"""Pages in the language of the reader, and everything that programs read in English."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.translation import get_language

from projects.languages import speak
from scanner.domain.phrases import range_text
from scanner.domain.translation import language
from tests.cast import LINUX_314, Cast

PROJECT = "/projects/practice-api/"
PAGES = ("/", PROJECT, f"{PROJECT}?target={LINUX_314}", f"{PROJECT}when/{LINUX_314}/")
GERMAN = {"Accept-Language": "de-CH, de;q=0.9, en;q=0.5"}


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    cache.clear()


@pytest.mark.parametrize(
    ("asked", "spoken"),
    [("de-CH, en;q=0.5", "de"), ("fr, en;q=0.5, de;q=0.3", "en"), ("xx", "en"), ("", "en"), ("de;q=zero, \x07", "en")],
)
def test_a_page_is_in_the_first_known_language_that_the_browser_asks_for(
    alice: Client, asked: str, spoken: str
) -> None:
    answer = alice.get(PROJECT, headers={"Accept-Language": asked})
    assert answer.headers["Content-Language"] == spoken
    assert "Accept-Language" in answer.headers["Vary"]
    assert f'<html lang="{spoken}"' in answer.content.decode()


def test_the_language_chosen_for_the_browser_comes_first_and_an_unknown_one_counts_as_none(alice: Client) -> None:
    sent = {"first_name": "Alice", "zone": "UTC", "theme": "system", "language": "de"}
    assert alice.post("/account/", sent).status_code == 302
    assert 'lang="de"' in alice.get("/", headers={"Accept-Language": "en"}).content.decode()
    alice.cookies["wheelway_language"] = "../de"
    assert 'lang="en"' in alice.get("/").content.decode()


def test_after_a_request_everything_is_english_again(alice: Client) -> None:
    alice.get(PROJECT, headers=GERMAN)
    assert (language(), get_language()) == ("en", "en")


def test_reasons_are_said_in_the_language_of_the_page_though_they_are_stored_in_english(alice: Client) -> None:
    address = f"{PROJECT}?target={LINUX_314}"
    assert "keine Version<" in alice.get(address, headers=GERMAN).content.decode()
    assert "no version<" in alice.get(address).content.decode()


def test_an_unchanged_page_is_sent_again_in_another_language(alice: Client) -> None:
    alice.get(PROJECT)
    english = alice.get(PROJECT)
    same = {"If-None-Match": english.headers["ETag"]}
    assert alice.get(PROJECT, headers=same).status_code == 304
    assert alice.get(PROJECT, headers={**same, **GERMAN}).status_code == 200


@pytest.mark.parametrize("address", PAGES)
def test_a_page_in_german_takes_the_queries_of_the_english_one_once_its_cells_are_kept(
    alice: Client, address: str
) -> None:
    counts = []
    for headers in ({}, GERMAN, GERMAN):
        with CaptureQueriesContext(connection) as queries:
            assert alice.get(address, headers=headers).status_code == 200
        counts.append(len(queries))
    english, first, again = counts
    assert again == english <= first <= english + 1


@pytest.mark.parametrize(
    "address",
    [
        *("/export.csv", "/export.json", f"{PROJECT}export.csv", f"{PROJECT}export.json"),
        *(f"{PROJECT}{page}/{LINUX_314}/?format=json" for page in ("report", "decide")),
    ],
)
def test_files_for_programs_are_english_for_everyone(alice: Client, cast: Cast, address: str) -> None:
    english, german = alice.get(address), alice.get(address, headers=GERMAN)
    assert german.headers["Content-Language"] == "en"
    assert "Accept-Language" not in german.headers.get("Vary", "")
    if address.endswith(".csv"):
        assert german.content == english.content


def test_ranges_that_are_stored_are_said_in_german() -> None:
    assert range_text("cp37 to cp312") == "cp37 to cp312"
    with speak("de"):
        assert range_text("1.0 to 2.0, 3.0") == "1.0 bis 2.0, 3.0"
