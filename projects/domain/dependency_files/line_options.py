"""The options of a requirements line: split as a shell does, checked against those that pip reads in a file."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from msgspec import Struct

# Long name → whether it takes a value. What pip accepts in a requirements file, by its documentation.
_LONG = {
    "index-url": True,
    "pypi-url": True,
    "extra-index-url": True,
    "no-index": False,
    "constraint": True,
    "requirement": True,
    "editable": True,
    "find-links": True,
    "no-binary": True,
    "only-binary": True,
    "prefer-binary": False,
    "require-hashes": False,
    "no-require-hashes": False,
    "pre": False,
    "all-releases": True,
    "only-final": True,
    "trusted-host": True,
    "use-feature": True,
    "hash": True,
    "config-settings": True,
    "config-setting": True,
}
_SHORT = {
    "i": "index-url",
    "c": "constraint",
    "r": "requirement",
    "e": "editable",
    "f": "find-links",
    "C": "config-settings",
}
_SAME = {"pypi-url": "index-url", "config-setting": "config-settings"}
# Options of older pips; they configure builds and require nothing.
_GONE = ("global-option", "install-option", "build-option", "process-dependency-links", "use-wheel", "no-use-wheel")


# Those of pip 26.3, which refuses a file with one that it has dropped, such as 2020-resolver.
_FEATURES = {
    "fast-deps",
    "inprocess-build-deps",
    "venv-isolation",
    "truststore",
    "no-binary-enable-wheel-cache",
    "build-constraint",
}


class InvalidOption(ValueError):
    """An option that pip refuses; the text is a message for the user."""


class LineOptions(Struct, frozen=True):
    """Options in order, each (long name, value; "" for a flag), and the words that no option takes."""

    options: tuple[tuple[str, str], ...]
    rest: tuple[str, ...]

    def values(self, name: str) -> tuple[str, ...]:
        """Return all values of an option, in order."""
        return tuple(value for option, value in self.options if option == name)


def split_options(line: str) -> tuple[str, str]:
    """Split a line into the requirement before the first word that starts with "-" and the options from there."""
    words = line.split(" ")
    for position, word in enumerate(words):
        if word.lstrip("\t").startswith("-"):
            return " ".join(words[:position]).strip(), " ".join(words[position:]).strip()
    return line.strip(), ""


def parse_options(text: str) -> LineOptions:
    """Return the options in `text`. Unique abbreviations count, as for pip. Raises InvalidOption where pip fails."""
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise InvalidOption(f"the options cannot be split: {error}".lower()) from error
    options: list[tuple[str, str]] = []
    rest: list[str] = []
    position = 0
    while position < len(words):
        word = words[position]
        position += 1
        if word == "--":
            rest.extend(words[position:])
            break
        if word.startswith("-") and len(word) > 1:
            name, value = _long(word) if word.startswith("--") else _short(word)
            if value is None:
                value, position = _next(words, position, word)
            options.append((name, value))
        else:
            rest.append(word)
    for name, value in options:
        if name == "use-feature" and value not in _FEATURES:
            raise InvalidOption(f"pip has no feature {value[:60]!r} (any more)")
    return LineOptions(tuple(options), tuple(rest))


def _long(word: str) -> tuple[str, str | None]:
    """Return name and value; None if the value is the next word."""
    written, has_value, value = word[2:].partition("=")
    name = _complete(written)
    if _LONG[name]:
        return _SAME.get(name, name), value if has_value else None
    if has_value:
        raise InvalidOption(f"--{name} takes no value")
    return name, ""


def _short(word: str) -> tuple[str, str | None]:
    if word[1] not in _SHORT:
        raise InvalidOption(f"pip knows no option {word[:2]} in a requirements file")
    return _SHORT[word[1]], word[2:] or None


def _complete(name: str) -> str:
    if name in _LONG:
        return name
    matches = [known for known in _LONG if known.startswith(name)] if name else []
    if len({_SAME.get(match, match) for match in matches}) == 1:
        return matches[0]
    if matches:
        raise InvalidOption(f"--{name} is ambiguous: {', '.join(f'--{match}' for match in matches)}")
    if name in _GONE:
        raise InvalidOption(f"current pip has dropped --{name} and refuses the file; remove the option")
    raise InvalidOption(f"pip knows no option --{name[:60]} in a requirements file")


def _next(words: Sequence[str], position: int, option: str) -> tuple[str, int]:
    if position >= len(words):
        raise InvalidOption(f"{option} needs a value")
    return words[position], position + 1
