"""Mutations of documents and bodies, for tests that send what no sender should."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

ODD_VALUES: tuple[Any, ...] = (
    *(None, True, 0, -1, 2**31, 2**63, 10**40, 1e308, float("nan")),
    *(
        "",
        " ",
        "\x00",
        "a\x00b",
        "\ud800",
        "\u202e",
        "a\nb",
        "a" * 5000,
        "../../etc/passwd",
        "refs/heads/main",
        "0" * 40,
    ),
    *([], {}, [[[]]], {"": None}, ["\x00"], {"\x00": "\x00"}),
)
CONTENT_TYPES = (
    *("application/json", "application/json; charset=utf-16", "APPLICATION/JSON", "text/plain", "", "\xff/\xff"),
    *(
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "multipart/form-data; boundary=\xff",
        "a/b; charset=x",
    ),
)
# What stands in headers of the hosts' own making.
ODD_HEADERS = (
    "",
    " ",
    "\t",
    "x" * 9000,
    "\xff\xfe",
    "{}",
    "push\x0b",
    "sha256=",
    "sha256=" + "0" * 64,
    "Basic",
    "Basic =",
)


CONTROLS = [chr(code) for code in (*range(10, 32), *range(127, 160))]


def odd_headers() -> st.SearchStrategy[str]:
    """Values of a header as a web server passes them on: bytes without control characters but tab, as Latin-1."""
    allowed = st.characters(min_codepoint=9, max_codepoint=255, exclude_characters=CONTROLS)
    return st.sampled_from(ODD_HEADERS) | st.text(allowed, max_size=300)


@st.composite
def mutated_documents(draw: st.DrawFn, document: Any) -> Any:
    """A copy of a JSON document in which up to three values are replaced, removed, moved or repeated."""
    made = copy.deepcopy(document)
    for _ in range(draw(st.integers(0, 3))):
        made = _mutate(draw, made)
    return made


def _mutate(draw: st.DrawFn, document: Any) -> Any:
    places = list(_places(document))
    if not places:
        return _odd_value(draw)
    holder, key = draw(st.sampled_from(places))
    match draw(st.sampled_from(("odd", "random", "remove", "repeat", "swap"))):
        case "odd":
            holder[key] = _odd_value(draw)
        case "random":
            holder[key] = draw(st.text(max_size=40) | st.integers() | st.lists(st.text(max_size=3), max_size=3))
        case "remove":
            del holder[key]
        case "repeat":
            holder[key] = [holder[key]] * draw(st.sampled_from((1, 2, 70)))
        case "swap":
            other, name = draw(st.sampled_from(places))
            holder[key] = copy.deepcopy(other[name]) if name in _keys(other) else None
    return document


def _odd_value(draw: st.DrawFn) -> Any:
    # A copy: the next mutation may change what is in it.
    return copy.deepcopy(draw(st.sampled_from(ODD_VALUES)))


def _keys(holder: Any) -> Any:
    return range(len(holder)) if isinstance(holder, list) else holder


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield the containers of a document with the keys of what is in them."""
    if isinstance(value, dict | list):
        for key in _keys(value):
            yield value, key
            yield from _places(value[key])


def as_json(document: Any) -> bytes:
    """Return the document as JSON; lone surrogates are escaped, as a sender in another language may do."""
    return json.dumps(document).encode()


@st.composite
def mutated_bytes(draw: st.DrawFn, body: bytes) -> bytes:
    """The body as it is, or cut off, with other bytes in it, in another encoding, or something else altogether."""
    at = st.integers(0, len(body))
    match draw(st.sampled_from(("whole", "cut", "insert", "flip", "utf-16", "bom", "twice", "deep", "random"))):
        case "cut":
            return body[: draw(at)]
        case "insert":
            place = draw(at)
            return body[:place] + draw(st.binary(max_size=20)) + body[place:]
        case "flip" if body:
            place = draw(st.integers(0, len(body) - 1))
            return body[:place] + bytes([body[place] ^ draw(st.integers(1, 255))]) + body[place + 1 :]
        case "utf-16":
            return body.decode("utf-8", "replace").encode("utf-16")
        case "bom":
            return b"\xef\xbb\xbf" + body
        case "twice":
            return body + body
        case "deep":
            return draw(st.sampled_from((b"[", b'{"a":'))) * 9_000
        case "random":
            return draw(st.binary(max_size=300))
    return body
