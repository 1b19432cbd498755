"""Read small Python files, written in a test."""

from textwrap import dedent

from scanner.domain.source.python_file import Import, PythonFile
from scanner.domain.source.read import read_python
from scanner.domain.targets.target import parse_target


def read(text: str) -> PythonFile:
    return read_python(dedent(text).encode())


def only(text: str) -> Import:
    (found,) = [one for one in read(text).imports if one.module not in {"sys", "os", "platform", "typing", "importlib"}]
    return found


def runs(text: str, slug: str) -> bool | None:
    return only(text).context.runs_on(parse_target(slug).marker_environment)
