"""Findings of a source tree against a set of packages and a target's Python."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from textwrap import dedent

import pytest

from projects.domain.assessment.verdicts import Severity
from projects.domain.audit.audit import audit, unanswered
from projects.domain.audit.findings import AuditFinding, FindingKind, SourcePlace, merged
from projects.domain.audit.known_packages import KnownPackages, PackageModules
from projects.domain.audit.own_modules import OwnModules
from projects.domain.audit.source_tree import is_test_input, read_sources
from scanner.domain.source.wheel_modules import BroughtModules
from scanner.domain.targets.target import parse_target
from tests.projects import crashed_tree

WINDOWS = "cp313-win_amd64"
REQUESTS = PackageModules(
    "requests", "2.32.0", BroughtModules(frozenset({"requests"})), is_required=True, source="r.txt", line=1
)
URLLIB3 = PackageModules("urllib3", "2.0", BroughtModules(frozenset({"urllib3"})), path=("requests", "urllib3"))


NESTED = """
try:
    import _thread
except ImportError:
    try:
        import thread
    except ImportError:
        import dummy_thread
"""


def findings(
    files: dict[str, str],
    packages: Iterable[PackageModules] = (),
    slug: str = WINDOWS,
    suggested: dict[str, PackageModules] | None = None,
    mentioned: Iterable[str] = (),
) -> list[AuditFinding]:
    sources = read_sources((path, dedent(text).encode()) for path, text in files.items())
    known = KnownPackages(slug, tuple(packages))
    return audit(
        sources, OwnModules(files), known, parse_target(slug), suggested=suggested or {}, mentioned=set(mentioned)
    )


def seen(found: Iterable[AuditFinding]) -> list[tuple[str, str, str, str, int]]:
    return [(one.kind.value, one.severity.value, one.subject, one.place.path, one.place.line) for one in found]


REQUIRED = [
    PackageModules(
        name, "1.0", BroughtModules(frozenset({name})), is_required=True, source="requirements.txt", line=line
    )
    for line, name in enumerate(("fastapi", "requests", "sendgrid"), start=1)
]
SET = [*REQUIRED, URLLIB3]


def test_a_tree_like_the_one_that_crashed_has_exactly_its_findings_with_their_places() -> None:
    soup = PackageModules("beautifulsoup4", "4.12.0", BroughtModules(frozenset({"bs4"})))
    files = {path: text for path, text in crashed_tree.FILES.items() if path.endswith((".py", ".ipynb"))}
    found = merged(
        one
        for slug in (crashed_tree.WINDOWS, crashed_tree.LINUX)
        for one in findings(files, SET, slug, suggested={"bs4": soup})
    )
    rows = [
        (
            *(one.kind.value, one.severity.value, one.subject),
            [(place.path, place.line) for place in one.places],
            list(one.targets),
        )
        for one in found
    ]
    assert rows == crashed_tree.FINDINGS
    assert {subject for kind, _, subject, *_ in rows if kind == "removed-module"} == crashed_tree.REMOVED
    by_subject = {one.subject: one for one in found}
    assert (by_subject["bs4"].package, by_subject["bs4"].version) == ("beautifulsoup4", "4.12.0")
    assert by_subject["anthropic"].is_late
    assert by_subject["urllib3"].through == ("requests", "urllib3")
    assert by_subject["sentry_sdk"].is_caught
    assert by_subject["msilib"].is_doubtful
    assert by_subject["cgi"].instead


def test_modules_that_nothing_brings_are_the_ones_to_look_for() -> None:
    files = crashed_tree.FILES
    sources = read_sources((path, text.encode()) for path, text in files.items() if path.endswith(".py"))
    known = KnownPackages(WINDOWS, SET)
    assert unanswered(sources, OwnModules(files), known, parse_target(WINDOWS)) == {
        *("bs4", "anthropic", "sentry_sdk", "pytest")
    }


@pytest.mark.parametrize(
    ("text", "slug", "expected"),
    [
        ("import telnetlib", "cp313-win_amd64", [("removed-module", "high")]),
        ("import telnetlib", "cp312-win_amd64", []),
        ("import distutils.util", "cp312-win_amd64", [("removed-module", "high")]),
        ("from collections import Mapping", "cp310-win_amd64", [("removed-name", "high")]),
        ("import collections\ncollections.Mapping", "cp310-win_amd64", [("removed-name", "high")]),
        ("import collections\ncollections.Mapping", "cp39-win_amd64", []),
        (
            "try:\n    from collections.abc import Set\nexcept ImportError:\n    from collections import Set",
            WINDOWS,
            [],
        ),
        ("import sys\nif sys.version_info < (3, 13):\n    import cgi", WINDOWS, []),
        ("import sys\nif sys.version_info < (3, 13):\n    import cgi\nelse:\n    import tomllib", WINDOWS, []),
        ("if DEBUG:\n    import cgi", WINDOWS, [("removed-module", "low")]),
        ("def f():\n    import cgi", WINDOWS, [("removed-module", "moderate")]),
        ("try:\n    import cPickle\nexcept ImportError:\n    import pickle", WINDOWS, []),
        ("import cPickle", WINDOWS, [("removed-module", "high")]),
        (
            NESTED,
            WINDOWS,
            [],
        ),
        ("import __pypy__", WINDOWS, []),
        ("import tomllib", "cp310-win_amd64", [("newer-module", "high")]),
        ("from concurrent import interpreters", "cp313-win_amd64", []),
        ("import concurrent.interpreters", "cp313-win_amd64", [("newer-module", "high")]),
        ("match x:\n    case 1: pass", "cp39-win_amd64", [("newer-syntax", "high")]),
        ("print 'two'", WINDOWS, [("not-read", "moderate")]),
        ("if TYPE_CHECKING:\n    import cgi, numpy", WINDOWS, []),
        ("import winreg, msvcrt, _thread, __future__", "cp313-macosx_14_0_arm64", []),
    ],
)
def test_the_standard_library_of_the_target_counts(text: str, slug: str, expected: list[tuple[str, str]]) -> None:
    assert [(one.kind.value, one.severity.value) for one in findings({"a.py": text}, slug=slug)] == expected


def test_a_removed_module_that_a_package_of_the_set_brings_is_there() -> None:
    legacy = PackageModules("legacy-cgi", "2.6", BroughtModules(frozenset({"cgi", "cgitb"})), is_required=True)
    assert findings({"a.py": "import cgi"}, [legacy]) == []
    setuptools = PackageModules("setuptools", "80", BroughtModules(frozenset({"setuptools"})), path=("x", "setuptools"))
    assert findings({"a.py": "import distutils"}, [setuptools]) == []


def test_what_is_not_known_is_not_called_missing() -> None:
    unread = PackageModules("mystery", "1", None, is_required=True)
    (found,) = findings({"a.py": "import yaml"}, [unread])
    assert (found.kind, found.severity, found.unread) == (FindingKind.NOT_KNOWN, Severity.LOW, ("mystery",))


def test_an_import_that_a_plan_takes_away_is_named_with_what_brings_it_now() -> None:
    gone = PackageModules("mock", "4.0", BroughtModules(frozenset({"mock"})))
    changed = PackageModules("requests", "1.0", BroughtModules(frozenset({"requests", "requests_old"})))
    sources = read_sources([("app.py", b"import mock\nimport requests_old\nimport requests\nimport nowhere\n")])

    def found(*packages: PackageModules) -> list[tuple[str, str, str, str]]:
        known = KnownPackages(WINDOWS, packages, (gone, changed))
        target, own = parse_target(WINDOWS), OwnModules(["app.py"])
        rows = audit(sources, own, known, target, suggested={}, mentioned=())
        return [(one.kind.value, one.severity.value, one.subject, one.package) for one in rows]

    assert found(REQUESTS) == [
        ("imported-not-required", "high", "nowhere", ""),
        ("taken-away-by-plan", "high", "mock", "mock"),
        ("taken-away-by-plan", "high", "requests_old", "requests"),
    ]
    unread = PackageModules("other", "1.0", None)
    assert {kind for kind, *_ in found(REQUESTS, unread)} == {"imported-provider-unknown"}


def test_what_tests_and_tools_need_weighs_less() -> None:
    found = findings({"tests/test_a.py": "import pytest\nimport cgi", "setup.py": "import yaml"})
    assert {one.severity for one in found} == {Severity.LOW}
    both = findings({"tests/test_a.py": "import yaml", "app.py": "\nimport yaml"})
    assert both[0].places == (SourcePlace("app.py", 2), SourcePlace("tests/test_a.py", 1))


def test_a_package_for_another_group_is_named_with_it_where_shipped_code_imports_it() -> None:
    ruff = PackageModules("pytest", "9", BroughtModules(frozenset({"pytest"})), other_groups=("group dev",))
    (found,) = findings({"app.py": "import pytest", "tests/test_a.py": "import pytest"}, [ruff])
    assert (found.kind, found.through, found.places) == (
        FindingKind.OTHER_GROUP,
        ("group dev",),
        (SourcePlace("app.py", 1),),
    )


def test_a_requirement_is_unused_only_if_nothing_imports_names_or_loads_it() -> None:
    assert seen(findings({"a.py": "import os"}, [REQUESTS])) == [
        ("required-not-imported", "low", "requests", "r.txt", 1)
    ]
    assert findings({"a.py": "import os"}, [REQUESTS], mentioned=["requests"]) == []
    assert findings({"a.py": "if TYPE_CHECKING:\n    import requests"}, [REQUESTS]) == []
    assert findings({"a.py": "import sys\nif sys.version_info < (3,):\n    import requests.auth"}, [REQUESTS]) == []
    stubs = PackageModules("types-requests", "2", BroughtModules(), is_required=True)
    loaded = PackageModules(
        "websockets", "1", BroughtModules(frozenset({"websockets"})), is_required=True, loaded_by=("uvicorn",)
    )
    command = PackageModules(
        "black", "1", BroughtModules(frozenset({"black"}), has_entry_points=True), is_required=True
    )
    assert findings({"a.py": "import os"}, [stubs, loaded, command]) == []


@pytest.mark.parametrize(
    ("part", "through", "has_command", "is_unused"),
    [
        ("tox-uv-bare", ("tox-uv", "tox-uv-bare"), True, False),
        ("tox-uv-bare", ("tox-uv", "tox-uv-bare"), False, True),
        ("tox-uv-bare", ("other", "tox-uv-bare"), True, True),
        ("uv", ("tox-uv", "uv"), True, True),
    ],
)
def test_a_package_that_only_requires_its_own_plugin_is_not_unused(
    part: str, through: tuple[str, ...], has_command: bool, is_unused: bool
) -> None:
    whole = PackageModules("tox-uv", "1", BroughtModules(frozenset({"tox_uv_meta"})), is_required=True)
    modules = BroughtModules(frozenset({"tox_uv"}), has_entry_points=has_command)
    found = findings({"a.py": "import os"}, [whole, PackageModules(part, "1", modules, path=through)])
    assert [one.subject for one in found] == (["tox-uv"] if is_unused else [])


def test_a_file_that_cannot_be_read_is_said_with_the_python_that_cannot() -> None:
    (found,) = findings({"a.py": "import yaml\nprint 'two'"})
    running = f"Python {sys.version_info.major}.{sys.version_info.minor}"
    assert found.instead.startswith(f"{running}, on which Wheelway runs, finds ")


def test_findings_of_several_targets_are_one_where_they_say_the_same() -> None:
    files = {"a.py": "import cgi\nimport yaml"}
    (cgi, yaml) = sorted(
        merged([*findings(files), *findings(files, slug="cp312-win_amd64")]), key=lambda one: one.subject
    )
    assert (cgi.targets, yaml.targets) == ((WINDOWS,), (WINDOWS, "cp312-win_amd64"))


@pytest.mark.parametrize(
    ("paths", "path", "text", "own"),
    [
        (["app/__init__.py", "app/views.py"], "app/views.py", "import app.other", True),
        (["src/app/__init__.py"], "tests/test_a.py", "import app", True),
        (["scripts/helper.py", "scripts/run.py"], "scripts/run.py", "import helper", True),
        (["services/api/core/__init__.py"], "main.py", "import core", True),
        (["plugins/one.py"], "main.py", "from plugins import one", True),
        (["plugins/one.py"], "main.py", "import plugins.one", True),
        (["redis/deploy.py"], "main.py", "import redis", False),
        (["redis/deploy.py"], "main.py", "import redis.client", False),
        (["fast/_speedups.pyx"], "main.py", "from fast import _speedups", True),
    ],
)
def test_the_tree_answers_for_its_own_modules_only(paths: list[str], path: str, text: str, own: bool) -> None:
    sources = read_sources([(path, text.encode())])
    known = KnownPackages(WINDOWS, ())
    found = audit(sources, OwnModules([*paths, path]), known, parse_target(WINDOWS), suggested={}, mentioned=())
    assert (found == []) is own


def test_a_module_beside_a_file_in_a_package_does_not_stand_for_the_package_of_its_name() -> None:
    drivers = {"db/__init__.py": "", "db/requests.py": "def connect():\n    import requests\n"}
    extra = PackageModules("requests", "2", REQUESTS.modules, other_groups=("extra web",), is_optional=True)
    assert seen(findings(drivers, [extra])) == [
        ("required-for-another-group", "low", "requests", "db/requests.py", 2),
    ]
    assert findings(drivers) == []
    assert [one.subject for one in findings({"db/__init__.py": "", "db/cgi.py": "", "db/a.py": "import cgi"})] == [
        "cgi"
    ]
    assert findings({"scripts/cgi.py": "", "scripts/a.py": "import cgi"}) == []


def test_a_package_of_the_set_comes_before_a_folder_that_happens_to_have_its_name() -> None:
    files = {"tests/data/requests/__init__.py": "", "app.py": "import requests"}
    assert findings(files, [REQUESTS]) == []
    unused = findings({"requests/__init__.py": "", "app.py": "import os"}, [REQUESTS])
    assert [one.kind for one in unused] == [FindingKind.NOT_IMPORTED]


@pytest.mark.parametrize(
    ("path", "is_input"),
    [
        ("tests/admin/custom_templates/project/requirements.in", True),
        ("tests/templates/app/requirements.txt", True),
        ("tests/requirements/py3.txt", False),
        ("tests/template_tests/test_custom.py", False),
        ("app/templates/render.py", False),
    ],
)
def test_templates_of_tests_are_their_input(path: str, is_input: bool) -> None:
    assert is_test_input(path) is is_input
