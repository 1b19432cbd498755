"""Split HTML into tags, comments and text, in time proportional to its length whatever it holds.

The standard library's parser was quadratic on hostile input until its fixes of 2025, which the oldest supported Python
lacks. An index page needs tags, attributes and text only. Markup that is not closed means that the page was cut off, so
it is an error with its position.
"""

import re
from collections.abc import Iterator
from html import unescape

from msgspec import Struct

_TAG_NAME = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:-]*)")
_TAG_STOP = re.compile(r"""[>"']""")
# Any other "<" is text.
_MARKUP = re.compile(r"<(?=[a-zA-Z/!?])")
# Possessive quantifiers: one pass over the text, without backtracking. None is of a group, which CPython before 3.11.5
# matches wrongly.
_ATTRIBUTE = re.compile(r"""([^\s"'>/=]++)(?:\s*+=\s*+("[^"]*+"|'[^']*+'|[^\s"'>]++))?""")
_RAW = {name: re.compile(rf"</{name}\s*+>", re.IGNORECASE) for name in ("script", "style", "title", "textarea")}


class UnclosedMarkup(Exception):
    """A tag, comment or raw text that starts at `position` and is not closed."""

    def __init__(self, position: int, what: str) -> None:
        super().__init__(what)
        self.position = position
        self.what = what


class Token(Struct, frozen=True):
    """A tag, or the comment or text between two tags. kind: "start", "end", "text" or "comment".

    text: the tag's name in lower case, the comment's content, or the text with its entities replaced.
    """

    kind: str
    text: str
    attributes: str = ""


def tokens(text: str) -> Iterator[Token]:
    """Yield the tokens in order, without the text of script and style. Raises UnclosedMarkup."""
    position = 0
    while markup := _MARKUP.search(text, position):
        at = markup.start()
        if at > position:
            yield Token("text", unescape(text[position:at]))
        if text.startswith("<!--", at):
            end = _find(text, "-->", at, "a comment")
            yield Token("comment", text[at + 4 : end - 3])
        elif text.startswith(("<!", "<?"), at):
            end = _find(text, ">", at, "a declaration")
        elif tag := _TAG_NAME.match(text, at):
            end = _end_of_tag(text, tag.end(), at)
            name = tag.group(2).lower()
            yield Token("end" if tag.group(1) else "start", name, text[tag.end() : end - 1])
            if name in _RAW and not tag.group(1):
                close = _RAW[name].search(text, end)
                if close is None:
                    raise UnclosedMarkup(at, f"<{name}>")
                if name == "title":
                    yield Token("text", unescape(text[end : close.start()]))
                end = close.end()
        else:
            raise UnclosedMarkup(at, "a tag")
        position = end
    if position < len(text):
        yield Token("text", unescape(text[position:]))


def attributes(token: Token) -> dict[str, str]:
    """Return a start tag's attributes by lower-case name, the first of each; "" for one without a value."""
    found: dict[str, str] = {}
    for name, value in _ATTRIBUTE.findall(token.attributes):
        bare = value[1:-1] if value[:1] in ('"', "'") else value
        found.setdefault(name.lower(), unescape(bare) if "&" in bare else bare)
    return found


def _end_of_tag(text: str, position: int, at: int) -> int:
    """Return the position after the ">" of the tag that starts at `at`; one within quotes does not end it."""
    while stop := _TAG_STOP.search(text, position):
        if stop.group() == ">":
            return stop.end()
        position = _find(text, stop.group(), at, "a tag", stop.end())
    raise UnclosedMarkup(at, "a tag")


def _find(text: str, end: str, at: int, what: str, start: int | None = None) -> int:
    found = text.find(end, at if start is None else start)
    if found < 0:
        raise UnclosedMarkup(at, what)
    return found + len(end)
