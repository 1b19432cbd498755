"""Conda environment files: the pip list is read; the conda packages become one problem, "not judged"."""

from __future__ import annotations

import yaml

from projects.domain.dependency_files.builder import ParsedFilesBuilder
from projects.domain.dependency_files.lines import LogicalLine, logical_lines
from projects.domain.dependency_files.pep508 import RequirementContext
from projects.domain.dependency_files.requirements_txt import Include, read_line


def read_conda(builder: ParsedFilesBuilder, root: yaml.Node | None, path: str, include: Include) -> None:
    """Read `dependencies`; never raises."""
    dependencies = child(root, "dependencies")
    if not isinstance(dependencies, yaml.SequenceNode):
        builder.add_problem(path, None, "", "no list of dependencies")
        return
    conda: list[str] = []
    lists: list[yaml.Node] = []
    first = _line(dependencies)
    # An alias is the same node again: one that repeats another adds nothing.
    for item in _once(dependencies.value):
        if isinstance(item, yaml.ScalarNode):
            _read_python(builder, item, path)
            conda.append(str(item.value))
        elif isinstance(item, yaml.MappingNode):
            pip = child(item, "pip")
            lists += [pip] if pip is not None else []
        else:
            builder.add_problem(path, _line(item), "", "neither a conda package nor a pip list")
    for pip in _once(lists):
        _read_pip(builder, pip, path, include)
    if conda:
        message = f"{len(conda)} conda packages come from conda channels, not from the index: not judged"
        builder.add_problem(path, first, ", ".join(conda), message)


def child(node: yaml.Node | None, key: str) -> yaml.Node | None:
    """Return the value of `key` in a mapping node, else None."""
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            if isinstance(name, yaml.ScalarNode) and name.value == key and isinstance(value, yaml.Node):
                return value
    return None


def _once(nodes: list[yaml.Node]) -> list[yaml.Node]:
    return list({id(node): node for node in nodes}.values())


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def _read_python(builder: ParsedFilesBuilder, item: yaml.ScalarNode, path: str) -> None:
    name, _, version = str(item.value).partition("=")
    if name.strip() in {"python", "python-freethreading"} and version.strip("= "):
        value = version.strip("= ").partition("=")[0].removesuffix(".*")
        builder.add_hint("python", f"{value}t" if name.strip().endswith("freethreading") else value, path, _line(item))


def _read_pip(builder: ParsedFilesBuilder, node: yaml.Node, path: str, include: Include) -> None:
    if not isinstance(node, yaml.SequenceNode):
        return
    for item in _once(node.value):
        if not isinstance(item, yaml.ScalarNode):
            builder.add_problem(path, _line(item), "", "an entry of the pip list must be a string")
            continue
        # conda writes the list into a requirements file, so an entry can be any line of one.
        for line in logical_lines(str(item.value)):
            if line.text:
                read_line(builder, LogicalLine(_line(item), line.text, line.comment), RequirementContext(path), include)
