"""Pythons and images as files spell them, whichever they are: in Dockerfiles, version files and workflows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from projects.domain.yaml_nodes import scalars

if TYPE_CHECKING:
    import yaml

_FROM = re.compile(r"[ \t]*FROM[ \t]+(?:--platform=(?P<platform>\S+)[ \t]+)?(?P<image>\S+)", re.IGNORECASE)
_ARG = re.compile(r"[ \t]*ARG[ \t]+(?P<name>\w+)=(?P<quote>[\"']?)(?P<value>[^\s\"']+)", re.IGNORECASE)
_USE = re.compile(r"\$\{?(?P<name>\w{1,100})(?::-(?P<other>[^}]{0,200}))?\}?")
_STAGE = re.compile(r"\sAS\s+(\S+)", re.IGNORECASE)
_VERSION = r"(?:c?python-)?(?P<version>(?:pypy-?)?\d[\w.\-]{0,40})"
_VERSION_LINE = re.compile(rf"[ \t]*(?P<value>{_VERSION})[ \t]*(?:#.*)?", re.IGNORECASE)
_TOOL = re.compile(r"[ \t]*python[ \t]+(?P<versions>[^#]*)")
_WORD = re.compile(r"\S+")
_MATRIX_KEYS = {
    "python-version", "python_version", "python", "python-versions", "python_versions", "pyversion", "py",
    "python.version", "versionspec", "pythonversion",
}  # fmt: skip
_MOST_LINES = 5_000
_LONGEST = 2_000


class SpelledText(Struct, frozen=True):
    """A text at a place of a file: line from 1, columns from 0. `version` is the value without "python-"."""

    line: int
    start: int
    end: int
    value: str
    version: str = ""


class BaseImage(Struct, frozen=True):
    """An image that a Dockerfile builds on, with its arguments filled in.

    `text` is what names it: the reference at FROM, or the value of the ARG that is `setting`; None where it is composed
    of other things.
    """

    reference: str
    platform: str
    line: int
    text: SpelledText | None
    setting: str


def base_images(content: str) -> Iterator[BaseImage]:
    """Yield the images of a Dockerfile, in order; a stage that builds on an earlier one has none of its own."""
    arguments: dict[str, SpelledText] = {}
    stages = {"scratch"}
    for number, line in file_lines(content):
        if argument := _ARG.match(line):
            arguments[argument["name"]] = SpelledText(number, *argument.span("value"), argument["value"])
            continue
        found = _FROM.match(line)
        if found is None:
            continue
        written = found["image"]
        reference = _filled(written, arguments)
        if reference.lower() not in stages:
            used = _USE.search(written)
            text = SpelledText(number, *found.span("image"), written) if used is None else arguments.get(used["name"])
            setting = "FROM" if used is None else used["name"]
            yield BaseImage(reference, found["platform"] or "", number, text, setting)
        if stage := _STAGE.search(line):
            stages.add(stage[1].lower())


def version_lines(content: str) -> Iterator[SpelledText]:
    """Yield the versions of a .python-version or runtime.txt."""
    for number, line in file_lines(content):
        if found := _VERSION_LINE.fullmatch(line):
            yield SpelledText(number, *found.span("value"), found["value"], found["version"])


def tool_versions(content: str) -> Iterator[SpelledText]:
    """Yield the versions of Python in a .tool-versions: the first of a line runs, the others are at hand."""
    for number, line in file_lines(content):
        found = _TOOL.match(line)
        for word in _WORD.finditer(line, *found.span("versions")) if found is not None else ():
            if version := _VERSION_LINE.fullmatch(word[0]):
                yield SpelledText(number, *word.span(), word[0], version["version"])


def matrix_versions(root: yaml.Node | None) -> Iterator[tuple[int, str]]:
    """Yield line and version of the Pythons that the keys of a workflow name."""
    for key, node, _ in scalars(root):
        # setup-python takes several versions as lines of one text.
        for text in str(node.value)[:_LONGEST].split("\n") if key in _MATRIX_KEYS else ():
            if found := re.fullmatch(_VERSION, text.strip(), re.IGNORECASE):
                yield int(node.start_mark.line) + 1, found["version"]


def is_matrix_key(key: str) -> bool:
    """Return whether the values of a key of a workflow are Pythons."""
    return key in _MATRIX_KEYS


def file_lines(content: str) -> Iterator[tuple[int, str]]:
    """Yield the first lines of a file with their numbers, long ones cut."""
    lines = content.split("\n")[:_MOST_LINES]
    return ((number, line.rstrip("\r")[:_LONGEST]) for number, line in enumerate(lines, start=1))


def _filled(image: str, arguments: dict[str, SpelledText]) -> str:
    def value(use: re.Match[str]) -> str:
        known = arguments.get(use["name"])
        return known.value if known is not None else use["other"] or use[0]

    return _USE.sub(value, image)
