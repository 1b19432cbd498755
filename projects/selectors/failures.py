"""Stored failures of hosts, deliveries and messages in the language of the page."""

from __future__ import annotations

from functools import cache

from projects.domain import failures
from projects.hosts.errors import host_sentences
from scanner.domain.stored_text import StoredSentences


def failure_text(stored: str) -> str:
    """Return a stored failure in the language spoken; what a host or a mail server said stays as it is."""
    return _sentences().say(stored)


@cache
def _sentences() -> StoredSentences:
    return StoredSentences((*host_sentences(), *failures.SENTENCES), inner=("reason", "what"))
