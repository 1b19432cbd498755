"""setup.cfg, and setup.py by its syntax tree."""

import pytest

from projects.domain.dependency_files import Intake, Scope, read


def one_file(path: str, content: str, **others: str) -> Intake:
    files = {path: content.encode()} | {name.replace("_txt", ".txt"): text.encode() for name, text in others.items()}
    return read(files, [path])


def test_setup_cfg() -> None:
    intake = one_file(
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
    rows = [(one.name, one.scope, one.group, one.line) for one in intake.requirements]
    assert rows == [
        ("boto3", Scope.MAIN, None, 9),
        ("flake8", Scope.MAIN, None, 10),
        ("gocardless-pro", Scope.MAIN, None, 12),
        ("wheel", Scope.BUILD, "setup_requires", 6),
        ("pytest", Scope.EXTRA, "tests-require", 14),
        ("responses", Scope.EXTRA, "tests-require", 14),
        ("flask", Scope.EXTRA, "api-x", 16),
        ("six", Scope.EXTRA, "one", 17),
        ("a", Scope.EXTRA, "two", 19),
        ("b", Scope.EXTRA, "two", 20),
    ]
    assert [(one.line, one.text) for one in intake.problems] == [(13, "broken >=")]
    assert intake.own_names == ("my-pkg",)
    assert [one.value for one in intake.hints] == [">=3.7"]


def test_setup_cfg_may_name_a_file_and_a_section_without_requirements_is_none() -> None:
    intake = one_file(
        "setup.cfg", "[options]\ninstall_requires = file: r.txt\n[bdist_rpm]\nrequires = amqp\n", r_txt="a\n"
    )
    assert [(one.name, one.source) for one in intake.requirements] == [("a", "r.txt")]


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
    intake = one_file("setup.py", SETUP)
    rows = [(one.name, one.scope, one.group, one.marker, one.line) for one in intake.requirements]
    assert rows == [
        ("six", Scope.MAIN, None, None, 3),
        ("attrs", Scope.MAIN, None, None, 3),
        ("toolz", Scope.MAIN, None, None, 11),
        ("wheel", Scope.BUILD, "setup_requires", None, 14),
        ("win-inet-pton", Scope.EXTRA, "socks", 'sys_platform == "win32"', 18),
        ("backports", Scope.MAIN, None, 'python_version < "3.9"', 19),
        ("six", Scope.EXTRA, "all", None, 3),
        ("attrs", Scope.EXTRA, "all", None, 3),
    ]
    assert [(one.line, one.text) for one in intake.problems] == [(12, "broken >="), (15, "tests_require")]
    assert "changes this list later" in intake.problems[1].message


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
    intake = one_file("setup.py", call + "\n")
    assert intake.requirements == ()
    assert len(intake.problems) == 1
    assert any(part in intake.problems[0].message for part in message.split("|"))
