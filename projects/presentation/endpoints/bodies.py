"""The body of a message in the form that its receiver takes."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from html import escape

from projects.domain.endpoints.events import EndpointEvent, EventKind
from projects.presentation.columns import column_of
from scanner.domain.phrases import join_first
from scanner.domain.translation import gettext, in_english, ngettext, noop

_MOST_NAMED = 10
EVENT_NAMES = {
    EventKind.BLOCKER_FELL: noop("A package no longer blocks a target"),
    EventKind.BLOCKER_NEW: noop("A package blocks a target that did not"),
    EventKind.TARGET_READY: noop("The last blocker of a target fell"),
    EventKind.PUSH_WORSE: noop("A push made a package worse on a target"),
    EventKind.MOVE_OPENED: noop("A change request for a move was opened"),
    EventKind.TEST: noop("A test message"),
}


def event_text(event: EndpointEvent, project_name: str) -> str:
    """Return what happened, in one or two sentences."""
    names, number = join_first(event.packages, _MOST_NAMED), len(event.packages)
    match event.kind:
        case EventKind.BLOCKER_FELL:
            text = ngettext(
                "{project}: {names} no longer blocks {target}.", "{project}: {names} no longer block {target}.", number
            )
        case EventKind.BLOCKER_NEW:
            text = ngettext("{project}: {names} now blocks {target}.", "{project}: {names} now block {target}.", number)
        case EventKind.TARGET_READY:
            text = gettext("{project} can move to {target}: nothing blocks it any more.")
        case EventKind.PUSH_WORSE:
            text = gettext("{project}: the push {commit} made {names} worse on {target}.")
        case EventKind.MOVE_OPENED:
            text = gettext("{project}: a change request for the move to {target} was opened.")
        case EventKind.TEST:
            text = gettext("{project}: this is a test message from Wheelway.")
    target = column_of(event.target).label if event.target else ""
    said = text.format(project=project_name, names=names, target=target, commit=event.commit[:10])
    if event.kind is not EventKind.BLOCKER_FELL or not event.remaining:
        return said
    left = len(event.remaining)
    more = ngettext("{count} package still blocks it.", "{count} packages still block it.", left)
    return f"{said} {more.format(count=left)}"


def make_body(form: str, event: EndpointEvent, project_name: str, url: str, at: datetime) -> bytes:
    """Return the body of a message, as JSON. `url` is the page of the project; `at` is when the event was seen."""
    with in_english():
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
