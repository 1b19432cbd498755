"""Places where a repository names a Python, as data."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict


class PlaceKind(StrEnum):
    """What a place is. The order is that of lists."""

    IMAGE = "image"
    VERSION_FILE = "version-file"
    SERVERLESS = "serverless"
    CONDA = "conda"
    REQUIRES_PYTHON = "requires-python"
    CLASSIFIER = "classifier"
    CI = "ci"
    TEST_ENVIRONMENT = "test-environment"
    DOCS = "docs"
    HOOKS = "hooks"
    TOOL = "tool"


class PlaceRole(StrEnum):
    """What a Python that is named there does."""

    RUNS = "runs"
    ADMITS = "admits"
    PROMISES = "promises"
    TESTS = "tests"
    TOOLS = "tools"


ROLES = {
    PlaceKind.IMAGE: PlaceRole.RUNS,
    PlaceKind.VERSION_FILE: PlaceRole.RUNS,
    PlaceKind.SERVERLESS: PlaceRole.RUNS,
    PlaceKind.CONDA: PlaceRole.RUNS,
    PlaceKind.REQUIRES_PYTHON: PlaceRole.ADMITS,
    PlaceKind.CLASSIFIER: PlaceRole.PROMISES,
    PlaceKind.CI: PlaceRole.TESTS,
    PlaceKind.TEST_ENVIRONMENT: PlaceRole.TESTS,
    PlaceKind.DOCS: PlaceRole.TOOLS,
    PlaceKind.HOOKS: PlaceRole.TOOLS,
    PlaceKind.TOOL: PlaceRole.TOOLS,
}


class PythonPlace(Struct, frozen=True, order=True):
    """One text that names a Python.

    - line counts from 1; start and end are columns of the text in its line, counting from 0.
    - value: the text there, without quotes.
    - setting: the key or tool that it belongs to: "FROM", "tool.ruff.target-version", "matrix".
    - is_list: it is one of a list of Pythons, to which another may be added.
    - context: what else names the target there: the whole reference of an image.
    """

    path: str
    line: int
    start: int
    end: int
    kind: PlaceKind
    value: str
    setting: str = ""
    is_list: bool = False
    context: str = ""

    @property
    def role(self) -> PlaceRole:
        """What the Python does."""
        return ROLES[self.kind]

    def to_json(self) -> dict[str, object]:
        """Return the place as values of JSON."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> PythonPlace:
        """Return a place that `to_json` wrote."""
        return cls(**{**value, "kind": PlaceKind(value["kind"])})
