"""Imports of one Python file, with the time and the conditions under which they run."""

import ast
import sysconfig
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.domain.source.python_file import PythonFile, RunTime, UnreadKind
from scanner.domain.source.read import LARGEST, read_python
from tests.scanner.domain.source.small_files import only, read, runs


def test_each_form_of_import_is_read_with_its_line() -> None:
    found = read("""
        import json, yaml.nodes as nodes
        from collections.abc import (
            Mapping,
            Set,
        )
        from . import views
        from ..models.user import *
    """).imports
    assert [(one.module, one.level, one.names, one.line) for one in found] == [
        ("json", 0, (), 2),
        ("yaml.nodes", 0, (), 2),
        ("collections.abc", 0, ("Mapping", "Set"), 3),
        ("", 1, ("views",), 7),
        ("models.user", 2, ("*",), 8),
    ]
    assert found[1].top == "yaml"


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("import a", RunTime.IMPORT),
        ("class C:\n    import a", RunTime.IMPORT),
        ("for one in (1, 2):\n    import a", RunTime.IMPORT),
        ("def f():\n    import a", RunTime.CALL),
        ("async def f():\n    if x:\n        import a", RunTime.CALL),
        ("class C:\n    def f(self):\n        import a", RunTime.CALL),
        ("if __name__ == '__main__':\n    import a", RunTime.SCRIPT),
        ("def f():\n    if __name__ == '__main__':\n        import a", RunTime.CALL),
        ("if TYPE_CHECKING:\n    import a", RunTime.TYPES),
        ("import typing as t\nif t.TYPE_CHECKING:\n    import a", RunTime.TYPES),
        ("if TYPE_CHECKING and x:\n    import a", RunTime.TYPES),
        ("if not TYPE_CHECKING:\n    pass\nelse:\n    import a", RunTime.TYPES),
        ("if not TYPE_CHECKING:\n    import a", RunTime.IMPORT),
        ("if TYPE_CHECKING:\n    def f():\n        import a", RunTime.TYPES),
    ],
)
def test_an_import_runs_at_its_time(text: str, when: RunTime) -> None:
    assert only(text).context.when is when


def test_a_module_that_is_named_by_a_literal_is_imported() -> None:
    found = read("""
        import importlib as il
        from importlib import import_module
        il.import_module("yaml.loader")
        import_module(".views", package=__name__)
        __import__("simplejson")
        import_module(name)
        import_module("not a module")
        self.import_module("other")
    """).imports
    assert [(one.module, one.level, one.line) for one in found if one.is_dynamic] == [
        ("yaml.loader", 0, 4),
        ("views", 1, 5),
        ("simplejson", 0, 6),
    ]


def test_uses_of_names_of_imported_modules_are_read() -> None:
    found = read("""
        import collections, ssl as tls
        import os.path
        from xml import etree

        class Table(collections.Mapping):
            path = os.path.join("a", etree.ElementTree.Element("b").tag)

            def open(self, collections_=None):
                return tls.wrap_socket(self)
    """).uses
    assert [(use.name, use.line, use.context.when.value) for use in found] == [
        ("collections.Mapping", 6, "import"),
        ("os.path.join", 7, "import"),
        ("xml.etree.ElementTree.Element", 7, "import"),
        ("ssl.wrap_socket", 10, "call"),
    ]


def test_a_name_that_something_else_binds_too_is_not_taken_for_the_module() -> None:
    assert read("import platform\ndef f(platform):\n    return platform.dist()").uses == ()
    assert read("try:\n    import json\nexcept ImportError:\n    import other as json\njson.loads").uses == ()


def test_annotations_that_are_never_evaluated_are_for_types() -> None:
    text = "import a\ndef f(x: a.B) -> a.C: ...\n"
    assert {use.context.when for use in read(text).uses} == {RunTime.IMPORT}
    assert {use.context.when for use in read(f"from __future__ import annotations\n{text}").uses} == {RunTime.TYPES}


@pytest.mark.parametrize(
    ("source", "kind", "line"),
    [
        (b"import a\nprint 'x'\n", UnreadKind.SYNTAX, 2),
        (b"x = '\xff'\n", UnreadKind.SYNTAX, 1),
        (b"# coding: nonsense\n", UnreadKind.ENCODING, 0),
        (b"import a\0", UnreadKind.ENCODING, 0),
        (b"x = " + b"(" * 10_000, UnreadKind.SYNTAX, 1),
        (b"#" * (LARGEST + 1), UnreadKind.TOO_LARGE, 0),
        (b"x = " + b"-" * 100_000 + b"1", UnreadKind.TOO_DEEP, 0),
    ],
)
def test_what_cannot_be_read_says_why(source: bytes, kind: UnreadKind, line: int) -> None:
    unread = read_python(source).unread
    assert unread is not None
    assert (unread.kind, unread.line) == (kind, line)


def test_deep_and_long_input_takes_no_recursion_and_no_square_time() -> None:
    chain = "x" + ".y" * 2_000
    assert read(f"import x\n{chain}\nimport a").imports[-1].module == "a"
    ladder = "if a: pass\n" + "elif b:\n    import c\n" * 2_000
    assert len(read(ladder).imports) == 2_000
    assert max(len(one.context.conditions) for one in read(ladder).imports) < 50
    tests = "import sys\nif " + " or ".join(["sys.platform == 'x'"] * 20_000) + ":\n    import a\n"
    assert runs(tests, "cp313-win_amd64") is None


def _standard_library() -> list[Path]:
    return sorted(Path(sysconfig.get_path("stdlib")).glob("*.py"))


@pytest.mark.parametrize("letter", sorted({path.name[0].lower() for path in _standard_library()}))
def test_of_real_files_no_import_is_lost_or_invented(letter: str) -> None:
    for path in _standard_library():
        if path.name[0].lower() == letter:
            source = path.read_bytes()
            nodes = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Import | ast.ImportFrom)]
            expected = sorted(
                (node.lineno, name)
                for node in nodes
                for name in (
                    [node.module or ""] if isinstance(node, ast.ImportFrom) else [one.name for one in node.names]
                )
            )
            found = read_python(source)
            assert sorted((one.line, one.module) for one in found.imports if not one.is_dynamic) == expected, path
            assert all(use.name.count(".") for use in found.uses)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(source: bytes) -> None:
    assert isinstance(read_python(source), PythonFile)


@given(st.text(alphabet="import fromasxyz.,()*\n :try\texcept\"'#=[]{}", max_size=120))
def test_any_text_is_read_or_refused(text: str) -> None:
    assert isinstance(read_python(text.encode()), PythonFile)
