"""Parse the page of all packages in slices: it may list a million names, which are never held as values at once.

A JSON page is cut between rows, every quarter of a megabyte. A cut in the wrong place (within a string or a row) leaves
two pieces that are invalid JSON, so pieces that parse were cut correctly; otherwise the page is parsed as a whole.
"""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from packaging.utils import NormalizedName, canonicalize_name

from scanner.domain.index_page.page import RootPage
from scanner.index.errors import InvalidIndexPage
from scanner.index.formats import rows
from scanner.index.formats.html_page import check_whole
from scanner.index.formats.json_page import check_document, read_any

_START = re.compile(rb'"projects":\s*+\[')
_CUTS = (b"},{", b"}, {")
_SLICE = 1 << 18
_NORMAL = re.compile(r"[a-z0-9]++(?:-[a-z0-9]++)*\Z")
_LINK = re.compile(r"<a\b[^<>]*+>([^<>]*+)</a", re.IGNORECASE)
_SERIAL = "_last-serial"
# Raised for a row that is no mapping, lacks a key, or has a string for a number.
_ODD = (TypeError, KeyError)

Named = Iterable[tuple[str, Any]]


def read_json(
    body: bytes, url: str, *, above: int | None, among: Collection[NormalizedName] | None, max_names: int
) -> RootPage:
    """Return the page as `read.read_root` does."""
    try:
        return _gathered(_slices(body, url), url, above, among, max_names)
    except (ValueError, RecursionError):
        document = read_any(body, url)
    entries = document.get("projects")
    if not isinstance(entries, list):
        raise InvalidIndexPage(url, "projects", "there is no list of projects")
    return _gathered([entries], url, above, among, max_names)


def read_html(text: str, url: str, *, among: Collection[NormalizedName] | None, max_names: int) -> RootPage:
    """Return the page as `read.read_root` does. HTML has no serials."""
    check_whole(text, url)
    serials: dict[NormalizedName, int | None] = {}
    count = 0
    for link in _LINK.finditer(text):
        count += 1
        if count > max_names:
            raise InvalidIndexPage(url, "links", f"no more than {max_names:,} names are read")
        name = canonicalize_name(link.group(1).strip())
        if name in among if among is not None else _NORMAL.match(name):
            serials[name] = None
    if not count and "pypi:repository-version" not in text:
        raise InvalidIndexPage(url, "page", "no link to a package, and nothing that marks an index page")
    return RootPage(serials, count)


def _slices(body: bytes, url: str) -> Iterator[list[Any]]:
    """Yield the rows, a few thousand at a time. Raises ValueError or RecursionError for an unusual page."""
    start, end = _START.search(body), body.rfind(b"]")
    if start is None or end < start.end():
        raise ValueError("no list of projects")
    at = start.end()
    check_document(json.loads((body[:at] + body[end:]).decode()), url)
    mark = next((mark for mark in _CUTS if mark in body[at : at + _SLICE]), _CUTS[0])
    while at < end:
        cut = body.find(mark, at + _SLICE, end)
        stop = end if cut < 0 else cut + 1
        yield json.loads(f"[{body[at:stop].decode()}]")
        # A comma follows the brace.
        at = stop + 1


def _gathered(
    slices: Iterable[list[Any]], url: str, above: int | None, among: Collection[NormalizedName] | None, most: int
) -> RootPage:
    serials: dict[NormalizedName, int | None] = {}
    count, newest = 0, None
    for entries in slices:
        count += len(entries)
        if count > most:
            raise InvalidIndexPage(url, "projects", f"no more than {most:,} names are read")
        chosen = entries if above is None else _above(entries, above)
        newest = _higher(newest, _newest(chosen))
        for name, entry in _normal(chosen) if among is None else _among(chosen, among):
            known = NormalizedName(name)
            serials[known] = _higher(serials.get(known), rows.serial_of(entry.get(_SERIAL)))
    return RootPage(serials, count, newest)


def _above(entries: Sequence[Any], above: int) -> Sequence[Any]:
    """Return the rows with a higher serial, and those whose serial cannot be read."""
    try:
        return [entry for entry in entries if entry[_SERIAL] > above]
    except _ODD:
        return [entry for entry in entries if _may_be_above(entry, above)]


def _may_be_above(entry: Any, above: int) -> bool:
    try:
        return bool(entry[_SERIAL] > above)
    except _ODD:
        return (serial := _serial(entry)) is None or serial > above


def _newest(entries: Sequence[Any]) -> int | None:
    try:
        found = rows.serial_of(max([entry[_SERIAL] for entry in entries], default=None))
    except _ODD:
        found = None
    if found is not None:
        return found
    return max((serial for serial in map(_serial, entries) if serial is not None), default=None)


def _among(entries: Sequence[Any], among: Collection[NormalizedName]) -> Named:
    """Return the rows of these names, normalised as one text: a call for each of a million would take a second."""
    try:
        text = "\n".join([entry["name"] for entry in entries]).lower().replace("_", "-").replace(".", "-")
    except _ODD:
        return _picked(entries, among)
    while "--" in text:
        text = text.replace("--", "-")
    names = text.split("\n")
    if len(names) != len(entries):
        return _picked(entries, among)
    return [(name, entry) for name, entry in zip(names, entries, strict=True) if name in among]


def _picked(entries: Sequence[Any], among: Collection[NormalizedName]) -> Named:
    return [(name, entry) for name, entry in _normal(entries) if name in among]


def _normal(entries: Sequence[Any]) -> Named:
    """Yield each row that has a package's name, with the normalised name."""
    for entry in entries:
        raw = entry.get("name") if isinstance(entry, dict) else None
        if isinstance(raw, str) and _NORMAL.match(name := canonicalize_name(raw)):
            yield name, entry


def _serial(entry: object) -> int | None:
    return rows.serial_of(entry.get(_SERIAL)) if isinstance(entry, dict) else None


def _higher(one: int | None, other: int | None) -> int | None:
    return other if one is None else one if other is None else max(one, other)
