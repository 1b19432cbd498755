"""Places in YAML: workflows of GitHub, GitLab, CircleCI and Azure, compose files, Read the Docs, hooks, conda, SAM."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from projects.domain.python_places.spelled import is_matrix_key
from projects.domain.python_places.values import PlaceKind, PythonPlace
from projects.domain.yaml_nodes import UnreadableYaml, compose, scalars

if TYPE_CHECKING:
    import yaml

_VERSION = re.compile(r"(?:c?python[-:=]?)?3(?:\.\d{1,2}){1,2}t?(?:-dev)?", re.IGNORECASE)
_IMAGE = re.compile(r"(?:[\w.\-/]*/)?(?:python|pypy|cimg/python|[\w.\-]*python[\w.\-]*):[\w.\-]+")
CONDA_FILE = r"(?:^|/)(?:[^/]*environment[^/]*|conda[^/]*|env)\.ya?ml$"
_CONDA = re.compile(CONDA_FILE)
# With the build, and with the package that stands for its ABI, where conda exported a whole environment.
_CONDA_PYTHON = re.compile(r"python(?:_abi)?\s*=+\s*3\.\d{1,2}[\d.*]*(?:=\w{1,60})?")
_MOST = 500


def read_yaml(text: str, path: str) -> list[PythonPlace]:
    """Return the places of a YAML file, by what its path says it is; none where it is not YAML."""
    try:
        root = compose(text)
    except UnreadableYaml:
        return []
    lines = text.split("\n")
    found = []
    for key, node, is_list in scalars(root):
        place = _place(key, node, is_list, lines, path)
        if place is not None:
            found.append(place)
    return sorted(set(found))[:_MOST]


def _place(key: str, node: yaml.ScalarNode, is_list: bool, lines: list[str], path: str) -> PythonPlace | None:
    value, lower = str(node.value), path.lower()
    name = lower.rpartition("/")[2]
    kind: PlaceKind | None = None
    context = ""
    if name in {".readthedocs.yml", ".readthedocs.yaml"}:
        kind = PlaceKind.DOCS if key == "python" and _VERSION.fullmatch(value) else None
    elif name in {".pre-commit-config.yaml", ".pre-commit-config.yml"}:
        if key == "python" and _VERSION.fullmatch(value):
            kind = PlaceKind.HOOKS
        elif re.fullmatch(r"--py3\d{1,2}-plus", value):
            kind = PlaceKind.TOOL
    elif key == "runtime" and re.fullmatch(r"python3\.\d{1,2}", value):
        kind = PlaceKind.SERVERLESS
    elif key in {"image", "container", "name"} and _IMAGE.fullmatch(value):
        # An image of a workflow is where tests run.
        kind = PlaceKind.IMAGE if _is_compose(name) else PlaceKind.CI
        context = value
    elif _CONDA.search(lower):
        kind = PlaceKind.CONDA if key == "dependencies" and _CONDA_PYTHON.fullmatch(value) else None
    elif is_matrix_key(key) and _VERSION.fullmatch(value):
        kind = PlaceKind.CI
    if kind is None or node.start_mark.line != node.end_mark.line:
        return None
    start, end = _columns(node, lines, value)
    if start < 0:
        return None
    return PythonPlace(path, node.start_mark.line + 1, start, end, kind, value, key, is_list, context)


def _is_compose(name: str) -> bool:
    return "compose" in name


def _columns(node: yaml.ScalarNode, lines: list[str], value: str) -> tuple[int, int]:
    """Return the columns of the text without its quotes; -1 where it is written otherwise than it reads."""
    line = lines[node.start_mark.line]
    start = line.find(value, node.start_mark.column, node.end_mark.column)
    return start, start + len(value)
