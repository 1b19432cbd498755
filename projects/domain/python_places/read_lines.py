"""Places in Dockerfiles, version files and noxfiles."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator

from projects.domain.python_places.spelled import SpelledText, base_images, tool_versions, version_lines
from projects.domain.python_places.values import PlaceKind, PythonPlace
from scanner.domain.parsing import parse_python

_IMAGE_NAME = re.compile(r"(?:^|/)(?:python|pypy)\b|lambda/python|python")
_VERSION = re.compile(r"(?:c?python-)?3\.\d{1,2}(?:\.\d{1,2})?t?", re.IGNORECASE)
_NOX = re.compile(r"(?:python)?3\.\d{1,2}")


def read_dockerfile(text: str, path: str) -> Iterator[PythonPlace]:
    """Yield the images of a Dockerfile that are Pythons: at FROM, or at the ARG that the version comes from."""
    for image in base_images(text):
        if image.text is None or _IMAGE_NAME.search(image.reference) is None:
            continue
        is_named = image.platform and "$" not in image.platform
        context = f"{image.reference} on {image.platform}" if is_named else image.reference
        yield _place(image.text, path, PlaceKind.IMAGE, image.setting, context)


def read_version_file(text: str, path: str) -> Iterator[PythonPlace]:
    """Yield the Pythons of a .python-version or runtime.txt: the first one runs, the others are at hand."""
    return (_place(one, path, PlaceKind.VERSION_FILE) for one in version_lines(text) if _VERSION.fullmatch(one.value))


def read_tool_versions(text: str, path: str) -> Iterator[PythonPlace]:
    """Yield the Python of a .tool-versions that runs."""
    first = {one.line: one for one in reversed(list(tool_versions(text)))}
    found = (one for _, one in sorted(first.items()) if _VERSION.fullmatch(one.value))
    return (_place(one, path, PlaceKind.VERSION_FILE, "python") for one in found)


def _place(one: SpelledText, path: str, kind: PlaceKind, setting: str = "", context: str = "") -> PythonPlace:
    return PythonPlace(path, one.line, one.start, one.end, kind, one.value, setting, context=context)


def read_noxfile(text: str, path: str) -> list[PythonPlace]:
    """Return the Pythons that the sessions of a noxfile name by literals."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = parse_python(text)
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
