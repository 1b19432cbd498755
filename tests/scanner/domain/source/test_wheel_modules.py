"""Modules that a wheel brings, by the paths in it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.domain.source.wheel_modules import BroughtModules, brought_modules

INFO = ["x-1.0.dist-info/METADATA", "x-1.0.dist-info/RECORD"]


@pytest.mark.parametrize(
    ("paths", "names"),
    [
        (["bs4/__init__.py", "bs4/builder/__init__.py"], {"bs4"}),
        (["yaml/__init__.py", "_yaml/__init__.py", "yaml/_yaml.cpython-313-darwin.so"], {"yaml", "_yaml"}),
        (["six.py"], {"six"}),
        (["_cffi_backend.cp313-win_amd64.pyd", "cffi/__init__.py"], {"_cffi_backend", "cffi"}),
        (["google/cloud/storage/__init__.py", "google/cloud/storage/acl.py"], {"google.cloud.storage"}),
        (["x-1.0.data/purelib/legacy.py", "x-1.0.data/scripts/run.py", "x-1.0.data/data/share/a.py"], {"legacy"}),
        (["requests-stubs/__init__.pyi"], set()),
        (["share/doc.txt", "docs/index.html"], set()),
    ],
)
def test_packages_and_modules_are_told_by_their_paths(paths: list[str], names: set[str]) -> None:
    found = brought_modules([*paths, *INFO])
    assert (found.names, found.adds_folders) == (frozenset(names), False)


def test_a_file_that_adds_folders_to_the_path_leaves_more_open() -> None:
    found = brought_modules(
        ["pywin32.pth", "win32/win32api.pyd", "win32/lib/win32con.py", "pythonwin/pywin/__init__.py"]
    )
    assert found.adds_folders
    assert all(found.bring(name) for name in ("win32api", "win32con", "pywin", "pythonwin.pywin"))
    assert not brought_modules(["distutils-precedence.pth", "setuptools/__init__.py"]).adds_folders
    assert not brought_modules(["a1_coverage.pth", "coverage/__init__.py", "coverage/cmdline.py"]).adds_folders


def test_a_command_or_plugin_is_known_by_its_entry_points() -> None:
    assert brought_modules(["black/__init__.py", "black-1.0.dist-info/entry_points.txt"]).has_entry_points
    assert not brought_modules(
        ["black/__init__.py", "black/entry_points.txt", "black-1.0.data/headers/a.h"]
    ).has_entry_points
    assert not brought_modules(["setuptools/__init__.py", "distutils-precedence.pth"]).has_entry_points


def test_what_is_run_without_an_import_counts_like_a_command() -> None:
    assert brought_modules(["ruff/__init__.py", "ruff-1.0.data/scripts/ruff"]).has_entry_points
    started = brought_modules(["pre_commit_uv/__init__.py", "pre_commit_uv_patch.pth"])
    assert (started.has_entry_points, started.adds_folders) == (True, False)


@pytest.mark.parametrize(
    ("module", "taken", "brings"),
    [
        ("google.cloud.storage", (), True),
        ("google.cloud.storage.acl", ("ACL",), True),
        ("google.cloud", ("storage",), True),
        ("google.cloud", ("pubsub",), False),
        ("google", (), True),
        ("google.protobuf", (), False),
        ("googly", (), False),
    ],
)
def test_a_part_of_a_namespace_package_answers_for_itself(module: str, taken: tuple[str, ...], brings: bool) -> None:
    assert BroughtModules(frozenset({"google.cloud.storage"})).bring(module, taken) is brings


@given(st.lists(st.text(alphabet="ab./_-", max_size=20) | st.sampled_from(["a/__init__.py", "b.py"]), max_size=20))
def test_what_is_brought_are_modules_that_an_import_statement_can_name(paths: list[str]) -> None:
    found = brought_modules(paths)
    assert all(part.isidentifier() for name in found.names for part in name.split("."))
    assert all(found.bring(name) for name in found.names)
