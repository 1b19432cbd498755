"""The bodies of messages, in each form that receivers take."""

import json
from typing import Any

import pytest

from projects.domain.endpoints.events import EndpointEvent, EventKind
from projects.presentation.endpoints.bodies import event_text, make_body
from tests.cast import NOON, WINDOWS_313

FELL = EndpointEvent(EventKind.BLOCKER_FELL, "app", WINDOWS_313, ("numpy",), ("orjson", "lxml"))
URL = "https://wheelway.example/projects/app/"


def body(form: str, event: EndpointEvent = FELL, name: str = "<App> & co") -> Any:
    return json.loads(make_body(form, event, name, URL, NOON))


def test_the_standard_form_has_type_time_and_data() -> None:
    found = body("standard")
    assert (found["type"], found["timestamp"]) == ("blocker.fell", "2026-03-02T12:00:00Z")
    assert found["data"] == {
        "project": "app",
        "target": WINDOWS_313,
        "packages": ["numpy"],
        "remaining": ["orjson", "lxml"],
        "commit": None,
        "url": URL,
        "text": event_text(FELL, "<App> & co"),
    }


def test_chat_forms_escape_what_their_markup_reads() -> None:
    assert body("slack")["text"].startswith("&lt;App&gt; &amp; co: numpy no longer blocks ")
    assert body("slack")["text"].endswith(f"<{URL}|Open it>")
    assert body("matrix")["html"].startswith("&lt;App&gt; &amp; co")
    (attachment,) = body("teams")["attachments"]
    assert attachment["content"]["actions"][0]["url"] == URL


@pytest.mark.parametrize("kind", list(EventKind))
def test_each_event_has_a_sentence_that_names_the_project(kind: EventKind) -> None:
    event = EndpointEvent(
        kind, "app", WINDOWS_313, ("numpy", "lxml"), ("lxml",), "0123456789ab", "https://git.example/1"
    )
    assert event_text(event, "The app").startswith("The app")
