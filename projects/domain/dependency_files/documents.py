"""Load TOML, JSON and INI into plain values, bounded; and typed access to values of any shape."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping

from msgspec import Struct

from projects.domain.dependency_files.limits import MAX_LINE_LENGTH, MAX_PARTS_OF_TOML_KEY, MAX_TOML_WORD_LENGTH

_AT_LINE = re.compile(r"at line (\d+)")
# What decides where a key may be: comments, texts, and runs of keys joined by dots. A text that is not closed takes the
# rest, so that no character is read more than a few times. No group is possessive: before CPython 3.11.5 such a group
# loses what it matched when its last turn fails half way (gh-106052).
_BASIC = r'"[^"\\\n]*+(?:\\[^\n][^"\\\n]*+)*"'
_LITERAL = r"'[^'\n]*+'"
_KEY = rf"(?:[\w\-]++|{_BASIC}|{_LITERAL})"
_TOML_TOKEN = re.compile(
    r"#[^\n]*+"
    r'|"""[^"\\]*+(?:(?:\\(?:.|\Z)|"(?!""))[^"\\]*+)*(?:"{3,5}|\Z)'
    r"|'''[^']*+(?:'(?!'')[^']*+)*(?:'{3,5}|\Z)"
    rf"|(?P<key>{_KEY}(?:[ \t]*+\.[ \t]*+{_KEY})*)"
    r"|[\"'][^\n]*+",
    re.DOTALL,
)
_TOML_PART = re.compile(_KEY)
_TOML_TEXT = re.compile(f"{_BASIC}|{_LITERAL}")
_LONG_WORD = re.compile(rf"[\w\-]{{{MAX_TOML_WORD_LENGTH + 1}}}")
_INI_SECTION = re.compile(r"\[([^\]\n]{1,300})\]")

_INTERPOLATION = re.compile(r"%(?:%|\((?P<name>[^()\n]{1,300})\)s)?")
# That of configparser.
_MAX_INTERPOLATION_DEPTH = 10


class UnreadableDocument(ValueError):
    """A text that is not a document of its format; `line` is 1-based or None."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


def load_toml(text: str) -> dict[str, object]:
    """Return the document. Raises UnreadableDocument, also for input on which tomllib takes more than linear time."""
    _check_cost(text)
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise UnreadableDocument("not readable as TOML: nested too deeply") from error
    except (ValueError, OverflowError, MemoryError) as error:
        found = _AT_LINE.search(str(error))
        raise UnreadableDocument(f"not readable as TOML: {error}", int(found[1]) if found else None) from error


def _check_cost(text: str) -> None:
    """Refuse what tomllib reads in more than linear time or memory, at any nesting: long dotted keys, long numbers."""
    for token in _TOML_TOKEN.finditer(text):
        if token["key"] is None:
            continue
        start, end = token.span()
        if end - start <= 2 * MAX_PARTS_OF_TOML_KEY - 2:
            continue
        key = token["key"]
        message = ""
        if key.count(".") >= MAX_PARTS_OF_TOML_KEY and len(_TOML_PART.findall(key)) > MAX_PARTS_OF_TOML_KEY:
            message = f"a dotted key of more than {MAX_PARTS_OF_TOML_KEY} parts"
        elif end - start > MAX_TOML_WORD_LENGTH and _LONG_WORD.search(_without_texts(key)):
            message = f"a key or number of more than {MAX_TOML_WORD_LENGTH:,} characters"
        if message:
            raise UnreadableDocument(message, text.count("\n", 0, start) + 1)


def _without_texts(key: str) -> str:
    return _TOML_TEXT.sub("", key)


def load_json(text: str) -> dict[str, object]:
    """Return the object. Raises UnreadableDocument, also for any other JSON value."""
    try:
        value: object = json.loads(text)
        # A lone surrogate is valid JSON and no text: it could be neither stored nor printed.
        if "\\u" in text:
            json.dumps(value, ensure_ascii=False).encode()
    except RecursionError as error:
        raise UnreadableDocument("not readable as JSON: nested too deeply") from error
    except json.JSONDecodeError as error:
        raise UnreadableDocument(f"not readable as JSON: {error.msg}", error.lineno) from error
    except (ValueError, MemoryError) as error:
        raise UnreadableDocument(f"not readable as JSON: {type(error).__name__}") from error
    if not isinstance(value, dict):
        raise UnreadableDocument("the JSON text is not an object")
    return value


class IniOption(Struct, frozen=True):
    """The lines of an option's value, stripped, each with its 1-based number; without comments."""

    lines: tuple[tuple[int, str], ...]

    @property
    def text(self) -> str:
        """Return the value as one text, its lines joined by line feeds."""
        return "\n".join(text for _, text in self.lines if text)


def load_ini(text: str) -> dict[str, dict[str, IniOption]]:
    """Return section → option (lower case) → value, in the dialect of setup.cfg: indented lines continue an option.

    Never raises. Lines before the first section and lines that are not an option are left out.
    """
    sections: dict[str, dict[str, list[tuple[int, str]]]] = {}
    section: dict[str, list[tuple[int, str]]] | None = None
    name = ""
    for number, line in enumerate(text.splitlines(), start=1):
        stripped = line.strip()
        if not stripped or stripped[0] in "#;":
            continue
        if section is not None and name and line[0] in " \t":
            section[name].append((number, stripped))
            continue
        header = _INI_SECTION.match(line)
        if header:
            section = sections.setdefault(header[1].strip(), {})
            name = ""
            continue
        ends = [end for end in (line.find("="), line.find(":")) if end > 0]
        name = line[: min(ends)].strip().lower() if ends and line[0] not in " \t" else ""
        if name and section is not None:
            section[name] = [(number, line[min(ends) + 1 :].strip())]
    return {
        title: {option: IniOption(tuple(lines)) for option, lines in options.items()}
        for title, options in sections.items()
    }


def interpolate(section: Mapping[str, IniOption], defaults: Mapping[str, IniOption]) -> dict[str, IniOption]:
    """Return the options of a section with `%(name)s` replaced and `%%` unescaped, as configparser does by default.

    Raises UnreadableDocument with the line, for an unknown name, a single "%", a circle or a result that is too long.
    """
    known = {**defaults, **section}
    expanded: dict[str, str] = {}
    return {
        name: IniOption(
            tuple(
                (number, part.strip())
                for number, text in option.lines
                for part in _interpolated(text, known, expanded, number, 0).split("\n")
            )
        )
        for name, option in section.items()
    }


def _interpolated(text: str, known: Mapping[str, IniOption], expanded: dict[str, str], line: int, depth: int) -> str:
    if depth > _MAX_INTERPOLATION_DEPTH:
        raise UnreadableDocument("the %(…)s of this option nest too deeply", line)
    parts: list[str] = []
    position = length = 0
    for found in _INTERPOLATION.finditer(text):
        name = (found["name"] or "").lower()
        value = "%"
        if found[0] != "%%":
            if name not in known:
                raise UnreadableDocument(f"{found[0][:100]} names no option of this section", line)
            if name not in expanded:
                # Each option once: options that repeat each other would cost exponential time.
                expanded[name] = _interpolated(known[name].text, known, expanded, line, depth + 1)
            value = expanded[name]
        parts += [text[position : found.start()], value]
        position = found.end()
        length += len(value)
        if length > MAX_LINE_LENGTH:
            raise UnreadableDocument(f"the %(…)s of this option give more than {MAX_LINE_LENGTH:,} characters", line)
    return "".join(parts) + text[position:]


def table(value: object) -> dict[str, object]:
    """Return `value` if it is a table, else an empty one; keys are strings in TOML and JSON."""
    return value if isinstance(value, dict) else {}


def array(value: object) -> list[object]:
    """Return `value` if it is an array, else an empty one."""
    return value if isinstance(value, list) else []


def string(value: object) -> str | None:
    """Return `value` if it is a string, else None."""
    return value if isinstance(value, str) else None


def strings(value: object) -> list[str]:
    """Return the strings in an array."""
    return [item for item in array(value) if isinstance(item, str)]


def get_in(value: object, *keys: str) -> object:
    """Return the value under a path of table keys, None where the path ends early."""
    for key in keys:
        if not isinstance(value, Mapping) or key not in value:
            return None
        value = value[key]
    return value
