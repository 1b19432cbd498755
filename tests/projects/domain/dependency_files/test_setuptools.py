"""setup.cfg, and setup.py by its syntax tree."""

import pytest

from projects.domain.dependency_files import RequirementScope, read
from tests.projects.domain.dependency_files.one_file import one_file


def test_setup_cfg() -> None:
    parsed = one_file(
        "setup.cfg",
        """\
[metadata]
name = My.Pkg
[options]
python_requires = >=3.7
setup_requires =
    wheel
install_requires =
    # a comment
    boto3==1.3.1;python_version<="2.6"
    flake8 > 2.5.4, < 3.0.0

    gocardless_pro
    broken >=
tests_require = pytest; responses
[options.extras_require]
Api_X = flask==0.12.2
one = six ; python_version < "3"
two =
    a
    b[c]
[flake8]
max-line-length = 100
""",
    )
    rows = [(one.name, one.scope, one.group, one.line) for one in parsed.requirements]
    assert rows == [
        ("boto3", RequirementScope.MAIN, None, 9),
        ("flake8", RequirementScope.MAIN, None, 10),
        ("gocardless-pro", RequirementScope.MAIN, None, 12),
        ("wheel", RequirementScope.BUILD, "setup_requires", 6),
        ("pytest", RequirementScope.EXTRA, "tests-require", 14),
        ("responses", RequirementScope.EXTRA, "tests-require", 14),
        ("flask", RequirementScope.EXTRA, "api-x", 16),
        ("six", RequirementScope.EXTRA, "one", 17),
        ("a", RequirementScope.EXTRA, "two", 19),
        ("b", RequirementScope.EXTRA, "two", 20),
    ]
    assert [(one.line, one.text) for one in parsed.problems] == [(13, "broken >=")]
    assert parsed.project_names == ("my-pkg",)
    assert [one.value for one in parsed.hints] == [">=3.7"]


def test_setup_cfg_may_name_a_file_and_a_section_without_requirements_is_none() -> None:
    parsed = one_file(
        "setup.cfg", "[options]\ninstall_requires = file: r.txt\n[bdist_rpm]\nrequires = amqp\n", r_txt="a\n"
    )
    assert [(one.name, one.source) for one in parsed.requirements] == [("a", "r.txt")]


SETUP = """\
from setuptools import setup, find_packages
import os
BASE: list = ["six>=1.9", 'attrs']
EXTRA = {"web": ["flask"]}
GROWN = ["a"]
GROWN.append("b")
os.system("touch /tmp/must-not-run")
setup(
    name="My_Pkg",
    python_requires=">=3.8",
    install_requires=BASE + ["toolz",
        "broken >=",
    ],
    setup_requires=("wheel",),
    tests_require=GROWN,
    extras_require={
        "security": [],
        'socks:sys_platform == "win32"': ["win-inet-pton"],
        ":python_version < '3.9'": ["backports"],
        "all": [*BASE],
    },
)
"""


def test_setup_py_gives_its_literals_and_tells_the_rest() -> None:
    parsed = one_file("setup.py", SETUP)
    rows = [(one.name, one.scope, one.group, one.marker, one.line) for one in parsed.requirements]
    assert rows == [
        ("six", RequirementScope.MAIN, None, None, 3),
        ("attrs", RequirementScope.MAIN, None, None, 3),
        ("toolz", RequirementScope.MAIN, None, None, 11),
        ("wheel", RequirementScope.BUILD, "setup_requires", None, 14),
        ("win-inet-pton", RequirementScope.EXTRA, "socks", 'sys_platform == "win32"', 18),
        ("backports", RequirementScope.MAIN, None, 'python_version < "3.9"', 19),
        ("six", RequirementScope.EXTRA, "all", None, 3),
        ("attrs", RequirementScope.EXTRA, "all", None, 3),
    ]
    assert [(one.line, one.text) for one in parsed.problems] == [(12, "broken >="), (15, "tests_require")]
    assert "changes this list later" in parsed.problems[1].message


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("setup(install_requires=open('r.txt').read().split())", "computed"),
        ("setup(install_requires=[x for x in 'ab'])", "computed"),
        ("setup(install_requires=[f'a=={1}'])", "computed"),
        ("A = []\nA = ['x']\nsetup(install_requires=A)", "computed"),
        ("def f():\n    A = ['x']\n    setup(install_requires=A)", "computed"),
        ("A = ['x']\nA += ['y']\nsetup(install_requires=A)", "computed|changes"),
        ("A = A\nsetup(install_requires=A)", "computed"),
        ("E = {}\nE['x'] = ['y']\nsetup(extras_require=E)", "changes"),
        ("setup(**config)", "setup(**"),
        ("setup(install_requires=3)", "computed"),
        ("setup(extras_require=['a'])", "must be a dictionary"),
        ("print('no call')", "no call of setup()"),
        ("setup(", "not readable as Python"),
        ("setup(install_requires=[" + "(" * 500 + ")" * 500 + "])", "not readable|computed"),
        ("setup(install_requires=" + "+".join(["['a']"] * 3_000) + ")", "not readable|computed"),
        ("'\\d'\nsetup(install_requires=x())", "computed"),
    ],
)
def test_what_only_running_it_would_tell_is_a_problem(call: str, message: str) -> None:
    parsed = one_file("setup.py", call + "\n")
    assert parsed.requirements == ()
    assert len(parsed.problems) == 1
    assert any(part in parsed.problems[0].message for part in message.split("|"))


EXTRAS = """\
[options.extras_require]
io =
    zarr
all =
    %(io)s
    dask
"""


def test_setup_cfg_is_interpolated_as_setuptools_does() -> None:
    parsed = read({"setup.cfg": EXTRAS.encode()}, ["setup.cfg"])
    assert parsed.problems == ()
    assert [(one.name, one.group, one.line) for one in parsed.requirements] == [
        ("zarr", "io", 3),
        ("zarr", "all", 5),
        ("dask", "all", 6),
    ]


@pytest.mark.parametrize(
    ("value", "names", "problems"),
    [
        ("six ; platform_version == '100%%'", ["six"], []),
        ("%(NAME)s-core", ["app-core"], []),
        ("%(nothing)s", [], [4]),
        ("%(all)s", [], [4]),
        ("six%", [], [4]),
    ],
)
def test_an_option_in_a_value_is_replaced_or_a_problem(value: str, names: list[str], problems: list[int]) -> None:
    content = f"[DEFAULT]\nname = app\n[options.extras_require]\nall = {value}\n"
    parsed = read({"setup.cfg": content.encode()}, ["setup.cfg"])
    assert [one.name for one in parsed.requirements if one.group == "all"] == names
    assert [one.line for one in parsed.problems][:1] == problems


def test_options_that_repeat_each_other_cost_little() -> None:
    lines = [f"o{number} = {f'%(o{number + 1})s' * 500}" for number in range(9)]
    content = "[options.extras_require]\n" + "\n".join([*lines, "o9 ="])
    assert read({"setup.cfg": content.encode()}, ["setup.cfg"]).requirements == ()


@pytest.mark.parametrize(
    "files",
    [
        {"setup.py": b"import setuptools\nsetuptools.setup(setup_requires=['pbr'], pbr=True)\n"},
        {"setup.cfg": b"[metadata]\nname = app\n[pbr]\n"},
    ],
)
def test_the_requirements_of_pbr_are_read_from_its_file(files: dict[str, bytes]) -> None:
    (path,) = files
    parsed = read({**files, "requirements.txt": b"six==1.17.0\n"}, [path])
    assert [one.name for one in parsed.requirements if one.scope is RequirementScope.MAIN] == ["six"]
    assert ["pbr" in one.message for one in parsed.problems] == [True]
    alone = read(files, [path])
    assert [one.text for one in alone.problems] == ["", "requirements.txt"]
