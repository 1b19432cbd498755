"""Reading of Jupyter notebooks: the code of their cells as one Python file."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TypeVar

from msgspec.structs import replace

from scanner.domain.source.python_file import Import, NameUse, PythonFile, SyntaxUse, UnreadKind, UnreadSource
from scanner.domain.source.read import read_python

LARGEST_NOTEBOOK = 16 * 1024 * 1024
# Magics and shell commands of IPython: "%matplotlib inline", "!pip install x", "x = !ls", "?help".
_MAGIC = re.compile(r"\s*(?:[%!?]|\w+(?:\s*,\s*\w+)*\s*=\s*[%!])|.*\?\s*$")
_OTHER_LANGUAGE = re.compile(r"\s*%%(?!time\b|timeit\b|capture\b|prun\b)\w+")

_Found = TypeVar("_Found", Import, NameUse, SyntaxUse)


def read_notebook(source: bytes) -> PythonFile:
    """Return what the code cells of a notebook say. Lines are those of the notebook's file.

    A cell that is not Python of the running interpreter is left out.
    """
    if len(source) > LARGEST_NOTEBOOK:
        return PythonFile(unread=UnreadSource(UnreadKind.TOO_LARGE))
    try:
        text = source.decode()
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        return PythonFile(unread=UnreadSource(UnreadKind.SYNTAX, message=f"not a notebook: {error}"[:200]))
    lines = text.splitlines()
    imports: list[Import] = []
    uses: list[NameUse] = []
    syntax: list[SyntaxUse] = []
    for cell in _cells(document):
        found = read_python("\n".join(_python_lines(cell)).encode())
        places = _Places(lines, cell)
        imports += places.moved(found.imports)
        uses += places.moved(found.uses)
        syntax += places.moved(found.syntax)
    return PythonFile(tuple(imports), tuple(uses), tuple(syntax))


class _Places:
    """Where the lines of a cell are in the file. A notebook that is written on one line has all of them there."""

    def __init__(self, lines: list[str], cell: list[str]) -> None:
        self._lines, self._cell = lines, cell

    def moved(self, found: tuple[_Found, ...]) -> Iterator[_Found]:
        return (replace(one, line=self._line(one.line)) for one in found)

    def _line(self, number: int) -> int:
        wanted = json.dumps(self._cell[number - 1])[1:-1]
        return next((at for at, line in enumerate(self._lines, start=1) if wanted in line), 1)


def _cells(document: object) -> Iterator[list[str]]:
    """Yield the lines of each code cell."""
    cells = document.get("cells") if isinstance(document, dict) else None
    for cell in cells if isinstance(cells, list) else []:
        if isinstance(cell, dict) and cell.get("cell_type") == "code":
            source = cell.get("source")
            text = source if isinstance(source, str) else "".join(map(str, source)) if isinstance(source, list) else ""
            yield text.split("\n")


def _python_lines(cell: list[str]) -> Iterator[str]:
    if any(_OTHER_LANGUAGE.match(line) for line in cell[:1]):
        return
    for line in cell:
        # An indented magic may be all that a block has.
        yield re.sub(r"\S.*", "pass", line) if _MAGIC.match(line) else line
