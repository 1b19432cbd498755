"""Places in Dockerfiles, version files and noxfiles."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator

from projects.domain.python_places.values import PlaceKind, PythonPlace

_FROM = re.compile(r"[ \t]*FROM[ \t]+(?:--platform=(?P<platform>\S+)[ \t]+)?(?P<image>\S+)", re.IGNORECASE)
_ARG = re.compile(r"[ \t]*ARG[ \t]+(?P<name>\w+)=(?P<quote>[\"']?)(?P<value>[^\s\"']+)", re.IGNORECASE)
_USE = re.compile(r"\$\{?(?P<name>\w{1,100})(?::-(?P<other>[^}]{0,200}))?\}?")
_IMAGE_NAME = re.compile(r"(?:^|/)(?:python|pypy)\b|lambda/python|python")
_VERSION = re.compile(r"[ \t]*(?P<value>(?:c?python-)?3\.\d{1,2}(?:\.\d{1,2})?t?)[ \t]*(?:#.*)?$", re.IGNORECASE)
_TOOL_VERSION = re.compile(r"[ \t]*python[ \t]+(?P<value>3\.\d{1,2}(?:\.\d{1,2})?t?)", re.IGNORECASE)
_NOX = re.compile(r"(?:python)?3\.\d{1,2}")
_MOST_LINES = 5_000
_LONGEST = 2_000


def read_dockerfile(text: str, path: str) -> Iterator[PythonPlace]:
    """Yield the images of a Dockerfile that are Pythons: at FROM, or at the ARG that the version comes from."""
    arguments: dict[str, tuple[int, re.Match[str]]] = {}
    for number, line in _lines(text):
        if argument := _ARG.match(line):
            arguments[argument["name"]] = (number, argument)
            continue
        found = _FROM.match(line)
        if found is None or _IMAGE_NAME.search(_filled(found["image"], arguments)) is None:
            continue
        image = _filled(found["image"], arguments)
        context = f"{image} on {found['platform']}" if found["platform"] and "$" not in found["platform"] else image
        used = _USE.search(found["image"])
        if used is not None and used["name"] in arguments:
            at, argument = arguments[used["name"]]
            start, end = argument.span("value")
            yield PythonPlace(path, at, start, end, PlaceKind.IMAGE, argument["value"], used["name"], context=context)
        elif used is None:
            start, end = found.span("image")
            yield PythonPlace(path, number, start, end, PlaceKind.IMAGE, image, "FROM", context=context)


def read_version_file(text: str, path: str) -> Iterator[PythonPlace]:
    """Yield the Pythons of a .python-version or runtime.txt: the first one runs, the others are at hand."""
    for number, line in _lines(text):
        if found := _VERSION.match(line):
            yield PythonPlace(path, number, *found.span("value"), PlaceKind.VERSION_FILE, found["value"])


def read_tool_versions(text: str, path: str) -> Iterator[PythonPlace]:
    """Yield the Python of a .tool-versions."""
    for number, line in _lines(text):
        if found := _TOOL_VERSION.match(line):
            yield PythonPlace(path, number, *found.span("value"), PlaceKind.VERSION_FILE, found["value"], "python")


def read_noxfile(text: str, path: str) -> list[PythonPlace]:
    """Return the Pythons that the sessions of a noxfile name by literals."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    named = {
        one.targets[0].id: one.value
        for one in tree.body
        if isinstance(one, ast.Assign) and isinstance(one.targets[0], ast.Name)
    }
    values = [node.value for node in ast.walk(tree) if isinstance(node, ast.keyword) and node.arg == "python"]
    found = [named.get(value.id, value) if isinstance(value, ast.Name) else value for value in values]
    return sorted({place for value in found for place in _literals(value, path)})


def _literals(node: ast.expr, path: str) -> Iterator[PythonPlace]:
    items = node.elts if isinstance(node, ast.List | ast.Tuple) else [node]
    for item in items:
        if isinstance(item, ast.Constant) and isinstance(item.value, str) and _NOX.fullmatch(item.value):
            start = item.col_offset + 1
            yield PythonPlace(
                path,
                item.lineno,
                start,
                start + len(item.value),
                PlaceKind.TEST_ENVIRONMENT,
                item.value,
                "python",
                is_list=node is not item,
            )


def _lines(text: str) -> Iterator[tuple[int, str]]:
    return ((number, line[:_LONGEST]) for number, line in enumerate(text.split("\n")[:_MOST_LINES], start=1))


def _filled(image: str, arguments: dict[str, tuple[int, re.Match[str]]]) -> str:
    def value(use: re.Match[str]) -> str:
        known = arguments.get(use["name"])
        return known[1]["value"] if known is not None else use["other"] or use[0]

    return _USE.sub(value, image)
