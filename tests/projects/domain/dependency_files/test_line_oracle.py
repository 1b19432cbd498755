"""Line by line against pip-requirements-parser, pip's own code of 2022, where that reads the line."""

from pathlib import Path
from typing import Any

from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from pip_requirements_parser import RequirementsFile

from projects.domain.dependency_files import read
from tests.projects.domain.dependency_files.facts import cases

LINES = """\
# head
Flask==2.0  # comment
zope.interface[a,b]>=5,<6 ; python_version >= "3.8" and os_name != 'nt'
six (>=1.9)
name===1.0
long>=1, \\
    <2 \\
    --hash=sha256:%s
-e git+https://git.example/o/r.git@v1#egg=edit[x]
git+https://git.example/o/r.git#egg=vcs&subdirectory=s
pep @ https://files.example/pep-1.0.tar.gz
https://files.example/wheel_name-3.1-py3-none-any.whl
./local.whl.dir
-e .
broken ===== 1
===
--pre
--extra-index-url=https://index.example/simple
--unknown
""" % ("0" * 64)
# What the parser of 2022 does otherwise, and why ours holds.
OTHERWISE = {
    # It takes options that pip has dropped since.
    "--install-option",
    "--global-option",
    "--use-feature",
    # It takes the hashes that pip refuses.
    "--hash=md5",
    "--hash=sha1",
    "--hash=foo",
    # It gives a name only when pip's egg parser of then does.
    ".tar.gz",
    ".zip",
    "file:",
    # Its specifiers admit legacy versions.
    "$ pip",
}


def theirs(path: Path) -> dict[int, Any]:
    return {one.line_number: one for one in RequirementsFile.from_file(str(path), include_nested=False).requirements}


def differences(path: Path) -> list[str]:
    parsed = read({path.name: path.read_bytes()}, [path.name])
    ours = {one.line: one for one in parsed.requirements}
    found = []
    for line, other in theirs(path).items():
        text = other.requirement_line.line
        if any(mark in text for mark in OTHERWISE) or not other.name:
            continue
        if line not in ours:
            found.append(f"line {line}: {text!r} is missing")
            continue
        one = ours[line]
        if one.name != canonicalize_name(other.name):
            found.append(f"line {line}: {one.name} instead of {other.name}")
        # Of a wheel's URL it puts the version into the link, we into the specifier.
        if other.link is None and SpecifierSet(one.specifier) != SpecifierSet(str(other.specifier or "")):
            found.append(f"line {line}: {one.specifier} instead of {other.specifier}")
        if {extra.lower() for extra in one.extras} != {extra.lower() for extra in other.extras}:
            found.append(f"line {line}: {one.extras} instead of {other.extras}")
        if (one.marker is None) != (other.marker is None) or one.editable != bool(other.is_editable):
            found.append(f"line {line}: marker {one.marker}, editable {one.editable}")
    return found


def test_our_own_lines(tmp_path: Path) -> None:
    path = tmp_path / "r.txt"
    path.write_text(LINES)
    assert len(theirs(path)) >= 10
    assert differences(path) == []


def test_the_lines_of_the_corpus(shared: Path, tmp_path: Path) -> None:
    found, compared = {}, 0
    for case in cases(shared):
        if case.format not in {"requirements-txt", "constraints", "pip-compile"}:
            continue
        path = tmp_path / "r.txt"
        path.write_bytes((shared / "corpus/dependency-files" / case.key).read_bytes())
        try:
            compared += len(theirs(path))
        except (ValueError, AssertionError, NameError, AttributeError, TypeError):
            # It crashes on some files (ecosystem.md §3); those say nothing.
            continue
        if wrong := differences(path):
            found[case.key] = wrong
    assert found == {}
    assert compared > 1_000
