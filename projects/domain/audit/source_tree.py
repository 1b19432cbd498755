"""The source files of a project, and which of them do not ship."""

from __future__ import annotations

import re
from collections.abc import Iterable

from msgspec import Struct

from projects.domain.audit.notebooks import read_notebook
from scanner.domain.source.python_file import PythonFile
from scanner.domain.source.read import read_python

_ASIDE = re.compile(
    r"(?:^|/)(?:tests?|t|testing|docs?|examples?|samples?|benchmarks?|scripts|tools|\.\w+)/"
    r"|(?:^|/)(?:test_[^/]*|[^/]*_test|conftest|setup|noxfile|tasks|fabfile|conf)\.py$"
)
# What tests read as input: it need not even be Python.
_INPUT = re.compile(
    r"(?:^|/)(?:tests?|t)/(?:.*/)?(?:\w*data|\w*fixtures?|cases|snapshots?|resources|inputs?|\w*templates?)/"
)


class AuditedFile(Struct, frozen=True):
    """One file of a project, read."""

    path: str
    content: PythonFile

    @property
    def is_aside(self) -> bool:
        """Whether the file is of tests, documents or tools, by its path: what it needs is not needed to run."""
        return _ASIDE.search(self.path) is not None


def is_test_input(path: str) -> bool:
    """Return whether a path, from the top of a project, is that of a file which tests take as input."""
    return _INPUT.search(path) is not None


def is_source(path: str) -> bool:
    """Return whether a path is that of a file that is read: Python or a notebook, not what tests take as input."""
    return path.endswith((".py", ".ipynb")) and not is_test_input(path)


def read_sources(files: Iterable[tuple[str, bytes]]) -> list[AuditedFile]:
    """Read files. Call it in a child process where they are a stranger's."""
    return [
        AuditedFile(path, read_notebook(source) if path.endswith(".ipynb") else read_python(source))
        for path, source in files
    ]
