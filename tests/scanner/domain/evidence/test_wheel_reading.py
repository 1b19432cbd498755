"""What the Python files of a wheel import that a Python may lack, and whether importing the package comes to it."""

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.utils import canonicalize_name
from packaging.version import Version

from scanner.domain.evidence import wheel_reader
from scanner.domain.evidence.wheel_reader import is_worth_reading, read_wheel
from scanner.domain.evidence.wheel_reading import (
    ImportGuard,
    WheelImport,
    WheelReading,
    certain_breaks,
    with_requirements,
)
from scanner.domain.files.zip_directory import LARGEST_END, cut_members, find_directory, plan_ranges, read_directory
from tests.archives import zip_of

CGI = "import cgi"
NAME = canonicalize_name("orm")


def reading(files: Mapping[str, str], *, is_whole: bool = True) -> WheelReading:
    data = zip_of(files)
    directory = find_directory(data[-LARGEST_END:], len(data))
    members = read_directory(data[directory.start : directory.start + directory.size], directory)
    wanted = [member for member in members if is_worth_reading(member.name)]
    planned = plan_ranges(wanted, directory.start, gap=1000, most_bytes=1 << 20, most=9)
    packed = cut_members({one.start: data[one.start : one.end] for one in planned}, planned)
    return read_wheel([member.name for member in members], packed, is_whole=is_whole)


def guard(files: Mapping[str, str]) -> ImportGuard | None:
    found = reading(files).imports
    return found[0].guard if found else None


PIECES = [
    "import ",
    "from ",
    "cgi",
    "cgi_x",
    " parser",
    "\\",
    "\r",
    " ",
    "\n",
    "\n\n",
    "x" * 2000,
    "import_module(",
    "'",
]


@given(st.lists(st.sampled_from(PIECES), max_size=12))
@settings(max_examples=60)
def test_the_quick_look_at_a_file_finds_what_the_look_at_each_name_finds(pieces: list[str]) -> None:
    source = "".join(pieces).encode()
    assert wheel_reader.may_import(source) == wheel_reader._may_import_anyhow(source)


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"orm/__init__.py": "import cgi"}, ImportGuard.CERTAIN),
        ({"orm/__init__.py": "from cgi import escape"}, ImportGuard.CERTAIN),
        ({"orm.py": "import distutils.version"}, ImportGuard.CERTAIN),
        ({"orm/__init__.py": "try:\n import cgi\nexcept ImportError:\n cgi = None"}, ImportGuard.CAUGHT),
        ({"orm/__init__.py": "try:\n import html\nexcept ImportError:\n import cgi"}, ImportGuard.POSSIBLE),
        ({"orm/__init__.py": "import sys\ndef f():\n if 'cgi' in sys.modules:\n  import cgi"}, ImportGuard.POSSIBLE),
        ({"orm/__init__.py": "def f(x):\n if x:\n  pass\n else:\n  import cgi"}, ImportGuard.POSSIBLE),
        ({"orm/__init__.py": "def f():\n import cgi"}, ImportGuard.CALL),
        ({"orm/__init__.py": "if __name__ == '__main__':\n import cgi"}, ImportGuard.SCRIPT),
        ({"orm/__init__.py": "import os\nif os.environ.get('X'):\n import cgi"}, ImportGuard.POSSIBLE),
        ({"orm/__init__.py": "import sys\nif sys.version_info < (3, 14):\n import cgi"}, ImportGuard.CERTAIN),
        ({"orm/__init__.py": "", "orm/web.py": "import cgi"}, ImportGuard.OTHER_MODULE),
        ({"orm/__init__.py": "from . import web", "orm/web.py": "import cgi"}, ImportGuard.CERTAIN),
        ({"orm/__init__.py": "from orm.web import x", "orm/web.py": "import cgi"}, ImportGuard.CERTAIN),
        ({"orm/__init__.py": "from .a.b import x", "orm/a/__init__.py": CGI, "orm/a/b.py": ""}, ImportGuard.CERTAIN),
        ({"orm/__init__.py": "try:\n import orm.web\nexcept: 1", "orm/web.py": CGI}, ImportGuard.OTHER_MODULE),
        # Never where it is missing, its own module of that name, a relative import, type checkers only, a test,
        # metadata: none of them counts.
        ({"orm/__init__.py": "import sys\nif sys.version_info < (3, 13):\n import cgi"}, None),
        ({"cgi.py": "", "orm/__init__.py": "import cgi"}, None),
        ({"orm/__init__.py": "from . import cgi", "orm/cgi.py": ""}, None),
        ({"orm/__init__.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n import cgi"}, None),
        ({"orm/__init__.py": "", "orm/tests/test_a.py": "import cgi"}, None),
        ({"orm-1.dist-info/x.py": "import cgi"}, None),
    ],
)  # fmt: skip
def test_an_import_counts_by_whether_importing_the_package_runs_it(
    files: Mapping[str, str], expected: ImportGuard | None
) -> None:
    assert guard(files) is expected


def test_a_finding_has_its_file_and_line() -> None:
    found = reading({"orm/__init__.py": "from .web import x\n", "orm/web.py": "'''x'''\n\nimport imp\n"})
    assert found.modules == ("orm",)
    assert found.imports == (WheelImport("imp", "orm", "orm/web.py", 3, ImportGuard.CERTAIN),)
    assert WheelImport.from_json(found.imports[0].to_json()) == found.imports[0]


def test_a_certain_import_is_a_fact_from_the_python_on_that_lacks_the_module() -> None:
    (fact,) = certain_breaks(
        reading({"orm/__init__.py": "import cgi\n"}), NAME, Version("1.2"), "orm-1.2-py3-none-any.whl"
    )
    assert fact.action == "import orm"
    assert fact.symptom == "ModuleNotFoundError: No module named 'cgi'"
    assert fact.source == "orm/__init__.py line 1 of orm-1.2-py3-none-any.whl"
    assert fact.pythons.contains("3.13")
    assert not fact.pythons.contains("3.12")
    assert fact.concerns(Version("1.2"))
    assert not fact.concerns(Version("1.3"))


def test_a_version_test_leaves_pythons_out() -> None:
    code = "import sys\nif sys.version_info < (3, 14):\n import cgi\n"
    (fact,) = certain_breaks(reading({"orm.py": code}), NAME, Version("1"), "orm-1-py3-none-any.whl")
    assert [minor for minor in range(10, 25) if fact.pythons.contains(f"3.{minor}")] == [13]


def test_a_version_test_that_leaves_out_every_python_without_the_module_is_no_fact() -> None:
    guarded = WheelImport(
        "sre_parse", "lark", "lark/utils.py", 7, ImportGuard.CERTAIN, frozenset({(3, 15), (3, 16), (3, 17)})
    )
    assert certain_breaks(WheelReading(imports=(guarded,)), NAME, Version("1"), "lark-1-py3-none-any.whl") == []


def test_a_version_test_in_the_middle_leaves_out_what_it_names_alone() -> None:
    found = WheelImport("cgi", "orm", "orm.py", 7, ImportGuard.CERTAIN, frozenset({(3, 14)}))
    (fact,) = certain_breaks(WheelReading(imports=(found,)), NAME, Version("1"), "orm-1-py3-none-any.whl")
    assert [minor for minor in range(10, 20) if fact.pythons.contains(f"3.{minor}")] == [13, 15, 16, 17, 18, 19]


def test_a_package_that_brings_the_module_prevents_it() -> None:
    found = reading({"orm/__init__.py": "import cgi\n"}).imports[0]
    assert found.fails_on((3, 13), {})
    assert not found.fails_on((3, 12), {})
    assert not found.fails_on((3, 13), {canonicalize_name("legacy-cgi"): Version("2.6")})


@pytest.mark.parametrize(("setuptools", "fails"), [(None, True), ("81.0", False), ("82.0", True)])
def test_pkg_resources_comes_with_setuptools_before_82(setuptools: str | None, fails: bool) -> None:
    pins = {canonicalize_name("setuptools"): Version(setuptools)} if setuptools else {}
    assert reading({"orm/__init__.py": "import pkg_resources\n"}).imports[0].fails_on((3, 13), pins) is fails


def test_what_the_release_requires_itself_is_there() -> None:
    found = reading({"orm/__init__.py": "import cgi\n"})
    needs = ['legacy-cgi>=2.6; python_version >= "3.13"', "requests"]
    assert with_requirements(found, NAME, needs).imports[0].guard is ImportGuard.BROUGHT
    assert with_requirements(found, NAME, ['legacy-cgi; extra == "web"']).imports[0].guard is ImportGuard.CERTAIN
    assert certain_breaks(with_requirements(found, NAME, needs), NAME, Version("1"), "orm-1-py3-none-any.whl") == []


def test_the_package_that_brings_a_module_does_not_lack_it_itself() -> None:
    found = reading({"setuptools/__init__.py": "import distutils.core\n"})
    own = with_requirements(found, canonicalize_name("setuptools"), ())
    assert [one.guard for one in own.imports] == [ImportGuard.BROUGHT]


def test_files_that_are_not_python_3_are_counted_and_the_others_read() -> None:
    found = reading({"orm/__init__.py": "import cgi\n", "orm/old.py": "print 'import cgi'\n"}, is_whole=False)
    assert (found.files, found.unread, len(found.imports)) == (2, 2, 1)


@pytest.mark.parametrize(
    "source",
    [
        "import cgi",
        "import os, cgi",
        "import os; import cgi",
        "import \\\n  cgi",
        "import os, \\\r\n  cgi",
        "from cgi import (\n  escape\n)",
        "x = __import__('cgi')",
        'from importlib import import_module\nx = import_module(\n    "cgi"\n)',
        "x = '" + "y" * 3000 + "'; import cgi",
        "import pipes; " + "x = 1; " * 400 + "\nparser = symbol = 1",
    ],
)
def test_each_way_of_importing_such_a_module_is_seen(source: str) -> None:
    assert len(reading({"orm/__init__.py": source}).imports) == 1


def test_a_word_that_is_the_name_of_such_a_module_is_not_parsed() -> None:
    source = "parser = symbol = 'cgi'\nimport os\nprint 1\nnames = {'imp': 1}\n"
    assert reading({"orm/__init__.py": source}).unread == 0


def test_a_file_that_names_no_such_module_is_parsed_only_where_the_way_to_one_may_lead_through_it() -> None:
    broken = {"orm/__init__.py": "import 1\n"}
    assert reading(broken).unread == 0
    assert reading({**broken, "orm/web.py": "def f():\n import cgi\n"}).unread == 0
    assert reading({**broken, "orm/web.py": "import cgi\n"}).unread == 1


def test_a_wheel_full_of_findings_keeps_a_bounded_number() -> None:
    assert len(reading({"orm.py": "import cgi\n" * 5000}).imports) == 200
