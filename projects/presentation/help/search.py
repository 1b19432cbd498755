"""The search in the help."""

from __future__ import annotations

from msgspec.structs import replace

from projects.presentation.help.questions import WANTED
from projects.presentation.help.setup import SET_UP
from projects.presentation.help.topics import HelpSection, HelpTopic
from projects.presentation.help.words import MEANT
from scanner.domain.translation import gettext, noop, remembered

SECTIONS = (WANTED, MEANT, SET_UP)
_LONGEST = 200
_SHORTEST_PLURAL = 4
_FILLERS = noop(
    "a an and are can do does for from get how i in is it my of on or our that the this to we what when where which "
    "who why with you"
)


def search_help(text: str) -> tuple[HelpSection, ...]:
    """Return the topics that have all words of the text, those that ask for them first; all topics without words."""
    fillers = gettext(_FILLERS).split()
    words = [word for word in _words(text) if word not in fillers]
    if not words:
        return _sections()
    found = [topic for section in _sections() for topic in section.topics if _has_all(topic, words)]
    found.sort(key=lambda topic: not all(word in topic.question.casefold() for word in words))
    return (HelpSection(gettext("What was found"), tuple(found)),) if found else ()


@remembered(maxsize=8)
def _sections() -> tuple[HelpSection, ...]:
    """Return all topics in the language spoken."""
    return tuple(HelpSection(gettext(one.heading), tuple(map(_topic, one.topics))) for one in SECTIONS)


def _topic(topic: HelpTopic) -> HelpTopic:
    return replace(
        topic,
        question=gettext(topic.question),
        answer=gettext(topic.answer),
        links=tuple((gettext(label), name) for label, name in topic.links),
        words=gettext(topic.words),
    )


def _words(text: str) -> list[str]:
    return [word.strip("?!.,:;\"'“”„()") for word in text.replace("\0", " ")[:_LONGEST].casefold().split()]


def _has_all(topic: HelpTopic, words: list[str]) -> bool:
    everything = f"{topic.question} {topic.answer} {topic.words} {topic.more}".casefold()
    return all(_stem(word) in everything for word in words)


def _stem(word: str) -> str:
    """Return a word without the ending of a plural: "blockers" finds "blocker"."""
    return word[:-1] if len(word) >= _SHORTEST_PLURAL and word.endswith("s") else word
