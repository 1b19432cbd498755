"""The body of a message in the form that its receiver takes."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from html import escape

from projects.domain.endpoints.events import EndpointEvent, EventKind
from projects.presentation.columns import column_of
from scanner.domain.phrases import agree, count, join_first

_MOST_NAMED = 10
EVENT_NAMES = {
    EventKind.BLOCKER_FELL: "A package no longer blocks a target",
    EventKind.BLOCKER_NEW: "A package blocks a target that did not",
    EventKind.TARGET_READY: "The last blocker of a target fell",
    EventKind.PUSH_WORSE: "A push made a package worse on a target",
    EventKind.MOVE_OPENED: "A change request for a move was opened",
    EventKind.TEST: "A test message",
}


def event_text(event: EndpointEvent, project_name: str) -> str:
    """Return what happened, in one or two sentences."""
    names, target = join_first(event.packages, _MOST_NAMED), column_of(event.target).label if event.target else ""
    left = f" {count(len(event.remaining), 'package')} still {agree(len(event.remaining), 'blocks', 'block')} it."
    remaining = left if event.remaining else ""
    blocks = agree(len(event.packages), "blocks", "block")
    match event.kind:
        case EventKind.BLOCKER_FELL:
            return f"{project_name}: {names} no longer {blocks} {target}.{remaining}"
        case EventKind.BLOCKER_NEW:
            return f"{project_name}: {names} now {blocks} {target}."
        case EventKind.TARGET_READY:
            return f"{project_name} can move to {target}: nothing blocks it any more."
        case EventKind.PUSH_WORSE:
            return f"{project_name}: the push {event.commit[:10]} made {names} worse on {target}."
        case EventKind.MOVE_OPENED:
            return f"{project_name}: a change request for the move to {target} was opened."
        case EventKind.TEST:
            return f"{project_name}: this is a test message of Wheelway."


def make_body(form: str, event: EndpointEvent, project_name: str, url: str, at: datetime) -> bytes:
    """Return the body of a message, as JSON. `url` is the page of the project; `at` is when the event was seen."""
    text, link = event_text(event, project_name), event.link or url
    make = _BODIES.get(form)
    if make is not None:
        document = make(text, link)
    else:
        document = {
            "type": event.kind.value,
            "timestamp": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "data": {
                "project": event.project,
                "target": event.target or None,
                "packages": list(event.packages),
                "remaining": list(event.remaining),
                "commit": event.commit or None,
                "url": link,
                "text": text,
            },
        }
    return json.dumps(document, ensure_ascii=False).encode()


def _slack(text: str, link: str) -> Mapping[str, object]:
    # These three are control characters of its markup.
    safe = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return {"text": f"{safe} <{link}|Open it>"}


def _teams(text: str, link: str) -> Mapping[str, object]:
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": [{"type": "TextBlock", "text": text, "wrap": True}],
        "actions": [{"type": "Action.OpenUrl", "title": "Open it", "url": link}],
    }
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "content": card}
    return {"type": "message", "attachments": [attachment]}


def _matrix(text: str, link: str) -> Mapping[str, object]:
    return {"text": f"{text} {link}", "html": f'{escape(text)} <a href="{escape(link)}">Open it</a>'}


_BODIES: Mapping[str, Callable[[str, str], Mapping[str, object]]] = {
    "slack": _slack,
    "teams": _teams,
    "matrix": _matrix,
}
