"""The edits that move the places of a repository to another Python, each with its reason."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from enum import StrEnum

from msgspec import Struct

from projects.domain.python_places.pythons_named import cpython, minor_of
from projects.domain.python_places.values import PlaceKind, PlaceRole, PythonPlace
from projects.domain.rewriting.edits import TextEdit
from projects.domain.rewriting.python_range import admit_python

_VERSION = re.compile(r"3\.\d{1,2}(?P<micro>\.(?:\d{1,2}|\*))?")
_TOX_FACTORS = re.compile(r"py\{[^}]*\}")
# Parts of names of images that are no longer built for new Pythons.
_OLD_IMAGES = ("circleci/python", "stretch", "buster", "bullseye")


class MoveReason(StrEnum):
    """Why a place changes."""

    RUNS = "runs"  # it names the Python that runs
    ADMITS = "admits"  # the range leaves the target out
    PROMISES = "promises"  # the classifiers do not list the target
    TESTS = "tests"  # the tests do not run on the target
    TOOLS = "tools"  # a tool runs on this Python


class PlaceMove(Struct, frozen=True):
    """One change of one place. `before` and `after` are texts; an addition has the place after which it stands.

    `caution`: a part of an image's tag that may not exist for the new Python; empty where there is none.
    """

    place: PythonPlace
    edit: TextEdit
    reason: MoveReason
    before: str
    after: str
    caution: str = ""


def place_moves(places: Sequence[PythonPlace], texts: Mapping[str, str], minor: int) -> list[PlaceMove]:
    """Return the changes that move these places to CPython 3.`minor`. `texts` are the files by path."""
    found: list[PlaceMove] = []
    many = _with_many(places)
    lists: dict[tuple[str, str, int], list[PythonPlace]] = {}
    for place in places:
        if place.is_list and place.role in {PlaceRole.TESTS, PlaceRole.PROMISES}:
            lists.setdefault((place.path, place.setting, _block(places, place)), []).append(place)
        elif place.role is not PlaceRole.TESTS or place.path not in many:
            found += _single(place, texts[place.path], minor)
    for items in lists.values():
        found += _listed(items, texts[items[0].path], minor)
    return sorted(found, key=lambda move: move.place)


def not_moved(places: Sequence[PythonPlace], minor: int, texts: Container[str]) -> list[PythonPlace]:
    """Return the first place of each file to be changed by hand.

    These are files that test several Pythons without a list and lack the new one, and files without a text of which a
    place names another Python.
    """
    many = _with_many(places)
    tests = [one for one in places if one.role is PlaceRole.TESTS and one.path in many]
    listed = {one.path for one in tests if one.is_list}
    tested = {one.path for one in tests if minor_of(one) == minor}
    unknown = [one for one in places if one.path not in texts and minor_of(one) not in {None, minor}]
    left = [*(one for one in tests if one.path not in listed | tested), *unknown]
    first = {one.path: one for one in sorted(left, reverse=True)}
    return sorted(first.values())


def _with_many(places: Sequence[PythonPlace]) -> set[str]:
    """Return the files in which tests name several Pythons: to replace one of them would end its tests."""
    named: dict[str, set[int]] = {}
    for one in places:
        minor = minor_of(one)
        if one.role is PlaceRole.TESTS and minor is not None:
            named.setdefault(one.path, set()).add(minor)
    return {path for path, minors in named.items() if len(minors) > 1}


def _block(places: Sequence[PythonPlace], place: PythonPlace) -> int:
    """Return the first line of the unbroken run of lines that a place of a list is in."""
    lines = {one.line for one in places if (one.path, one.setting) == (place.path, place.setting) and one.is_list}
    line = place.line
    while line - 1 in lines:
        line -= 1
    return line


def _single(place: PythonPlace, text: str, minor: int) -> Iterator[PlaceMove]:
    if place.role is PlaceRole.ADMITS:
        python = cpython(minor)
        after = admit_python(place.value, python.release) if python is not None else None
        if after is not None and after != place.value:
            yield _replaced(place, text, after, MoveReason.ADMITS)
        return
    named = minor_of(place)
    if place.kind is PlaceKind.TOOL or named is None or named >= minor:
        return
    after = _VERSION.sub(lambda found: _version(found, minor), place.value, count=1)
    if place.kind is PlaceKind.CONDA:
        # The build is of the old version.
        after = re.sub(r"(?<=[\d*])=\w+$", "", after)
    if after == place.value:
        after = place.value.replace(f"py3{named}", f"py3{minor}", 1)
    reason = {PlaceRole.RUNS: MoveReason.RUNS, PlaceRole.TESTS: MoveReason.TESTS}.get(place.role, MoveReason.TOOLS)
    caution = next((name for name in _OLD_IMAGES if name in after), "")
    yield _replaced(place, text, after, reason, caution)


def _version(found: re.Match[str], minor: int) -> str:
    """Return the new version: with a patch release where the old one has one."""
    python = cpython(minor)
    has_patch = found["micro"] and found["micro"] != ".*"
    return python.full_version if has_patch and python is not None else f"3.{minor}"


def _listed(items: Sequence[PythonPlace], text: str, minor: int) -> Iterator[PlaceMove]:
    """Yield the addition to a list of Pythons that lacks the new one."""
    named = [found for item in items for found in _minors(item.value)]
    if not named or minor in named or max(named) > minor:
        return
    last = max(items, key=lambda item: (max(_minors(item.value), default=-1), -item.line, item.start))
    reason = MoveReason.PROMISES if last.role is PlaceRole.PROMISES else MoveReason.TESTS
    if _TOX_FACTORS.fullmatch(last.value):
        after = f"{last.value[:-1].rstrip(', ')},3{minor}}}"
        yield _replaced(last, text, after, reason)
        return
    after = re.sub(r"3\.\d{1,2}(?:\.\d{1,2})?|(?<=py)3\d{1,2}", f"3.{minor}", last.value, count=1)
    if last.value.startswith("py3"):
        after = f"py3{minor}"
    yield _added(last, text, after, reason)


def _minors(value: str) -> list[int]:
    if _TOX_FACTORS.fullmatch(value):
        return [int(one) for one in re.findall(r"(?<!\d)3(\d{1,2})(?!\d)", value)]
    found = re.search(r"3\.(\d{1,2})", value) or re.match(r"py3(\d{1,2})", value)
    return [int(found[1])] if found is not None else []


def _replaced(place: PythonPlace, text: str, after: str, reason: MoveReason, caution: str = "") -> PlaceMove:
    offset = _offset(text, place.line)
    edit = TextEdit(offset + place.start, offset + place.end, after)
    return PlaceMove(place, edit, reason, place.value, after, caution)


def _added(last: PythonPlace, text: str, after: str, reason: MoveReason) -> PlaceMove:
    """Return the addition of an item behind the last one, written as that one is."""
    offset = _offset(text, last.line)
    line = text[offset:].split("\n", 1)[0]
    quote = line[last.start - 1 : last.start]
    quote = quote if quote in {'"', "'"} and line[last.end : last.end + 1] == quote else ""
    item = f"{quote}{after}{quote}"
    if not quote and last.path.lower().endswith((".yml", ".yaml")):
        # Without quotes, 3.10 would be 3.1.
        item = f'"{after}"'
    start, end = last.start - len(quote), last.end + len(quote)
    before, behind = line[:start], line[end:].rstrip("\r")
    is_alone = before.strip() in {"", "-"} and re.fullmatch(r"[ \t]*,?[ \t]*(?:#.*)?", behind) is not None
    if not is_alone:
        return PlaceMove(last, TextEdit(offset + end, offset + end, f"{_comma(line, end)}{item}"), reason, "", after)
    ending = "\r\n" if line.endswith("\r") else "\n"
    has_comma = behind.lstrip().startswith(",")
    # The last item of a list may have no comma yet.
    needs_comma = not has_comma and quote and "-" not in before
    position = offset + end
    rest = f"{behind.split('#')[0].rstrip()}" if has_comma else ""
    new = f"{',' if needs_comma else rest}{ending}{before}{item}"
    return PlaceMove(last, TextEdit(position, position, new), reason, "", after)


def _comma(line: str, end: int) -> str:
    """Return what separates the items of a list on one line."""
    return "," if re.search(r",\S", line[:end]) and not re.search(r",\s", line[:end]) else ", "


def _offset(text: str, line: int) -> int:
    """Return where a line begins."""
    position = 0
    for _ in range(line - 1):
        position = text.index("\n", position) + 1
    return position
