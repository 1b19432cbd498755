"""setup.cfg of setuptools: [options], [options.extras_require]; pbr and dynamic files are named where they decide."""

from __future__ import annotations

from packaging.utils import canonicalize_name

from projects.domain.dependency_files.documents import IniOption, load_ini
from projects.domain.dependency_files.pep508 import Malformed, Place, parse, require_text
from projects.domain.dependency_files.pyproject import IncludeFile
from projects.domain.dependency_files.report import Report
from projects.domain.dependency_files.values import Scope


def read_setup_cfg(report: Report, text: str, path: str, include: IncludeFile) -> None:
    """Read install_requires, extras, setup_requires (build) and tests_require (the extra "tests_require")."""
    sections = load_ini(text)
    metadata, options = sections.get("metadata", {}), sections.get("options", {})
    if "name" in metadata:
        report.own(metadata["name"].text)
    python = options.get("python_requires")
    if python is not None and python.text:
        report.hint("python", python.text, path, python.lines[0][0])
    places = {
        "install_requires": Place(path),
        "setup_requires": Place(path, Scope.BUILD, ("setup_requires",)),
        "tests_require": Place(path, Scope.EXTRA, ("tests-require",)),
    }
    for key, place in places.items():
        if key in options:
            _read_list(report, options[key], place, include)
    for extra, option in sections.get("options.extras_require", {}).items():
        _read_list(report, option, extra_place(path, extra), include)
    if "pbr" in sections or ("files" in sections and not options and "packages" in sections["files"]):
        message = "pbr takes the requirements from requirements.txt beside this file: give that one as well"
        report.problem(path, None, "", message)


def extra_place(path: str, extra: str) -> Place:
    """The place of an extra; setuptools' old "name:marker" keys lose the marker here, callers add it."""
    name = canonicalize_name(extra.partition(":")[0].strip()[:120])
    return Place(path, Scope.EXTRA, (name,)) if name else Place(path)


def _read_list(report: Report, option: IniOption, place: Place, include: IncludeFile) -> None:
    lines = [(number, text) for number, text in option.lines if text]
    if len(lines) == 1 and len(option.lines) == 1 and not lines[0][1].startswith("file:"):
        # On one line setuptools separates by semicolons, which a marker uses too.
        number, text = lines[0]
        if _is_one(text, place, number):
            require_text(report, text, place, number)
            return
        lines = [(number, part.strip()) for part in text.split(";") if part.strip()]
    for number, text in lines:
        if text.startswith("file:"):
            for file in text.removeprefix("file:").split(","):
                include(file.strip(), number, place)
        else:
            # setuptools cuts trailing comments of a list entry as pip does.
            require_text(report, text.partition(" #")[0].strip(), place, number)


def _is_one(text: str, place: Place, line: int) -> bool:
    try:
        parse(text, place, line)
    except Malformed:
        return False
    return True
