"""What a question of the help is. The questions are in the modules beside this one, in the order of the page."""

from __future__ import annotations

from msgspec import Struct


class HelpTopic(Struct, frozen=True):
    """One question with its answer. `words` are what people call it that is not in the text.

    `links` are (text, name of a URL pattern without arguments), `more` is the file in docs/ that says everything.
    """

    key: str
    question: str
    answer: str
    links: tuple[tuple[str, str], ...] = ()
    more: str = ""
    words: str = ""


class HelpSection(Struct, frozen=True):
    """Topics under one heading."""

    heading: str
    topics: tuple[HelpTopic, ...]
