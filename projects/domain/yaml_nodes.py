"""YAML as nodes, which keep their positions.

Nothing is built into values, so that tags run nothing and aliases multiply nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

import yaml
from yaml.composer import Composer

try:
    from yaml import CSafeLoader
except ImportError:
    # PyYAML without libyaml reads the same, ten times as slowly.
    _Loader: type = yaml.SafeLoader
else:

    class _LibyamlLoader(Composer, CSafeLoader):
        """Parse in C, and compose in Python: composing in C ends the process where a document nests too deeply."""

        def __init__(self, text: str) -> None:
            CSafeLoader.__init__(self, text)
            Composer.__init__(self)

    _Loader = _LibyamlLoader

MAX_YAML_BYTES = 256 * 1024
_Scalar = tuple[str, yaml.ScalarNode, bool]


def compose(text: str) -> yaml.Node | None:
    """Return the root node. Raises yaml.YAMLError, also for a document that nests too deeply or is too large."""
    if len(text) > MAX_YAML_BYTES:
        raise yaml.YAMLError(f"a YAML file of more than {MAX_YAML_BYTES:,} characters is not read")
    try:
        return yaml.compose(text, Loader=_Loader)
    except RecursionError as error:
        raise yaml.YAMLError("nested too deeply") from error


def scalars(root: yaml.Node | None) -> Iterator[_Scalar]:
    """Yield the texts of a document with the nearest key above each, in lower case, and whether they are in a list."""
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
