"""YAML as nodes, which keep their positions.

Nothing is built into values, so that tags run nothing and aliases multiply nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import yaml

MAX_YAML_BYTES = 256 * 1024


class UnreadableYaml(ValueError):
    """A document that is no YAML, nests too deeply or is too large. line: where, None where that is not known."""

    def __init__(self, problem: str, line: int | None = None) -> None:
        super().__init__(problem)
        self.line = line


def compose(text: str) -> yaml.Node | None:
    """Return the root node. Raises UnreadableYaml."""
    # Not at the top: most projects have no YAML, and loading PyYAML takes a thirtieth of a start.
    import yaml

    from projects.domain.yaml_loader import Loader

    if len(text) > MAX_YAML_BYTES:
        raise UnreadableYaml(f"a YAML file of more than {MAX_YAML_BYTES:,} characters is not read")
    try:
        return yaml.compose(text, Loader=Loader)
    except RecursionError as error:
        raise UnreadableYaml("nested too deeply") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = None if mark is None else int(mark.line) + 1
        raise UnreadableYaml(getattr(error, "problem", None) or str(error), line) from error


def scalars(root: yaml.Node | None) -> Iterator[tuple[str, yaml.ScalarNode, bool]]:
    """Yield the texts of a document with the nearest key above each, in lower case, and whether they are in a list."""
    # As in `compose`.
    import yaml

    seen: set[int] = set()
    waiting: list[tuple[str, yaml.Node, bool]] = [] if root is None else [("", root, False)]
    while waiting:
        key, node, is_list = waiting.pop()
        if id(node) in seen:
            # An alias is the same node again.
            continue
        seen.add(id(node))
        if isinstance(node, yaml.ScalarNode):
            yield key, node, is_list
        elif isinstance(node, yaml.SequenceNode):
            waiting += [(key, item, True) for item in reversed(node.value)]
        elif isinstance(node, yaml.MappingNode):
            for name, value in reversed(node.value):
                inner = str(name.value).lower() if isinstance(name, yaml.ScalarNode) else ""
                waiting.append((inner, value, False))
