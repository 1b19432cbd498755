"""The search in the help."""

from __future__ import annotations

from projects.presentation.help.topics import SECTIONS, HelpSection, HelpTopic

_LONGEST = 200
_SHORTEST_PLURAL = 4
_FILLERS = frozenset(
    (
        *("a", "an", "and", "are", "can", "do", "does", "for", "from", "get", "how", "i", "in", "is", "it", "my"),
        *("of", "on", "or", "our", "that", "the", "this", "to", "we", "what", "when", "where", "which", "who", "why"),
        *("with", "you"),
    )
)


def search_help(text: str) -> tuple[HelpSection, ...]:
    """Return the topics that have all words of the text, those that ask for them first; all topics without words."""
    words = [word for word in _words(text) if word not in _FILLERS]
    if not words:
        return SECTIONS
    found = [topic for section in SECTIONS for topic in section.topics if _has_all(topic, words)]
    found.sort(key=lambda topic: not all(word in topic.question.casefold() for word in words))
    return (HelpSection("What was found", tuple(found)),) if found else ()


def _words(text: str) -> list[str]:
    return [word.strip("?!.,:;\"'“”()") for word in text.replace("\0", " ")[:_LONGEST].casefold().split()]


def _has_all(topic: HelpTopic, words: list[str]) -> bool:
    everything = f"{topic.question} {topic.answer} {topic.words} {topic.more}".casefold()
    return all(_stem(word) in everything for word in words)


def _stem(word: str) -> str:
    """Return a word without the ending of a plural: "blockers" finds "blocker"."""
    return word[:-1] if len(word) >= _SHORTEST_PLURAL and word.endswith("s") else word
