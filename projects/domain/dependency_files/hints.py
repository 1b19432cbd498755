"""Signs of the Python and platform that a project uses now: images, version files, workflow matrices."""

from __future__ import annotations

import re

import yaml

from projects.domain.dependency_files.builder import ParsedFilesBuilder
from projects.domain.dependency_files.conda import compose

_FROM = re.compile(r"FROM\s+(?:--platform=(?P<platform>\S+)\s+)?(?P<image>\S+)", re.IGNORECASE)
_ARG = re.compile(r"ARG\s+(?P<name>\w+)=(?P<value>\S+)", re.IGNORECASE)
_USE = re.compile(r"\$\{?(\w{1,100})(?::-([^}]{0,200}))?\}?")
_STAGE = re.compile(r"\sAS\s+(\S+)", re.IGNORECASE)
_VERSION = re.compile(r"(?:python-|cpython-)?(?P<version>(?:pypy-?)?\d[\w.\-]{0,40})", re.IGNORECASE)
_MATRIX_KEYS = {"python-version", "python_version", "python", "python-versions", "pyversion", "py"}


def read_hints(builder: ParsedFilesBuilder, text: str, path: str) -> None:
    """Read a Dockerfile, version file or workflow; what is not understood is ignored."""
    name = path.lower().replace("\\", "/").rpartition("/")[2]
    if name.endswith((".yml", ".yaml")):
        _read_workflow(builder, text, path)
    elif name == ".tool-versions":
        _read_tool_versions(builder, text, path)
    elif name in {".python-version", "runtime.txt"}:
        _read_versions(builder, text, path)
    else:
        _read_images(builder, text, path)


def _read_images(builder: ParsedFilesBuilder, text: str, path: str) -> None:
    arguments: dict[str, str] = {}
    stages: set[str] = set()
    for number, physical in enumerate(text.splitlines(), start=1):
        line = physical.strip()[:2_000]
        if found := _ARG.match(line):
            arguments[found["name"]] = found["value"].strip("\"'")
        elif found := _FROM.match(line):
            image = _USE.sub(lambda use: arguments.get(use[1], use[2] or use[0]), found["image"])
            # A stage may be based on an earlier one, whose image has been added.
            if image.lower() not in stages and image.lower() != "scratch":
                platform = found["platform"]
                builder.add_hint("image", image if not platform else f"{image} {platform}", path, number)
            if stage := _STAGE.search(line):
                stages.add(stage[1].lower())


def _read_versions(builder: ParsedFilesBuilder, text: str, path: str) -> None:
    for number, line in enumerate(text.splitlines(), start=1):
        found = _VERSION.fullmatch(line.partition("#")[0].strip()[:100])
        if found:
            builder.add_hint("python", found["version"], path, number)


def _read_tool_versions(builder: ParsedFilesBuilder, text: str, path: str) -> None:
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.partition("#")[0][:500].split()
        if words[:1] == ["python"]:
            for word in words[1:]:
                if _VERSION.fullmatch(word):
                    builder.add_hint("python", word, path, number)


def _read_workflow(builder: ParsedFilesBuilder, text: str, path: str) -> None:
    try:
        root = compose(text)
    except yaml.YAMLError:
        return
    seen: set[int] = set()
    waiting: list[yaml.Node] = [] if root is None else [root]
    while waiting:
        node = waiting.pop()
        # An alias is the same node again.
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            waiting.extend(reversed(node.value))
        elif isinstance(node, yaml.MappingNode):
            for key, value in reversed(node.value):
                if isinstance(key, yaml.ScalarNode) and key.value in _MATRIX_KEYS and id(value) not in seen:
                    _read_matrix(builder, value, path)
                waiting.append(value)


def _read_matrix(builder: ParsedFilesBuilder, node: yaml.Node, path: str) -> None:
    items = node.value if isinstance(node, yaml.SequenceNode) else [node]
    for item in items:
        if isinstance(item, yaml.ScalarNode):
            # setup-python takes several versions as lines of one text.
            for text in str(item.value)[:2_000].split("\n"):
                found = _VERSION.fullmatch(text.strip())
                if found:
                    builder.add_hint("python", found["version"], path, int(item.start_mark.line) + 1)
