"""Imports of one Python file, with the time and the conditions under which they run."""

import ast
import os
import sys
import sysconfig
import warnings
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.domain.source.python_file import Import, PythonFile, RunTime, UnreadKind, absolute_module
from scanner.domain.source.read import LARGEST, read_python
from scanner.domain.targets.target import parse_target


def read(text: str) -> PythonFile:
    return read_python(dedent(text).encode())


def only(text: str) -> Import:
    (found,) = [one for one in read(text).imports if one.module not in {"sys", "os", "platform", "typing", "importlib"}]
    return found


def runs(text: str, slug: str) -> bool | None:
    return only(text).context.runs_on(parse_target(slug).marker_environment)


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


@pytest.mark.parametrize(
    ("guard", "yes", "no"),
    [
        ("sys.version_info >= (3, 11)", "cp311-win_amd64", "cp310-win_amd64"),
        ("sys.version_info < (3, 12, 99)", "cp312-win_amd64", "cp313-win_amd64"),
        ("(3, 9) <= sys.version_info < (3, 11)", "cp310-win_amd64", "cp311-win_amd64"),
        ("sys.version_info[:2] == (3, 13)", "cp313-win_amd64", "cp314-win_amd64"),
        ("sys.version_info[1] > 12", "cp313-win_amd64", "cp312-win_amd64"),
        ("sys.version_info.minor in (12, 13)", "cp313-win_amd64", "cp311-win_amd64"),
        ("sys.platform == 'win32'", "cp313-win_amd64", "cp313-macosx_14_0_arm64"),
        ("sys.platform.startswith(('linux', 'darwin'))", "cp313-macosx_14_0_arm64", "cp313-win_amd64"),
        ("'win' in sys.platform", "cp313-win_amd64", "cp313-manylinux_2_28_x86_64"),
        ("os.name != 'nt'", "cp313-macosx_14_0_arm64", "cp313-win_amd64"),
        ("platform.system() == 'Darwin'", "cp313-macosx_14_0_arm64", "cp313-win_amd64"),
        ("platform.python_implementation() == 'PyPy'", "pp311-manylinux_2_28_x86_64", "cp311-manylinux_2_28_x86_64"),
        ("not sys.version_info >= (3, 12)", "cp311-win_amd64", "cp312-win_amd64"),
        ("os.name == 'nt' and sys.version_info > (3, 12)", "cp312-win_amd64", "cp311-win_amd64"),
        ("os.name == 'posix' or sys.version_info > (3, 12)", "cp312-win_amd64", "cp311-win_amd64"),
    ],
)
def test_a_guard_is_evaluated_for_the_target(guard: str, yes: str, no: str) -> None:
    text = f"import os, platform, sys\nif {guard}:\n    import a\n"
    assert (runs(text, yes), runs(text, no)) == (True, False)
    other = f"import os, platform, sys\nif {guard}:\n    pass\nelse:\n    import a\n"
    assert (runs(other, yes), runs(other, no)) == (False, True)
    named = f"import os, platform, sys\nFITS = {guard}\ndef f():\n    if FITS:\n        import a\n"
    assert (runs(named, yes), runs(named, no)) == (True, False)


@pytest.mark.parametrize(
    "text",
    [
        "if DEBUG:\n    import a",
        "while more():\n    import a",
        "match x:\n    case 1:\n        import a",
        "import sys\nif sys.version_info >= least:\n    import a",
        "import sys\nif sys.version_info[:2] == 'text' or DEBUG:\n    import a",
        "import sys\nNEW = True\nNEW = sys.version_info > (3, 9)\nif NEW:\n    import a",
        "def f(sys):\n    if sys.platform == 'win32':\n        import a",
        "try:\n    work()\nexcept Exception:\n    import a",
    ],
)
def test_what_no_target_decides_is_not_decided(text: str) -> None:
    assert runs(text, "cp313-win_amd64") is None


def test_what_follows_a_refusal_runs_where_nothing_is_refused() -> None:
    text = "import sys\nif sys.version_info < (3, 12):\n    raise ImportError('too old')\nimport a\n"
    assert (runs(text, "cp312-win_amd64"), runs(text, "cp311-win_amd64")) == (True, False)
    text = "import sys\ndef f():\n    assert sys.platform == 'win32'\n    import a\n"
    assert (runs(text, "cp312-win_amd64"), runs(text, "cp312-macosx_14_0_arm64")) == (True, False)


@pytest.mark.parametrize(
    ("handler", "may_fail"),
    [
        ("except ImportError:\n    a = None", True),
        ("except (ValueError, ModuleNotFoundError):\n    pass", True),
        ("except builtins.ImportError:\n    pass", True),
        ("except:\n    pass", True),
        ("except ImportError:\n    return_nothing()", True),
        ("except ValueError:\n    pass", False),
        ("except ImportError as error:\n    raise RuntimeError('install a') from error", False),
        ("except ImportError:\n    sys.exit('install a')", False),
        ("finally:\n    pass", False),
    ],
)
def test_a_caught_failure_is_seen(handler: str, may_fail: bool) -> None:
    assert only(f"import sys\ntry:\n    import a\n{handler}\n").context.may_fail is may_fail


def test_suppressed_failures_and_optional_tests_are_caught() -> None:
    suppressed = "from contextlib import suppress\nwith suppress(ImportError):\n    import a"
    assert read(suppressed).imports[-1].context.may_fail
    assert read("import pytest\na = pytest.importorskip('a')").imports[-1].context.may_fail


def test_an_alternative_names_what_it_stands_in_for() -> None:
    first, second, third = read("""
        try:
            import tomllib
        except ImportError:
            try:
                from tomli import loads
            except ImportError:
                import toml
    """).imports
    assert (first.context.may_fail, first.context.instead_of) == (True, ())
    assert (second.context.may_fail, second.context.instead_of) == (True, (("tomllib",),))
    assert (third.context.may_fail, third.context.instead_of) == (False, (("tomllib",), ("tomli.loads",)))


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
    ("text", "since"),
    [
        ("if (n := 1):\n    pass", (3, 8)),
        ("def f(a, /): pass", (3, 8)),
        ("f = lambda a, /: a", (3, 8)),
        ("@buttons[0].clicked\nclass C: pass", (3, 9)),
        ("match x:\n    case 1: pass", (3, 10)),
        ("try:\n    pass\nexcept* ValueError:\n    pass", (3, 11)),
        ("x[*y]", (3, 11)),
        ("def f(*args: *Ts): pass", (3, 11)),
    ],
)
def test_new_syntax_is_seen_with_the_python_that_brought_it(text: str, since: tuple[int, int]) -> None:
    (found,) = read(text).syntax
    assert (found.since, found.line) == (since, 1 + (since == (3, 9)))
    # The parser's own word for it, as far as it has one.
    if since not in {(3, 9), (3, 11)} or "except*" in text:
        ast.parse(text, feature_version=since)
        with pytest.raises(SyntaxError):
            ast.parse(text, feature_version=(since[0], since[1] - 1))


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


_SUBJECTS = [
    "sys.version_info",
    "sys.version_info[:2]",
    "sys.version_info[0]",
    "sys.version_info.minor",
    "sys.platform",
]
_VALUES = st.sampled_from(["(3,)", "(3, 8)", "(3, 11)", "(3, 12, 1)", "3", "11", "'linux'", "'win32'", "('linux', 3)"])
_TESTS = st.builds(
    "{} {} {}".format, st.sampled_from(_SUBJECTS), st.sampled_from(["==", "!=", "<", ">=", "in", "is not"]), _VALUES
)
_GUARDS = st.recursive(
    _TESTS | st.sampled_from(["True", "0", "sys.platform.startswith('lin')", "os.name == 'posix'"]),
    lambda inner: (
        st.builds("({} {} {})".format, inner, st.sampled_from(["and", "or"]), inner)
        | st.builds("(not {})".format, inner)
    ),
    max_leaves=6,
)


@given(_GUARDS)
def test_a_guard_is_what_this_interpreter_makes_of_it(guard: str) -> None:
    version = ".".join(map(str, sys.version_info[:3]))
    environment = {"python_full_version": version, "sys_platform": sys.platform, "os_name": os.name}
    found = only(f"import os, sys\nif {guard}:\n    import a\n").context.runs_on(environment)
    try:
        with warnings.catch_warnings():
            # "is not" with a literal.
            warnings.simplefilter("ignore")
            expected = bool(eval(guard, {"sys": sys, "os": os}))
    except TypeError:
        # The code fails there.
        return
    assert found in {expected, None}


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(source: bytes) -> None:
    assert isinstance(read_python(source), PythonFile)


@given(st.text(alphabet="import fromasxyz.,()*\n :try\texcept\"'#=[]{}", max_size=120))
def test_any_text_is_read_or_refused(text: str) -> None:
    assert isinstance(read_python(text.encode()), PythonFile)


@pytest.mark.parametrize(
    ("text", "package", "module"),
    [
        ("import a.b", "app", "a.b"),
        ("from . import b", "app.views", "app.views"),
        ("from .b import c", "app.views", "app.views.b"),
        ("from ..b import c", "app.views", "app.b"),
        ("from ...b import c", "app.views", None),
        ("from . import b", "", None),
    ],
)
def test_a_relative_import_starts_at_the_package_of_its_file(text: str, package: str, module: str | None) -> None:
    assert absolute_module(only(text), package) == module
