"""Imports of notebooks, at the lines of their files."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.domain.audit.notebooks import read_notebook
from scanner.domain.source.python_file import PythonFile


def notebook(*cells: str, indent: int | None = 1) -> bytes:
    rows = [{"cell_type": "code", "source": cell.splitlines(keepends=True)} for cell in cells]
    return json.dumps({"cells": rows, "nbformat": 4}, indent=indent).encode()


def test_imports_are_found_at_their_lines_past_magics_and_other_languages() -> None:
    source = notebook(
        "%matplotlib inline\nimport pandas as pd\n!pip install lxml\nfiles = !ls\npd.read_csv?",
        "%%bash\nimport nothing",
        "not python (",
        "%%time\nfrom bs4 import BeautifulSoup",
        "if x:\n    %run other.py\nimport os",
    )
    found = read_notebook(source).imports
    lines = source.decode().splitlines()
    assert [one.module for one in found] == ["pandas", "bs4", "os"]
    assert all(
        f"import {'BeautifulSoup' if one.module == 'bs4' else one.module}" in lines[one.line - 1] for one in found
    )
    assert {one.line for one in read_notebook(notebook("import pandas", indent=None)).imports} == {1}


def test_markdown_cells_say_nothing() -> None:
    source = json.dumps({"cells": [{"cell_type": "markdown", "source": "import nothing"}]}).encode()
    assert read_notebook(source) == PythonFile()


@pytest.mark.parametrize("source", [b"", b"\xff", b"[1", b"[" * 100_000])
def test_what_is_no_notebook_is_not_read(source: bytes) -> None:
    assert read_notebook(source).unread is not None


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["cells", "cell_type", "source", "code"]), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(_JSON)
def test_any_document_is_read_or_refused(document: object) -> None:
    assert isinstance(read_notebook(json.dumps(document).encode()), PythonFile)
