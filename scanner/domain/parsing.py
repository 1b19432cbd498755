"""Parse requirements, markers and Python source, one thread at a time.

packaging reads each quoted value of a marker as Python. CPython 3.11 counts the depth of a syntax tree in one place for
all threads of a process, and raises SystemError where two of them make a tree at once (gh-106905). Index pages and
metadata are read by several threads, so nothing else calls these parsers (tests/test_architecture.py).
"""

import ast
import threading
from collections.abc import Mapping
from typing import Any

from packaging.markers import Marker
from packaging.requirements import Requirement

__all__ = ["check_pylock", "parse_dependency_specifier", "parse_marker", "parse_python"]

# Of one thread again and again: a finalizer that runs meanwhile may parse too.
_ONE_TREE = threading.RLock()


def parse_dependency_specifier(text: str) -> Requirement:
    """Parse a dependency specifier (PEP 508). Raises InvalidRequirement."""
    with _ONE_TREE:
        return Requirement(text)


def parse_marker(text: str) -> Marker:
    """Parse an environment marker (PEP 508). Raises InvalidMarker."""
    with _ONE_TREE:
        return Marker(text)


def check_pylock(document: Mapping[str, Any]) -> None:
    """Check a lock (PEP 751). Raises ValueError, TypeError or RecursionError."""
    # Not at the top: few projects have one, and it takes as long to load as all requirements to parse.
    from packaging.pylock import Pylock, PylockValidationError

    try:
        with _ONE_TREE:
            Pylock.from_dict(document)
    except PylockValidationError as error:
        raise ValueError(str(error)) from error


def parse_python(source: str | bytes) -> ast.Module:
    """Parse a module. Raises what `ast.parse` does, as SyntaxError, ValueError, RecursionError and MemoryError."""
    with _ONE_TREE:
        return ast.parse(source)
