"""Finds all places of a repository's files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import islice

from projects.domain.python_places.read_lines import (
    read_dockerfile,
    read_noxfile,
    read_tool_versions,
    read_version_file,
)
from projects.domain.python_places.read_tables import read_ini, read_pipfile, read_pyproject, read_tool_toml
from projects.domain.python_places.read_yaml import CONDA_FILE, read_yaml
from projects.domain.python_places.values import PythonPlace

LARGEST_FILE = 256 * 1024
_MOST_PLACES = 2_000
_DOCKERFILE = re.compile(r"(?:dockerfile|containerfile)(?:\.[^/]*)?|[^/]*\.dockerfile")
_YAML = re.compile(
    r"(?:^|/)\.(?:github|gitea|forgejo)/workflows/[^/]+\.ya?ml$|(?:^|/)\.gitlab-ci\.ya?ml$|(?:^|/)\.circleci/config\.ya?ml$"
    r"|(?:^|/)azure-pipelines[^/]*\.ya?ml$|(?:^|/)\.azure-pipelines/[^/]+\.ya?ml$|(?:^|/)\.travis\.yml$"
    r"|(?:^|/)(?:docker-)?compose[^/]*\.ya?ml$|(?:^|/)\.readthedocs\.ya?ml$|(?:^|/)\.pre-commit-config\.ya?ml$"
    rf"|{CONDA_FILE}|(?:^|/)serverless[^/]*\.ya?ml$"
    r"|(?:^|/)(?:template|sam)[^/]*\.ya?ml$|(?:^|/)app\.yaml$"
)
_READERS = {
    "pyproject.toml": read_pyproject,
    "ruff.toml": read_tool_toml,
    ".ruff.toml": read_tool_toml,
    "pipfile": read_pipfile,
    "setup.cfg": read_ini,
    "tox.ini": read_ini,
    "mypy.ini": read_ini,
    ".python-version": read_version_file,
    "runtime.txt": read_version_file,
    ".tool-versions": read_tool_versions,
    "noxfile.py": read_noxfile,
}


def may_name_python(path: str) -> bool:
    """Return whether a path is that of a file in which places are looked for."""
    name = path.rpartition("/")[2].lower()
    return name in _READERS or _DOCKERFILE.fullmatch(name) is not None or _YAML.search(path.lower()) is not None


def read_places(files: Mapping[str, bytes]) -> list[PythonPlace]:
    """Return the first 2,000 places of these files, in the order of the files. What is not understood is left out."""
    found = (place for path in sorted(files) for place in sorted(set(_places(path, files[path]))))
    return list(islice(found, _MOST_PLACES))


def _places(path: str, content: bytes) -> Iterable[PythonPlace]:
    if len(content) > LARGEST_FILE:
        return ()
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return ()
    name = path.rpartition("/")[2].lower()
    if name in _READERS:
        return _READERS[name](text, path)
    return read_yaml(text, path) if _YAML.search(path.lower()) else read_dockerfile(text, path)
