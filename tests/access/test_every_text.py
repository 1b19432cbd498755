"""Every page in a language whose messages stand in brackets: what stands outside of them was never marked."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from tests.access.table import ROWS, Who
from tests.access.test_every_url import address, client_of
from tests.access.world import owner_and_operator
from tests.unmarked import brackets_for_german, unmarked_texts


def test_every_text_of_every_page_is_a_message(
    db: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: Settings
) -> None:
    world = owner_and_operator(settings, tmp_path)
    client = client_of("owner", world)
    found: dict[str, list[str]] = {}
    with brackets_for_german(monkeypatch):
        for row in ROWS:
            if row.read is Who.NOBODY or row.route.startswith("api/"):
                continue
            answer = client.get(address(row, world.own["owner"]), headers={"Accept-Language": "de"})
            if answer.status_code != 200 or "text/html" not in answer.headers["Content-Type"]:
                continue
            for text in unmarked_texts(answer.content.decode()):
                found.setdefault(text, []).append(row.route)
    if out := os.environ.get("UNMARKED_OUT"):
        Path(out).write_text("\n".join(f"{text}   <- {routes[0]} ({len(routes)})" for text, routes in found.items()))
    assert not found, "\n".join(f"{text!r} at {routes[0]} and {len(routes) - 1} more" for text, routes in found.items())
